package pipeline

// Tally is what some items come to. Numbers need not be whole: of a customer who writes very
// often, each item counts less.
type Tally struct {
	Items, Negatives, Positives float64
	Churns                      float64 // items whose customer means to leave
	EffortItems                 float64 // items that say something of effort
	EffortSum, EffortSquares    float64 // of their effort, -1 (hard) to +1 (easy)
}

// Plus adds two tallies up.
func (t Tally) Plus(o Tally) Tally {
	return Tally{
		t.Items + o.Items, t.Negatives + o.Negatives, t.Positives + o.Positives, t.Churns + o.Churns,
		t.EffortItems + o.EffortItems, t.EffortSum + o.EffortSum, t.EffortSquares + o.EffortSquares,
	}
}
