package watch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"earshot/pipeline"
)

// company is an installation as the world brings them: hours and weekdays matter, good and
// bad days that everybody shares, that a topic has alone, and that stay for a while.
type company struct {
	rng    *rand.Rand
	topics []*subject
	start  time.Time

	// of its days
	good, busy float64
}

// subject is a topic of a company: it belongs to one stage and comes by all channels.
type subject struct {
	name, stage string
	daily       float64 // items a day
	level       float64 // log odds that an item is not negative
	peak        float64 // hour of the day in which it is worst
	good, busy  float64 // of the day
	churn       float64
}

var channels = []string{"review", "social", "chat", "survey", "ticket", "call"}

var stages = []string{"inquiry", "purchase", "fulfilment", "usage", "billing", "support"}

// What days differ by: standard deviations in log odds and logarithms, and how much of a
// day stays for the next.
const (
	allGood, topicGood = 0.10, 0.20
	allBusy, topicBusy = 0.12, 0.20
	stays              = 0.4
)

// newCompany makes a company of so many topics; the smallest has a tenth of the items of
// the largest.
func newCompany(seed uint64, topics int, daily float64) *company {
	c := &company{rng: rand.New(rand.NewPCG(seed, 7)), start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}
	for i := range topics {
		name := fmt.Sprintf("topic%02d", i)
		if i%3 == 2 {
			name = fmt.Sprintf("topic%02d.part%d", i-2, i)
		}
		c.topics = append(c.topics, &subject{
			name: name, stage: stages[i%len(stages)],
			daily: daily * math.Pow(0.1, c.rng.Float64()),
			level: 0.4 + 0.8*c.rng.NormFloat64(), peak: 24 * c.rng.Float64(), churn: 0.01 + 0.03*c.rng.Float64(),
		})
	}
	return c
}

// change is what happens to a topic from an hour on.
type change struct {
	topic string
	from  time.Time
	worse float64 // share of its items that turn negative, 0 to 1 more
}

// live lets days pass into a watch.
func (c *company) live(w *Watch, day, days int, changes ...change) {
	carry := math.Sqrt(1 - stays*stays)
	for d := day; d < day+days; d++ {
		c.good, c.busy = stays*c.good+carry*allGood*c.rng.NormFloat64(), stays*c.busy+carry*allBusy*c.rng.NormFloat64()
		for _, t := range c.topics {
			t.good, t.busy = stays*t.good+carry*topicGood*c.rng.NormFloat64(), stays*t.busy+carry*topicBusy*c.rng.NormFloat64()
		}
		for h := range 24 {
			c.hour(w, c.start.Add(time.Duration(d*24+h)*time.Hour), changes)
		}
	}
	w.Through(c.start.Add(time.Duration(day+days) * 24 * time.Hour))
}

func (c *company) hour(w *Watch, at time.Time, changes []change) {
	sums := map[Key]pipeline.Tally{}
	weekend := 1.1
	if d := at.Weekday(); d == time.Saturday || d == time.Sunday {
		weekend = 0.75
	}
	hour := float64(at.Hour())
	daylight := 1 + 0.9*math.Cos((hour-15)/24*2*math.Pi)
	for _, t := range c.topics {
		rate := t.daily / 24 * weekend * daylight * math.Exp(c.busy+t.busy)
		items := int(distuv.Poisson{Lambda: rate, Src: c.rng}.Rand())
		if items == 0 {
			continue
		}
		level := t.level + c.good + t.good - 0.25*math.Cos((hour-t.peak)/24*2*math.Pi) - 0.15*(weekend-1)/0.1*0.1
		worse := 0.
		for _, ch := range changes {
			if (ch.topic == t.name || strings.HasPrefix(t.name, ch.topic+".")) && !at.Before(ch.from) {
				worse = ch.worse
			}
		}
		negative := clamp(1-expit(level)+worse, 0, 1)
		positive := (1 - negative) * 0.6
		for range items {
			channel := channels[c.rng.IntN(len(channels))]
			one := pipeline.Tally{Items: 1}
			switch x := c.rng.Float64(); {
			case x < negative:
				one.Negatives = 1
			case x < negative+positive:
				one.Positives = 1
			}
			if c.rng.Float64() < 0.3 {
				e := clamp(0.2-one.Negatives+0.4*c.rng.NormFloat64(), -1, 1)
				one.EffortItems, one.EffortSum, one.EffortSquares = 1, e, e*e
			}
			if c.rng.Float64() < t.churn {
				one.Churns = 1
			}
			for _, k := range append(SeriesOf(channel, t.stage, ""), SeriesOf(channel, t.stage, t.name)...) {
				sums[k] = sums[k].Plus(one)
			}
		}
	}
	for k, t := range sums {
		w.Set(k, at, t)
	}
}
