package lane

import (
	"context"
	"math"
	"math/rand/v2"
)

// How n-grams are learned.
const (
	epochs = 10
	// rate is the learning rate at the start.
	rate = 0.35
	// silentBelow is the gradient of a label below which it isn't followed: most
	// labels of a text are as good as ruled out after the first pass.
	silentBelow = 1e-3
	// smallest keeps the first step of a row finite.
	smallest = 1e-4
)

// linear is a linear model over n-grams in training precision.
type linear struct {
	labels  int
	weights []float32 // by row, then label
	bias    []float32
	sum     []float32 // of the weights of a run, while logits are summed up
}

// regression learns a linear model by logistic regression with a learning rate for
// each row (AdaGrad, Duchi et al. 2011).
type regression struct {
	linear
	squares  []float32 // of the gradients so far, by row
	square   float32   // of the biases' gradients so far
	z        []float64
	gradient []float32
	followed []int // labels whose gradient is followed
}

// learnNGrams learns the weights of rows. The same examples in the same order and
// the same seed give the same weights to the bit. It returns ctx's error when ctx
// ends first.
func learnNGrams(ctx context.Context, examples []*example, rows, labels int, seed uint64) (*linear, error) {
	r := &regression{
		linear:   linear{labels: labels, weights: make([]float32, rows*labels), bias: make([]float32, labels), sum: make([]float32, labels)},
		squares:  make([]float32, rows),
		z:        make([]float64, labels),
		gradient: make([]float32, labels),
	}
	step := func(k int, left float64) { r.step(examples[k], float32(rate*left)) }
	err := passes(ctx, len(examples), epochs, rand.New(rand.NewPCG(seed, 1)), step, func() {})
	return &r.linear, err
}

// step takes one step down the gradient of the cross-entropy of one example.
func (r *regression) step(e *example, rate float32) {
	square := r.differ(e)
	if square == 0 {
		return
	}
	r.square += square
	by := rate / (float32(math.Sqrt(float64(r.square))) + smallest)
	for _, c := range r.followed {
		r.bias[c] -= by * r.gradient[c]
	}
	for _, run := range e.runs {
		s := square * run.value * run.value
		for _, row := range run.places {
			r.squares[row] += s
			by := rate * run.value / (float32(math.Sqrt(float64(r.squares[row]))) + smallest)
			of := r.weights[int(row)*r.labels : int(row+1)*r.labels]
			for _, c := range r.followed {
				of[c] -= by * r.gradient[c]
			}
		}
	}
}

// differ works out the gradient of the logits, which of it is followed, and the sum
// of its squares.
func (r *regression) differ(e *example) (square float32) {
	r.logits(r.z, e)
	softmax(r.z)
	r.followed = r.followed[:0]
	for c := range r.z {
		g := float32(r.z[c])
		if c == e.label {
			g--
		}
		r.gradient[c] = g
		if g > silentBelow || g < -silentBelow {
			r.followed = append(r.followed, c)
			square += g * g
		}
	}
	return square
}

// logits sums up the weights of an example's n-grams.
func (m *linear) logits(z []float64, e *example) {
	for c := range z {
		z[c] = float64(m.bias[c])
	}
	for _, run := range e.runs {
		clear(m.sum)
		for _, row := range run.places {
			of := m.weights[int(row)*m.labels : int(row+1)*m.labels]
			for c := range m.sum {
				m.sum[c] += of[c]
			}
		}
		for c := range z {
			z[c] += float64(run.value * m.sum[c])
		}
	}
}

// softmax turns logits into probabilities in place.
func softmax(z []float64) {
	most := z[0]
	for _, v := range z {
		most = max(most, v)
	}
	var sum float64
	for c := range z {
		z[c] = math.Exp(z[c] - most)
		sum += z[c]
	}
	for c := range z {
		z[c] /= sum
	}
}
