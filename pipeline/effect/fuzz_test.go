package effect

import "testing"

// FuzzAnyCountsGiveANumber reads days from bytes: how many there are, at, how many series,
// and three bytes a day.
func FuzzAnyCountsGiveANumber(f *testing.F) {
	f.Add([]byte{20, 12, 3, 200, 100, 20, 3, 1, 1, 90, 255, 0}, 1.0)
	f.Add([]byte{70, 56, 1, 255, 255, 255}, 1e9)
	f.Add([]byte{40, 40, 9, 1, 0, 0, 0, 0, 0, 7, 200, 20}, 0.001)
	f.Add([]byte{9, 5, 2, 0, 0, 1}, 1e-300)
	f.Add([]byte{33, 4, 0, 9, 9, 9, 200, 0, 255}, 3.0)
	f.Fuzz(func(t *testing.T, data []byte, scale float64) {
		if len(data) < 4 {
			return
		}
		days, series := int(data[0])%90, int(data[2])%6
		at := min(int(data[1])%91, days)
		rest := data[3:]
		k := 0
		next := func() float64 {
			k++
			return float64(rest[(k*7+k*k/len(rest))%len(rest)])
		}
		all := make([]Series, series+1)
		for s := range all {
			all[s].Topic = string(rune('a' + s))
			for range days {
				n := next() * scale
				p := n * next() / 255
				all[s].Days = append(all[s].Days, Day{n, p, (n - p) * next() / 256})
			}
		}
		e, err := Of(all[0], all[1:], at, Options{})
		if err != nil {
			return // a scale that makes impossible counts
		}
		sound(t, e, days)
	})
}
