package watch

import (
	"time"

	"earshot/pipeline"
)

// hourly is the tally of an hour; a narrow one, since there are many.
type hourly struct {
	at                          int32 // hours since 1970
	items, negatives, positives float32
	churns                      float32
	effortItems, effortSum      float32
	effortSquares               float32
}

func narrow(at int32, t pipeline.Tally) hourly {
	return hourly{
		at, float32(t.Items), float32(t.Negatives), float32(t.Positives), float32(t.Churns),
		float32(t.EffortItems), float32(t.EffortSum), float32(t.EffortSquares),
	}
}

// tally is h as it was set.
func (h *hourly) tally() pipeline.Tally {
	return pipeline.Tally{
		Items: float64(h.items), Negatives: float64(h.negatives), Positives: float64(h.positives), Churns: float64(h.churns),
		EffortItems: float64(h.effortItems), EffortSum: float64(h.effortSum), EffortSquares: float64(h.effortSquares),
	}
}

func hourOf(t time.Time) int32 { return int32(t.Unix() / 3600) }

func timeOf(hour int32) time.Time { return time.Unix(int64(hour)*3600, 0).UTC() }

// dayOf is the day of an hour, in days since 1970. Days begin at midnight UTC: they only
// say which hours share what a day brings with it.
func dayOf(hour int32) int32 { return hour / 24 }

// hourOfWeek is 0 for Thursday 00:00 UTC, where 1970 began, to 167.
func hourOfWeek(hour int32) int { return int(hour % 168) }
