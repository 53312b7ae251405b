// Package drivers says how much of an answer, for example to how likely a customer is to
// recommend, goes with what they say of each topic. Topics come together: who speaks of
// billing speaks of support too. The weights are Johnson's relative weights (A heuristic
// method for estimating the relative weight of predictor variables in multiple
// regression, Multivariate Behavioral Research 35, 2000): they share out R² among
// correlated predictors, are never negative, and add up to it.
package drivers

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Moments are the sums that the weights are computed from. X is what is said of a topic:
// -1, 0 or +1 for an item, 0 where it isn't mentioned.
type Moments struct {
	Topics []string    // of the rows and columns
	N      float64     // items that have an answer
	Y, YY  float64     // sums of the answers and of their squares
	X, XY  []float64   // for each topic: sums of X and of X times the answer
	XX     [][]float64 // for each two topics: sum of the product
	// Mentions is how many of the items mention each topic.
	Mentions []float64
}

// Drivers are the topics that go with an answer.
type Drivers struct {
	Items  int64   // that have an answer
	R2     float64 // share of the answers' variance that the topics account for, 0 to 1
	Topics []Driver
}

// Driver is one topic.
type Driver struct {
	Topic       string
	Mentions    int64
	Weight      float64 // share of R2 that is the topic's, 0 to 1; all add up to 1
	Correlation float64 // of what is said of the topic with the answer, -1 to +1
	// Effect is by how much the answer is higher where the topic is praised than where it
	// isn't spoken of, all other topics being equal; in points of the answer's scale.
	Effect float64
}

// The least that is computed from: with fewer items weights are chance.
const (
	LeastItems    = 200 // with an answer
	ItemsATopic   = 20  // more for each topic
	LeastMentions = 30  // of a topic, which is left out otherwise
)

// TooFewError says that there are too few answers to say what drives them.
type TooFewError struct{ Items, Need int64 }

func (e *TooFewError) Error() string {
	return fmt.Sprintf("%d answers are too few to say what drives them: %d are needed", e.Items, e.Need)
}

// Of computes the drivers. Topics with fewer than LeastMentions are left out. It returns
// a *TooFewError with fewer items than LeastItems and ItemsATopic ask for, and where all
// answers are the same, or no topic is left, drivers without topics.
func Of(m *Moments) (*Drivers, error) {
	kept := m.kept()
	d := &Drivers{Items: int64(m.N)}
	if need := Needed(m); d.Items < need {
		return nil, &TooFewError{d.Items, need}
	}
	vy := variance(m.YY, m.Y, m.N)
	if len(kept) == 0 || vy <= 0 {
		return d, nil
	}

	p := len(kept)
	deviation := make([]float64, p)
	for a, i := range kept {
		deviation[a] = math.Sqrt(variance(m.XX[i][i], m.X[i], m.N))
	}
	among, with := mat.NewSymDense(p, nil), mat.NewVecDense(p, nil) // correlations
	for a, i := range kept {
		with.SetVec(a, (m.XY[i]/m.N-m.X[i]/m.N*m.Y/m.N)/deviation[a]/math.Sqrt(vy))
		for b, j := range kept[:a+1] {
			among.SetSym(a, b, (m.XX[i][j]/m.N-m.X[i]/m.N*m.X[j]/m.N)/deviation[a]/deviation[b])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(among, true) {
		return nil, fmt.Errorf("the correlations of %d topics have no eigenvalues", p)
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	// Λ is the square root of the correlations: the topics as combinations of uncorrelated
	// stand-ins that are as near to them as can be. Where topics always come together an
	// eigenvalue is 0, and its direction says nothing.
	root, inverse := power(&vectors, eigen.Values(nil), 0.5), power(&vectors, eigen.Values(nil), -0.5)
	var beta mat.VecDense // of the answer on the stand-ins
	beta.MulVec(inverse, with)
	var slopes mat.VecDense // of the answer on the topics, standardised
	slopes.MulVec(inverse, &beta)

	weights := make([]float64, p)
	for a := range p {
		for k := range p {
			weights[a] += root.At(a, k) * root.At(a, k) * beta.AtVec(k) * beta.AtVec(k)
		}
		d.R2 += weights[a]
	}
	for a, i := range kept {
		driver := Driver{
			Topic: m.Topics[i], Mentions: int64(m.Mentions[i]), Correlation: with.AtVec(a),
			Effect: slopes.AtVec(a) * math.Sqrt(vy) / deviation[a],
		}
		if d.R2 > 0 {
			driver.Weight = weights[a] / d.R2
		}
		d.Topics = append(d.Topics, driver)
	}
	slices.SortFunc(d.Topics, func(a, b Driver) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Topic, b.Topic))
	})
	return d, nil
}

// kept are the topics that are mentioned often enough, and not always in the same way.
func (m *Moments) kept() []int {
	var kept []int
	for i := range m.Topics {
		if m.Mentions[i] >= LeastMentions && variance(m.XX[i][i], m.X[i], m.N) > 0 {
			kept = append(kept, i)
		}
	}
	return kept
}

// Needed is how many items with an answer Of asks for.
func Needed(m *Moments) int64 { return int64(LeastItems + ItemsATopic*len(m.kept())) }

func variance(squares, sum, n float64) float64 {
	if n == 0 {
		return 0
	}
	return squares/n - sum/n*sum/n
}

// least is the smallest eigenvalue of correlations that is more than rounding.
const least = 1e-9

// power is a symmetric matrix, by its eigenvectors and eigenvalues, to a power; what is
// hardly there stays away.
func power(vectors *mat.Dense, values []float64, exponent float64) *mat.Dense {
	p := len(values)
	scaled := mat.NewDense(p, p, nil)
	for k, v := range values {
		if v < least {
			continue
		}
		for a := range p {
			scaled.Set(a, k, vectors.At(a, k)*math.Pow(v, exponent))
		}
	}
	var out mat.Dense
	out.Mul(scaled, vectors.T())
	return &out
}
