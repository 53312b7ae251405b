package watch

import (
	"testing"
	"time"
)

func TestMonthsWithoutAChangeKeepTheBudgetOfFalseAlarms(t *testing.T) {
	const learned = 56
	months := 40
	o := DefaultOptions()
	byMeasure := map[Measure]int{}
	alarms, series := 0, 0
	began := time.Now()
	for seed := range months {
		c := newCompany(uint64(seed), 24, 60)
		w := New(o)
		c.live(w, 0, learned+30)
		series = w.Series()
		for _, e := range w.Judge(c.start.AddDate(0, 0, learned)) {
			alarms++
			byMeasure[e.Measure]++
			t.Log(seed, e.Key, e.Measure, e.Raised.Sub(c.start)/time.Hour/24, e.Raised.Sub(e.Since), e.Expected, e.Observed, int(e.Items), e.PValue)
		}
		if seed == 0 {
			t.Log("threshold", w.thresholds, "persist", w.persists)
		}
	}
	t.Log(months, "months", series, "series", alarms, "alarms", byMeasure, float64(alarms)/float64(months), "a month", time.Since(began))
}
