package eval

import (
	"encoding/json"
	"math"

	"earshot/nlp"
)

// Confusion counts texts by what they are (first index) and what is heard in
// them (second), in the order negative, neutral, positive.
type Confusion [3][3]int

// Count is how many texts that are gold were heard as heard.
func (c *Confusion) Count(gold, heard nlp.Label) int {
	i, j := class(gold), class(heard)
	if i == unknown || j == unknown {
		return 0
	}
	return c[i][j]
}

// MarshalJSON writes an object of objects: confusion.negative.positive is how
// many negative texts were heard as positive.
func (c Confusion) MarshalJSON() ([]byte, error) {
	object := map[nlp.Label]map[nlp.Label]int{}
	for gold, heard := range c {
		row := map[nlp.Label]int{}
		for i, n := range heard {
			row[classes[i]] = n
		}
		object[classes[gold]] = row
	}
	return json.Marshal(object)
}

// matrix is the same as a Matrix.
func (c *Confusion) matrix() Matrix {
	m := NewMatrix(len(c))
	for i := range c {
		copy(m[i], c[i][:])
	}
	return m
}

// z95 is the quantile of the normal distribution between ± which 95 % lie.
const z95 = 1.959963984540054

// wilson is the 95 % score interval of a proportion (Wilson 1927, "Probable
// Inference, the Law of Succession, and Statistical Inference"). Unlike the
// normal approximation it never leaves 0…1 and holds for few texts.
func wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, size := ratio(right, n), float64(n)
	centre := (p + z95*z95/(2*size)) / (1 + z95*z95/size)
	half := z95 / (1 + z95*z95/size) * math.Sqrt(p*(1-p)/size+z95*z95/(4*size*size))
	return max(0, centre-half), min(1, centre+half)
}

// calibrationBins is how many bins of equal width confidences are put into, as
// in Guo et al. 2017.
const calibrationBins = 15

// Calibration sums up how far confidence and accuracy lie apart: the expected
// calibration error of Guo et al. 2017, "On Calibration of Modern Neural
// Networks", equation 3, with the bins (0, 1/15], (1/15, 2/15] … The zero value is
// ready.
type Calibration struct {
	n          [calibrationBins]int
	right      [calibrationBins]int
	confidence [calibrationBins]float64
}

// Add counts an answer: how sure it was, 0…1, and whether it was right.
func (c *Calibration) Add(confidence float64, right bool) {
	bin := min(max(int(math.Ceil(confidence*calibrationBins))-1, 0), calibrationBins-1)
	c.n[bin]++
	c.confidence[bin] += confidence
	if right {
		c.right[bin]++
	}
}

// Err is the expected calibration error,
// Σ n(bin)/n · |accuracy(bin) − mean confidence(bin)|, 0…1; 0 of no answers.
func (c *Calibration) Err() float64 {
	var sum float64
	var n int
	for i := range c.n {
		sum += math.Abs(float64(c.right[i]) - c.confidence[i])
		n += c.n[i]
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
