package watch

import "math"

// Measure is what is watched of a series.
type Measure string

// The measures.
const (
	NetSentiment  Measure = "net_sentiment"  // points, -100 to +100; alert where it falls
	NegativeShare Measure = "negative_share" // percent of items; alert where it rises
	Effort        Measure = "effort"         // -1 (hard) to +1 (easy); alert where it falls
	ChurnShare    Measure = "churn_share"    // percent of items; alert where it rises
	Volume        Measure = "volume"         // items a day; alert where it rises
	Silence       Measure = "silence"        // items a day; alert where they stop
)

// Measures are all of them.
func Measures() []Measure {
	return []Measure{NetSentiment, NegativeShare, Effort, ChurnShare, Volume, Silence}
}

// quality is one of the measures that are a mean over items. All of them are turned so
// that every item has a quality of 0 to 1 and less is worse: then one test fits all.
type quality struct {
	measure Measure
	// sum gives the items that say something of the measure, and the sum of their
	// qualities and of their squares.
	sum func(h *hourly) (n, y, yy float64)
	// unit is the quality in the measure's unit.
	unit func(q float64) float64
	span float64 // of the unit, from the worst quality to the best: its sign says which way is up
}

// qualities are the measures that are means.
var qualities = [...]quality{
	{NetSentiment, func(h *hourly) (float64, float64, float64) {
		n, p, m := float64(h.items), float64(h.positives), float64(h.negatives)
		neutral := math.Max(0, n-p-m)
		return n, p + neutral/2, p + neutral/4
	}, func(q float64) float64 { return 200*q - 100 }, 200},
	{NegativeShare, func(h *hourly) (float64, float64, float64) {
		n, y := float64(h.items), float64(h.items)-float64(h.negatives)
		return n, y, y
	}, func(q float64) float64 { return 100 - 100*q }, -100},
	{Effort, func(h *hourly) (float64, float64, float64) {
		n, s, ss := float64(h.effortItems), float64(h.effortSum), float64(h.effortSquares)
		return n, (n + s) / 2, (n + 2*s + ss) / 4
	}, func(q float64) float64 { return 2*q - 1 }, 2},
	{ChurnShare, func(h *hourly) (float64, float64, float64) {
		n, y := float64(h.items), float64(h.items)-float64(h.churns)
		return n, y, y
	}, func(q float64) float64 { return 100 - 100*q }, -100},
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// clamp keeps x between low and high.
func clamp(x, low, high float64) float64 { return math.Max(low, math.Min(high, x)) }
