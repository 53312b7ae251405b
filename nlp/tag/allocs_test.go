//go:build !race

package tag_test

import (
	"testing"

	"earshot/nlp/tag"
)

func TestJudgingAllocatesNothing(t *testing.T) {
	m := builtIn(t)
	f := features("They promised the technician between eight and twelve, I took the day off, and nobody came or even called.")
	var sum tag.Sum
	var tags tag.Tags
	if n := testing.AllocsPerRun(100, func() {
		sum.Reset()
		m.Add(&sum, f)
		m.Judge(&tags, &sum, polarity["negative"])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
