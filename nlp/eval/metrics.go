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

// sums are the texts of each class, as they are and as they are heard, and
// those of which the two are the same.
func (c *Confusion) sums() (gold, heard [3]int, right int) {
	for i, row := range c {
		right += row[i]
		for j, n := range row {
			gold[i] += n
			heard[j] += n
		}
	}
	return gold, heard, right
}

// ClassResult is how one class is heard. All but N are 0…1; what is divided by
// nothing is 0.
type ClassResult struct {
	N         int     `json:"n"`         // texts of the class
	Precision float64 `json:"precision"` // of those heard as it
	Recall    float64 `json:"recall"`    // of those that are it
	F1        float64 `json:"f1"`        // harmonic mean of the two
}

func (c *Confusion) class(i int) ClassResult {
	gold, heard, _ := c.sums()
	right := c[i][i]
	return ClassResult{
		N:         gold[i],
		Precision: ratio(right, heard[i]),
		Recall:    ratio(right, gold[i]),
		F1:        ratio(2*right, gold[i]+heard[i]),
	}
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
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

// calibration sums up how far confidence and accuracy lie apart: the expected
// calibration error of Guo et al. 2017, "On Calibration of Modern Neural
// Networks", equation 3, with the bins (0, 1/15], (1/15, 2/15] …
type calibration struct {
	n          [calibrationBins]int
	right      [calibrationBins]int
	confidence [calibrationBins]float64
}

func (c *calibration) add(confidence float64, right bool) {
	bin := min(max(int(math.Ceil(confidence*calibrationBins))-1, 0), calibrationBins-1)
	c.n[bin]++
	c.confidence[bin] += confidence
	if right {
		c.right[bin]++
	}
}

// err is Σ n(bin)/n · |accuracy(bin) − mean confidence(bin)|, 0…1.
func (c *calibration) err() float64 {
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
