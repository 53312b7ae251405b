package watch

import "testing"

func TestShort(t *testing.T) {
	for _, learned := range []int{6, 14, 28} {
		by := map[Measure]int{}
		n := 0
		for seed := range 30 {
			c := newCompany(uint64(seed), 24, 60)
			w := New(DefaultOptions())
			c.live(w, 0, learned+15)
			for _, e := range w.Judge(c.start.AddDate(0, 0, learned)) {
				n++
				by[e.Measure]++
			}
		}
		t.Log(learned, n, by, float64(n)/15, "a month")
	}
}
