package lane

import (
	"context"
	"math"
	"math/rand/v2"
)

// How the encoder's features are learned.
const (
	denseEpochs = 10
	// denseRate is the learning rate at the start, for texts whose standardised
	// features have about length 1; it falls to 0.
	denseRate = 2
	// denseDecay is the share that the weights lose in a pass, against the learning
	// rate.
	denseDecay = 0.2
	// balance evens out labels of different size: at 0 a text counts as much as any
	// other, at 1 a label as much as any other. mostWeight bounds what a text of a
	// small label counts.
	balance    = 0.5
	mostWeight = 3
)

// dense is a linear model over the encoder's features.
type dense struct {
	features      int
	weights, bias []float32 // weights by label, then feature
}

// standard is how features are brought to mean 0 and length 1, about.
type standard struct{ mean, scale []float32 }

func standardOf(examples []*example) standard {
	n := len(examples[0].features)
	sum, squares := make([]float64, n), make([]float64, n)
	for _, e := range examples {
		for i, x := range e.features {
			sum[i] += float64(x)
			squares[i] += float64(x) * float64(x)
		}
	}
	s := standard{make([]float32, n), make([]float32, n)}
	count := float64(len(examples))
	for i := range n {
		mean := sum[i] / count
		deviation := math.Sqrt(max(0, squares[i]/count-mean*mean))
		s.mean[i] = float32(mean)
		if deviation > 1e-6 { // one that never changes says nothing
			s.scale[i] = float32(1 / (deviation * math.Sqrt(float64(n))))
		}
	}
	return s
}

func (s *standard) apply(dst, features []float32) {
	for i, x := range features {
		dst[i] = (x - s.mean[i]) * s.scale[i]
	}
}

// learnDense learns the weights of features by logistic regression. The same
// examples in the same order and the same seed give the same weights to the bit.
// It returns ctx's error when ctx ends first.
func learnDense(ctx context.Context, examples []*example, labels int, seed uint64) (*dense, error) {
	n := len(examples[0].features)
	m := &dense{features: n, weights: make([]float32, labels*n), bias: make([]float32, labels)}
	standard := standardOf(examples)
	weight := weightsOf(examples, labels)
	x, z := make([]float32, n), make([]float64, labels)
	kept := 1.0 // of the weights after this pass
	step := func(k int, left float64) {
		e := examples[k]
		kept *= 1 - denseRate*left*denseDecay/float64(len(examples))
		standard.apply(x, e.features)
		m.step(x, z, e.label, denseRate*left*weight[e.label])
	}
	decay := func() {
		for i := range m.weights {
			m.weights[i] *= float32(kept)
		}
		kept = 1
	}
	if err := passes(ctx, len(examples), denseEpochs, rand.New(rand.NewPCG(seed, 2)), step, decay); err != nil {
		return nil, err
	}
	m.unstandardise(&standard)
	return m, nil
}

// step takes one step down the gradient of the cross-entropy of standardised
// features x with a label. z is room for the logits.
func (m *dense) step(x []float32, z []float64, label int, rate float64) {
	m.logits(z, x)
	softmax(z)
	for c, p := range z {
		if c == label {
			p--
		}
		if p > -silentBelow && p < silentBelow {
			continue
		}
		by := float32(rate * p)
		m.bias[c] -= by / float32(m.features)
		of := m.weights[c*m.features : (c+1)*m.features]
		for i := range of {
			of[i] -= by * x[i]
		}
	}
}

// weightsOf are what a text of each label counts.
func weightsOf(examples []*example, labels int) []float64 {
	weight := make([]float64, labels)
	for _, e := range examples {
		weight[e.label]++
	}
	even := float64(len(examples)) / float64(labels)
	for c, n := range weight {
		weight[c] = min(mostWeight, math.Pow(even/max(1, n), balance))
	}
	return weight
}

// unstandardise makes weights of standardised features those of features as they
// are.
func (m *dense) unstandardise(s *standard) {
	for c := range m.bias {
		of := m.weights[c*m.features : (c+1)*m.features]
		shift := float64(m.bias[c])
		for i := range of {
			of[i] *= s.scale[i]
			shift -= float64(of[i]) * float64(s.mean[i])
		}
		m.bias[c] = float32(shift)
	}
}

func (m *dense) logits(z []float64, features []float32) {
	denseLogits(z, m.weights, m.bias, features)
}

// denseLogits writes the logits of every label: its bias and the product of its
// weights with the features.
func denseLogits(z []float64, weights, bias, features []float32) {
	n := len(features)
	for c := range z {
		of := weights[c*n : (c+1)*n]
		var s0, s1, s2, s3 float32
		i := 0
		for ; i+4 <= n; i += 4 {
			w, x := of[i:i+4:i+4], features[i:i+4:i+4]
			s0 += w[0] * x[0]
			s1 += w[1] * x[1]
			s2 += w[2] * x[2]
			s3 += w[3] * x[3]
		}
		for ; i < n; i++ {
			s0 += of[i] * features[i]
		}
		z[c] = float64(bias[c]) + float64(s0+s1+s2+s3)
	}
}
