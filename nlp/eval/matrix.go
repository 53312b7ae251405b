package eval

// Matrix counts texts by the class that they are of (first index) and the class
// that is heard in them (second). The last column is for texts in which none of
// the classes is heard.
type Matrix [][]int

// NewMatrix returns a matrix of so many classes.
func NewMatrix(classes int) Matrix {
	m := make(Matrix, classes)
	for i := range m {
		m[i] = make([]int, classes+1)
	}
	return m
}

// Add counts a text. heard is −1 if no class is heard.
func (m Matrix) Add(gold, heard int) {
	if heard < 0 {
		heard = len(m)
	}
	m[gold][heard]++
}

// N is how many texts were counted, and how many of them are heard as what they
// are.
func (m Matrix) N() (n, right int) {
	for i, row := range m {
		right += row[i]
		for _, k := range row {
			n += k
		}
	}
	return n, right
}

// Accuracy is the share of texts that are heard as what they are, 0…1.
func (m Matrix) Accuracy() float64 {
	n, right := m.N()
	return ratio(right, n)
}

// ClassResult is how one class is heard. All but N are 0…1; what is divided by
// nothing is 0.
type ClassResult struct {
	N         int     `json:"n"`         // texts of the class
	Precision float64 `json:"precision"` // of those heard as it
	Recall    float64 `json:"recall"`    // of those that are it
	F1        float64 `json:"f1"`        // harmonic mean of the two
}

// Class is how one class is heard.
func (m Matrix) Class(i int) ClassResult {
	gold, heard := 0, 0
	for _, n := range m[i] {
		gold += n
	}
	for _, row := range m {
		heard += row[i]
	}
	right := m[i][i]
	return ClassResult{
		N:         gold,
		Precision: ratio(right, heard),
		Recall:    ratio(right, gold),
		F1:        ratio(2*right, gold+heard),
	}
}

// Macro are the means of the classes that occur, 0…1.
func (m Matrix) Macro() (f1, recall float64) {
	occur := 0
	for i := range m {
		if of := m.Class(i); of.N > 0 {
			occur++
			f1 += of.F1
			recall += of.Recall
		}
	}
	if occur == 0 {
		return 0, 0
	}
	return f1 / float64(occur), recall / float64(occur)
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
