//go:build !race

package aspect_test

import (
	"testing"

	"earshot/nlp/aspect"
	"earshot/nlp/segment"
)

func TestJudgingWithUsedFeaturesAllocatesNothing(t *testing.T) {
	m := builtIn(t)
	var read segment.Text
	var f aspect.Features
	read.Read("The technician was lovely but the app keeps crashing.", nil, "en")
	f.Begin(&read)
	target, clauses := find(&read, "app"), unheard(&read)
	m.Judge(&f, target, clauses, even)
	if n := testing.AllocsPerRun(100, func() { m.Judge(&f, target, clauses, even) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
