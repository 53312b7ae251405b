package watch

import (
	"slices"
	"testing"
	"time"
)

func TestPower(t *testing.T) {
	const learned = 56
	for _, daily := range []float64{40, 200} {
		for _, worse := range []float64{0.1, 0.2, 0.4} {
			var delays []float64
			missed := 0
			for seed := range 12 {
				c := newCompany(uint64(1000+seed), 12, 60)
				topic := c.topics[3]
				topic.daily = daily
				w := New(DefaultOptions())
				at := c.start.AddDate(0, 0, learned+1).Add(9 * time.Hour)
				c.live(w, 0, learned+12, change{topic.name, at, worse})
				heard := time.Duration(-1)
				for _, e := range w.Judge(at.AddDate(0, 0, -1)) {
					if e.Key.Topic == topic.name && e.Raised.After(at) {
						heard = e.Raised.Sub(at)
						break
					}
				}
				if heard < 0 {
					missed++
					continue
				}
				delays = append(delays, heard.Hours())
			}
			slices.Sort(delays)
			t.Log(daily, worse, "missed", missed, delays)
		}
	}
}
