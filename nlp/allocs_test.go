//go:build !race

package nlp_test

import (
	"testing"

	"earshot/nlp"
)

// The race detector makes sync.Pool forget, so this holds without it alone.
func TestAMessageCostsAtMostFourAllocationsInTheFastTier(t *testing.T) {
	a := newAnalyzer(t, nlp.TierFast)
	for _, text := range messages {
		docs := []nlp.Document{{Text: text}}
		got := testing.AllocsPerRun(200, func() {
			if _, err := a.Analyze(t.Context(), docs); err != nil {
				t.Fatal(err)
			}
		})
		if got > 4 {
			t.Errorf("%v allocations for %q", got, text)
		}
	}
}
