package privacy_test

import (
	"fmt"
	"strings"
	"testing"

	"earshot/nlp/privacy"
	"earshot/nlp/privacy/privacytest"
)

// floor is what recall and precision must reach, of every kind and overall.
const floor = 98.0

// tally counts what was found of a kind.
type tally struct{ right, missed, wrong int }

func (c tally) recall() float64    { return 100 * float64(c.right) / float64(max(1, c.right+c.missed)) }
func (c tally) precision() float64 { return 100 * float64(c.right) / float64(max(1, c.right+c.wrong)) }

func TestRecallAndPrecisionOnGeneratedTexts(t *testing.T) {
	f := finder(t)
	counts := map[string]*tally{"all": {}}
	for _, kind := range privacy.Kinds() {
		counts[kind] = &tally{}
	}
	shown := 0
	for _, c := range privacytest.Cases(20261123, 240) {
		got := map[string]bool{}
		for _, x := range f.Find(nil, c.Text, privacy.Known{}) {
			got[fmt.Sprint(x.Kind, x.Start, x.End)] = true
		}
		bad := false
		for _, w := range c.Want {
			key := fmt.Sprint(w.Kind, w.Start, w.End)
			for _, count := range [...]*tally{counts[w.Kind], counts["all"]} {
				if got[key] {
					count.right++
				} else {
					count.missed++
					bad = true
				}
			}
			delete(got, key)
		}
		for key := range got {
			bad = true
			counts["all"].wrong++
			counts[strings.TrimRight(key, "0123456789 ")].wrong++
		}
		if bad && shown < 400 && testing.Verbose() {
			shown++
			var want []string
			for _, w := range c.Want {
				want = append(want, w.Kind+":"+c.Text[w.Start:w.End])
			}
			t.Logf("%q\n     want %q\n     got  %q", c.Text, want, found(f, c.Text, privacy.Known{}))
		}
	}
	for _, kind := range append(privacy.Kinds(), "all") {
		c := counts[kind]
		t.Logf("%-12s %5d cases  recall %6.2f  precision %6.2f", kind, c.right+c.missed, c.recall(), c.precision())
		if c.recall() < floor || c.precision() < floor {
			t.Errorf("%s: recall %.2f, precision %.2f, want %v of both", kind, c.recall(), c.precision(), floor)
		}
	}
}
