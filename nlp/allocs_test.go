//go:build !race

package nlp_test

import (
	"testing"

	"earshot/nlp"
)

// The race detector makes sync.Pool forget, so this holds without it alone.
func TestAMessageAllocatesNothingBesideWhatItHandsOver(t *testing.T) {
	a := newAnalyzer(t, nlp.TierFast)
	for _, text := range messages {
		docs := []nlp.Document{{Text: text}}
		var said nlp.Analysis
		got := testing.AllocsPerRun(200, func() {
			analyses, err := a.Analyze(t.Context(), docs)
			if err != nil {
				t.Fatal(err)
			}
			said = analyses[0]
		})
		// Lists that grow are allocated more than once, and so are maps.
		if most := 8 + 3*len(said.Mentions) + 2*len(said.Signals); got > float64(most) {
			t.Errorf("%v allocations for %d mentions and %d signals of %q", got, len(said.Mentions), len(said.Signals), text)
		}
	}
}
