//go:build !faults

package pipeline

// FaultPoint marks a moment at which the fault suite (cmd/faults) may end or stop
// the process. It does nothing, and costs nothing, unless it is built with the tag
// faults.
func FaultPoint(string) {}

// commitsFirst reports whether the fault suite wants offsets committed before
// anything is written, to see whether it notices.
func commitsFirst() bool { return false }
