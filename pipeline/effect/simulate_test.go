package effect

import (
	"math"
	"math/rand/v2"
)

// scenario is how a company's topics move, in points of net sentiment, and how much is
// said of them.
type scenario struct {
	name          string
	before, after int
	controls      int
	items         float64    // a day of the topic
	itemsOf       [2]float64 // of controls, least and most
	base          float64    // net sentiment of the topic
	beyond        float64    // day's own standard deviation
	season        float64    // weekly amplitude, shared
	ownSeason     float64    // weekly amplitude, each its own
	shock         float64    // standard deviation of what is shared
	shockLinger   float64
	loading       float64 // by how much topics differ in how they take shocks and seasons
	own           float64 // standard deviation of each topic's lingering noise
	linger        float64
	walk          float64 // standard deviation of a day's step of each topic's random walk
	trend         float64 // shared, points in all the time before
	drift         float64 // topic's own trend
	incident      [2]int  // days before at, first and last+1, of a bad spell of the topic
	depth         float64
	worst         bool    // at is chosen after the topic's worst week
	other         float64 // after at, a control's own shift
	ramp          bool    // the effect comes over the time after
}

var usually = scenario{
	before: 56, after: 14, controls: 8, items: 25, itemsOf: [2]float64{10, 60}, base: -25,
	beyond: 4, season: 5, shock: 6, shockLinger: 0.7, loading: 0.2,
}

func (s scenario) with(name string, change func(*scenario)) scenario {
	s.name = name
	change(&s)
	return s
}

// incidental is whether something happens to the topic, or to a control, that the model
// doesn't know of.
func (s *scenario) incidental() bool {
	return s.incident[0] > 0 || s.other != 0 || s.worst || s.drift != 0
}

func scenarios() []scenario {
	return []scenario{
		usually.with("usual", func(s *scenario) {}),
		usually.with("few items", func(s *scenario) { s.items, s.itemsOf = 6, [2]float64{4, 20} }),
		usually.with("many items", func(s *scenario) { s.items, s.itemsOf = 400, [2]float64{100, 1000} }),
		usually.with("four weeks before, one after", func(s *scenario) { s.before, s.after = 28, 7 }),
		usually.with("over-dispersed", func(s *scenario) { s.beyond = 12 }),
		usually.with("large shared shocks", func(s *scenario) { s.shock, s.shockLinger, s.season = 15, 0.9, 12 }),
		usually.with("shocks taken differently", func(s *scenario) { s.shock, s.loading = 12, 0.5 }),
		usually.with("own noise, phi 0.3", func(s *scenario) { s.own, s.linger = 7, 0.3 }),
		usually.with("own noise, phi 0.6", func(s *scenario) { s.own, s.linger = 7, 0.6 }),
		usually.with("own noise, phi 0.6, many items", func(s *scenario) { s.own, s.linger, s.items, s.itemsOf = 8, 0.6, 200, [2]float64{50, 300} }),
		usually.with("own random walk", func(s *scenario) { s.walk = 1 }),
		usually.with("own random walk, many items", func(s *scenario) { s.walk, s.items, s.itemsOf = 1.5, 200, [2]float64{50, 300} }),
		usually.with("own weekdays", func(s *scenario) { s.ownSeason = 10 }),
		usually.with("shared trend", func(s *scenario) { s.trend = 25 }),
		usually.with("differing volumes", func(s *scenario) { s.itemsOf = [2]float64{2, 500} }),
		usually.with("three controls", func(s *scenario) { s.controls = 3 }),
		usually.with("no controls", func(s *scenario) { s.controls = 0; s.shock, s.shockLinger = 4, .6 }),
		usually.with("twelve weeks before, four after", func(s *scenario) { s.before, s.after = 84, 28 }),
		usually.with("effect that comes slowly", func(s *scenario) { s.ramp = true }),
		usually.with("incident over before", func(s *scenario) { s.incident, s.depth = [2]int{20, 12}, 35 }),
		usually.with("incident that ends by itself", func(s *scenario) { s.incident, s.depth = [2]int{9, 0}, 35 }),
		usually.with("incident that ends by itself after", func(s *scenario) { s.incident, s.depth = [2]int{9, -3}, 35 }),
		usually.with("small incident that ends by itself", func(s *scenario) { s.incident, s.depth = [2]int{6, 0}, 18 }),
		usually.with("incident that goes on", func(s *scenario) { s.incident, s.depth = [2]int{7, -99}, 30 }),
		usually.with("mended after the worst week", func(s *scenario) { s.worst, s.own, s.linger = true, 6, 0.6 }),
		usually.with("a control has its own incident", func(s *scenario) { s.other = -30 }),
		usually.with("own trend", func(s *scenario) { s.drift = 15 }),
	}
}

// draw makes one run: the topic, its controls, at, and the true effect.
func (s *scenario) draw(r *rand.Rand, points float64) (treated Series, controls []Series, at int, truth float64) {
	at = s.before
	n := s.before + s.after
	extra := 0
	if s.worst { // at is found in the last four weeks
		extra = 28
	}
	total := n + extra
	shared := make([]float64, total)
	walk(r, shared, s.shock, s.shockLinger)
	phase := r.Float64() * 7
	unit := func(base, items float64) ([]float64, []float64) {
		lambda := math.Max(0, 1+s.loading*r.NormFloat64())
		own := make([]float64, total)
		walk(r, own, s.own, s.linger)
		ownPhase := r.Float64() * 7
		var wander float64
		net, volume := make([]float64, total), make([]float64, total)
		for i := range total {
			wander += s.walk * r.NormFloat64()
			net[i] = base + lambda*(shared[i]+s.season*math.Sin(2*math.Pi*(float64(i)+phase)/7)) +
				s.ownSeason*math.Sin(2*math.Pi*(float64(i)+ownPhase)/7) + own[i] + wander +
				s.beyond*r.NormFloat64() + s.trend*float64(i)/float64(s.before)
			volume[i] = items * (1 + 0.3*math.Sin(2*math.Pi*float64(i)/7))
		}
		return net, volume
	}
	net, volume := unit(s.base, s.items)
	for i := range net {
		net[i] += s.drift * float64(i) / float64(s.before)
	}
	if s.worst {
		least := math.Inf(1)
		chosen := 0
		for k := range extra {
			var sum float64
			for i := at + k - 7; i < at+k; i++ {
				sum += net[i]
			}
			if sum < least {
				least, chosen = sum, k
			}
		}
		net, volume = net[chosen:chosen+n], volume[chosen:chosen+n]
		extra = chosen
	}
	if s.incident[0] > 0 {
		for i := at - s.incident[0]; i < min(n, at-s.incident[1]); i++ {
			net[i] -= s.depth
		}
	}
	treated = Series{Topic: "treated"}
	for i := range n {
		v := clamp(net[i])
		if i >= at {
			effect := points
			if s.ramp {
				effect *= min(1, float64(i-at+1)/float64(s.after)*2)
			}
			v = clamp(net[i] + effect)
			truth += effect / float64(s.after)
		}
		treated.Days = append(treated.Days, count(r, volume[i], v))
	}
	for c := range s.controls {
		items := s.itemsOf[0] * math.Pow(s.itemsOf[1]/s.itemsOf[0], r.Float64())
		net, volume := unit(-30+40*r.Float64(), items)
		o := Series{Topic: string(rune('a' + c))}
		for i := range n {
			v := net[min(i+extra, total-1)]
			if c == 0 && i >= at {
				v += s.other
			}
			o.Days = append(o.Days, count(r, volume[min(i+extra, total-1)], clamp(v)))
		}
		controls = append(controls, o)
	}
	return treated, controls, at, truth
}

func clamp(net float64) float64 { return max(-95, min(95, net)) }

// walk fills a first-order autoregression of a standard deviation.
func walk(r *rand.Rand, x []float64, sd, linger float64) {
	if sd == 0 {
		return
	}
	now := sd * r.NormFloat64()
	for i := range x {
		x[i] = now
		now = linger*now + sd*math.Sqrt(1-linger*linger)*r.NormFloat64()
	}
}

// count draws a day.
func count(r *rand.Rand, items, net float64) Day {
	var n float64
	if items < 60 { // Poisson
		n = -1
		for p := 1.0; p > math.Exp(-items); n++ {
			p *= r.Float64()
		}
	} else {
		n = math.Round(max(0, items+math.Sqrt(items)*r.NormFloat64()))
	}
	decided := 1 - min(0.3, 1-math.Abs(net)/100)
	p := (decided + net/100) / 2
	d := Day{Items: n, Positives: binomial(r, n, p)}
	d.Negatives = binomial(r, n-d.Positives, min(1, (decided-p)/(1-p+1e-12)))
	return d
}

func binomial(r *rand.Rand, n, p float64) float64 {
	if n > 60 {
		return max(0, min(n, math.Round(n*p+math.Sqrt(n*p*(1-p))*r.NormFloat64())))
	}
	var k float64
	for range int(n) {
		if r.Float64() < p {
			k++
		}
	}
	return k
}
