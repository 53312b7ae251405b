package effect

import (
	"math"
	"slices"
)

// Spell is a stretch of days before the improvement on which the topic was far from its
// level of the other days, its controls allowed for: an outage, a campaign.
type Spell struct {
	From, To int     // the first day, and the first that is no longer of it
	Points   float64 // by which it was above the other days
	// Ongoing is whether it reached to the improvement, which may have ended it or not.
	Ongoing bool
}

const (
	mostSpells  = 3
	leastShift  = 8  // points; less isn't a spell
	usualShift  = 40 // points, the prior standard deviation of a spell's shift
	surprise    = 4  // standard deviations, for a stretch to be worth a closer look
	endsAtDays  = 2  // a spell that ended so few days before at has not ended before it
	spellsInAll = 2  // at most one in so many days before belongs to spells
	// surprising is the logarithm of how much likelier the days must be with a spell.
	surprising = 4
)

// spells finds stretches that the noise, as far as it may drift, doesn't explain, and adds
// a column for each, in the order of days. To find one where there is none costs a wider
// interval, to overlook one a wrong verdict: that they were looked for is not corrected for.
func (m *model) spells() []Spell {
	var found []Spell
	base := len(m.columns)
	taken := make([]bool, m.at)
	days := 0
	for range mostSpells {
		s, ok := m.oddest(taken, m.at/spellsInAll-days)
		if !ok {
			break
		}
		all := guesses(m.spread())
		_, without := m.outcomes(all)
		m.columns = append(m.columns, m.stretch(s.From, s.To))
		out, with := m.outcomes(all)
		if with-without < surprising {
			m.columns = m.columns[:len(m.columns)-1]
			break
		}
		for _, o := range out {
			s.Points += o.weight * o.level[len(m.columns)-1]
		}
		s.Ongoing = s.To >= m.at-endsAtDays
		for i := s.From; i < s.To; i++ {
			taken[i] = true
		}
		days += s.To - s.From
		found = append(found, s)
	}
	m.columns = m.columns[:base]
	slices.SortFunc(found, func(a, b Spell) int { return a.From - b.From })
	for _, s := range found {
		m.columns = append(m.columns, m.stretch(s.From, s.To))
	}
	return found
}

// oddest is the stretch of at most longest free days that differs most from all others, were
// days independent; ok is whether it differs by enough to look closer.
func (m *model) oddest(taken []bool, longest int) (s Spell, ok bool) {
	usual := m.usual(taken)
	weights, sums := make([]float64, m.at+1), make([]float64, m.at+1)
	for i := range m.at {
		weights[i+1], sums[i+1] = weights[i], sums[i]
		if m.known[i] && !taken[i] {
			w := 1 / (m.variance[i] + usual)
			weights[i+1] += w
			sums[i+1] += w * (m.values[i] - m.season[i%7])
		}
	}
	weight, sum := weights[m.at], sums[m.at]
	most := float64(surprise)
	for from := range m.at {
		for to := from + 1; to <= min(m.at, from+longest); to++ {
			if taken[to-1] {
				break
			}
			in := weights[to] - weights[from]
			if in <= 0 || weight-in <= 0 {
				continue
			}
			shift := (sums[to]-sums[from])/in - (sum-sums[to]+sums[from])/(weight-in)
			if z := math.Abs(shift) * math.Sqrt(in*(weight-in)/weight); z > most && math.Abs(shift) >= leastShift {
				s, most, ok = Spell{From: from, To: to}, z, true
			}
		}
	}
	return s, ok
}

// usual is the variance of the free days beyond counting, by their median distance from the
// median, which a spell of few days hardly moves.
func (m *model) usual(taken []bool) float64 {
	var values, counting []float64
	for i := range m.at {
		if m.known[i] && !taken[i] {
			values, counting = append(values, m.values[i]-m.season[i%7]), append(counting, m.variance[i])
		}
	}
	if len(values) == 0 {
		return near0
	}
	middle := median(values)
	for i := range values {
		values[i] = math.Abs(values[i] - middle)
	}
	return max(near0, square(1.4826*median(values))-median(counting))
}

// median sorts what it is given.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
