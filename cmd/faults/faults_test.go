//go:build faults

package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// suite runs cases side by side.
type suite struct {
	shared   *Env
	report   *report
	seed     uint64
	deadline time.Time     // until then, cases are repeated
	slots    chan struct{} // of cases on the shared servers
	owners   chan struct{} // of those that have servers of their own
	oracle   *oracle
}

// ownServers is how many cases with servers of their own run side by side.
const ownServers = 3

// Recovery takes no longer than this, at the median and ever.
const (
	mostlyRecovered = 10 * time.Second
	recovered       = 30 * time.Second
)

func TestFaults(t *testing.T) {
	listener, err := newListener()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	s := &suite{
		shared: StartEnv(t, EnvOptions{Steady: true}), report: newReport(), seed: *seed, deadline: time.Now().Add(*soak),
		slots: make(chan struct{}, *slots), owners: make(chan struct{}, ownServers), oracle: &oracle{listener},
	}
	if s.seed == 0 {
		s.seed = uint64(time.Now().UnixNano())
	}
	fmt.Printf("seed %d\n", s.seed)
	began := time.Now()
	t.Run("case", func(t *testing.T) {
		for _, c := range cases() {
			t.Run(c.slug(), func(t *testing.T) {
				t.Parallel()
				for n := 0; n == 0 || !c.Control && time.Now().Before(s.deadline) && !t.Failed(); n++ {
					t.Run(fmt.Sprint("run-", n), func(t *testing.T) { s.run(t, c, n) })
				}
			})
		}
	})
	table := s.report.table()
	if median, longest := medianAndLongest(s.report.sum().tally.Recoveries); *prompt && (median > mostlyRecovered || longest > recovered) {
		t.Errorf("recovery took %s at the median and %s at most, must take %s and %s", median, longest, mostlyRecovered, recovered)
	}
	fmt.Printf("\n%s\n\n%s\n", time.Since(began).Round(time.Second), table)
	if *reliability != "" && !t.Failed() {
		if err := keep(*reliability, table, time.Since(began)); err != nil {
			t.Error(err)
		}
	}
}

// slug is the case's name as topics, databases and tests may be called.
func (c *Case) slug() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(c.Name))
}

// run runs a case once, as soon as there is room for it, and checks what it left.
func (s *suite) run(t *testing.T, c Case, n int) {
	room := s.slots
	if c.Env != nil {
		room = s.owners
	}
	room <- struct{}{}
	defer func() { <-room }()
	if n > 0 && time.Now().After(s.deadline) {
		return
	}
	env := s.shared
	if c.Env != nil {
		env = StartEnv(t, *c.Env)
	}
	name := fmt.Sprintf("%s_%d", c.slug(), n)
	var of uint64
	for _, b := range []byte(name) {
		of = of*31 + uint64(b)
	}
	rig := newRig(t, env, s.oracle, name, rand.New(rand.NewPCG(s.seed, of)), c.Rig)
	began := time.Now()
	c.Run(t, rig)
	check := c.Check
	if check == nil {
		check = func(t *testing.T, r *Rig) Verdict { return r.Check(t, CheckOptions{}) }
	}
	v := check(t, rig)
	s.report.add(c, rig.tally, v)
	switch found := v.Differences(); {
	case c.Control && found == 0:
		t.Errorf("the oracle finds nothing wrong with a pipeline that was broken on purpose: %s", c.What)
	case !c.Control && found > 0:
		t.Errorf("%d differences after %d faults, seed %d:\n%s", found, rig.tally.Faults, s.seed, strings.Join(v.Details, "\n"))
	}
	verdict := "as it must be"
	if t.Failed() {
		verdict = "FAILED"
	}
	fmt.Printf("%-28s %3d faults, %4.0f s: %s\n", c.Name, rig.tally.Faults, time.Since(began).Seconds(), verdict)
	if c.Env == nil && !t.Failed() {
		rig.remove(t)
	}
}

// keep writes the table of results to a file, below the text that it begins with.
func keep(path, table string, took time.Duration) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	const mark = "<!-- measured -->\n"
	before, _, _ := strings.Cut(string(text), mark)
	return os.WriteFile(path, []byte(fmt.Sprintf("%s%s\n%s, %s:\n\n%s", before, mark, time.Now().UTC().Format(time.DateOnly), took.Round(time.Second), table)), 0o644)
}
