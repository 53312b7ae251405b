package drivers

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// moments adds up items by hand.
func moments(topics []string, x [][]float64, y []float64) *Moments {
	p := len(topics)
	m := &Moments{Topics: topics, X: make([]float64, p), XY: make([]float64, p), Mentions: make([]float64, p), XX: make([][]float64, p)}
	for i := range m.XX {
		m.XX[i] = make([]float64, p)
	}
	for n, row := range x {
		m.N++
		m.Y += y[n]
		m.YY += y[n] * y[n]
		for i, v := range row {
			m.X[i] += v
			m.XY[i] += v * y[n]
			if v != 0 {
				m.Mentions[i]++
			}
			for j, w := range row {
				m.XX[i][j] += v * w
			}
		}
	}
	return m
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %g, want %g", what, got, want)
	}
}

func TestUncorrelatedTopicsWeighAsTheirSquaredCorrelations(t *testing.T) {
	// All combinations, so that the topics are uncorrelated: y = 2a + b.
	var x [][]float64
	var y []float64
	for range 50 {
		for _, a := range []float64{-1, 0, 1} {
			for _, b := range []float64{-1, 0, 1} {
				x, y = append(x, []float64{a, b}), append(y, 2*a+b)
			}
		}
	}
	d, err := Of(moments([]string{"a", "b"}, x, y))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "R²", d.R2, 1, 1e-9)
	near(t, "weight of a", d.Topics[0].Weight, 0.8, 1e-9)
	near(t, "weight of b", d.Topics[1].Weight, 0.2, 1e-9)
	near(t, "effect of a", d.Topics[0].Effect, 2, 1e-9)
	near(t, "effect of b", d.Topics[1].Effect, 1, 1e-9)
	near(t, "correlation of b", d.Topics[1].Correlation, math.Sqrt(0.2), 1e-9)
}

func TestTwinsShareTheirWeight(t *testing.T) {
	// Topic b always says what a says: a regression can't tell them apart, the weights halve.
	random := rand.New(rand.NewPCG(1, 1))
	var x [][]float64
	var y []float64
	for range 3000 {
		a, c := float64(random.IntN(3)-1), float64(random.IntN(3)-1)
		x, y = append(x, []float64{a, a, c}), append(y, a+c+random.NormFloat64())
	}
	d, err := Of(moments([]string{"a", "b", "c"}, x, y))
	if err != nil {
		t.Fatal(err)
	}
	weights := map[string]float64{}
	for _, topic := range d.Topics {
		weights[topic.Topic] = topic.Weight
	}
	near(t, "difference of the twins", weights["a"]-weights["b"], 0, 1e-9)
	near(t, "weight of both", weights["a"]+weights["b"], 0.5, 0.05)
	near(t, "all weights", weights["a"]+weights["b"]+weights["c"], 1, 1e-9)
}

// With two predictors the relative weights have a closed form, for a correlation r of the
// predictors: the square root of their correlations has (√(1+r) + √(1-r))/2 on its
// diagonal and (√(1+r) - √(1-r))/2 beside it.
func TestTwoCorrelatedTopicsWeighAsInClosedForm(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	var x [][]float64
	var y []float64
	for range 5000 {
		a := float64(random.IntN(3) - 1)
		b := a
		if random.IntN(2) == 0 {
			b = float64(random.IntN(3) - 1)
		}
		x, y = append(x, []float64{a, b}), append(y, 0.6*a-0.3*b+random.NormFloat64())
	}
	m := moments([]string{"a", "b"}, x, y)
	d, err := Of(m)
	if err != nil {
		t.Fatal(err)
	}
	corr := func(sxy, sx, sxx, sy, syy float64) float64 {
		return (sxy/m.N - sx/m.N*sy/m.N) / math.Sqrt((sxx/m.N-sx/m.N*sx/m.N)*(syy/m.N-sy/m.N*sy/m.N))
	}
	r := corr(m.XX[0][1], m.X[0], m.XX[0][0], m.X[1], m.XX[1][1])
	ra, rb := corr(m.XY[0], m.X[0], m.XX[0][0], m.Y, m.YY), corr(m.XY[1], m.X[1], m.XX[1][1], m.Y, m.YY)
	u, v := (math.Sqrt(1+r)+math.Sqrt(1-r))/2, (math.Sqrt(1+r)-math.Sqrt(1-r))/2
	det := u*u - v*v
	b1, b2 := (u*ra-v*rb)/det, (u*rb-v*ra)/det
	wa, wb := u*u*b1*b1+v*v*b2*b2, v*v*b1*b1+u*u*b2*b2
	near(t, "R²", d.R2, (ra*ra+rb*rb-2*r*ra*rb)/(1-r*r), 1e-9)
	for _, topic := range d.Topics {
		want := map[string]float64{"a": wa, "b": wb}[topic.Topic] / d.R2
		near(t, "weight of "+topic.Topic, topic.Weight, want, 1e-9)
	}
}

func TestTooFewAnswersAreRefused(t *testing.T) {
	x, y := make([][]float64, 230), make([]float64, 230)
	for i := range x {
		x[i], y[i] = []float64{float64(i%3) - 1, float64(i%2)*2 - 1}, float64(i%11)
	}
	var few *TooFewError
	if _, err := Of(moments([]string{"a", "b"}, x, y)); !errors.As(err, &few) || few.Items != 230 || few.Need != 240 {
		t.Errorf("%v", err)
	}
}

func TestWhatSaysNothingIsLeftOut(t *testing.T) {
	x, y := make([][]float64, 400), make([]float64, 400)
	for i := range x {
		x[i], y[i] = []float64{float64(i%2)*2 - 1, 0, 1}, float64(i%2) // never mentioned; always praised
	}
	x[3][1] = 1
	d, err := Of(moments([]string{"tells", "rare", "always"}, x, y))
	if err != nil || len(d.Topics) != 1 || d.Topics[0].Topic != "tells" {
		t.Fatalf("%+v, %v", d, err)
	}
	for i := range y {
		y[i] = 7
	}
	if d, err = Of(moments([]string{"tells", "rare", "always"}, x, y)); err != nil || len(d.Topics) != 0 || d.R2 != 0 {
		t.Errorf("of answers that are all the same: %+v, %v", d, err)
	}
}
