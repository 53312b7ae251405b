//go:build integration

package browser

import "testing"

// What `earshot demo` publishes before its customers go on writing: four weeks
// of 3,000 items a day, and 6,000 in the last hour.
const (
	history = 28*3000 + 6000
	// The customers write this many items a second, so that fewer than a few
	// seconds' worth of them wait.
	rate    = "100"
	waiting = 500
)

// startDemo starts the demo and waits until its four weeks are there. It makes
// the same customers say the same each time, and ends by itself if nobody does.
func startDemo(t *testing.T) *program {
	t.Helper()
	p := start(t, "demo", "--seed", "7", "--rate", rate, "--for", "20m")
	p.awaitHeard(t, history, waiting)
	return p
}
