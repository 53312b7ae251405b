//go:build !race

package privacy_test

import (
	"testing"

	"earshot/nlp/privacy"
)

// The race detector makes sync.Pool forget, so this holds without it alone.
func TestATextWithoutPersonalDataCostsNoAllocation(t *testing.T) {
	f := finder(t)
	if n := testing.AllocsPerRun(100, func() { f.Find(nil, plain, privacy.Known{}) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
