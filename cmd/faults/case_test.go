//go:build faults

package faults

import "testing"

// Case breaks something, again and again, while feedback flows.
type Case struct {
	Name string // as in the table of results
	What string // what is broken, in a few words
	// Env asks for servers of the case's own, which it may then break. nil: the
	// shared ones.
	Env *EnvOptions
	// Rig says what is other than usual about the case's topics and configuration.
	Rig RigOptions
	// Run breaks things, tells the rig of each fault, and waits for each recovery.
	// Afterwards the case's stream is checked row by row.
	Run func(t *testing.T, r *Rig)
	// Control marks a pipeline that is broken on purpose: the oracle must find
	// something, or the suite fails.
	Control bool
	// Check replaces the check at the end, for what needs to tell the oracle more.
	Check func(t *testing.T, r *Rig) Verdict
}

// cases lists all of them.
func cases() []Case {
	var all []Case
	all = append(all, killCases()...)
	all = append(all, groupCases()...)
	all = append(all, poisonCases()...)
	all = append(all, kafkaCases()...)
	all = append(all, retentionCases()...)
	all = append(all, clickhouseCases()...)
	all = append(all, machineCases()...)
	all = append(all, mixCases()...)
	return append(all, controlCases()...)
}
