package eval

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatrixSumsUpClasses(t *testing.T) {
	t.Parallel()
	m := NewMatrix(3)
	for _, pair := range [][2]int{{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, -1}} {
		m.Add(pair[0], pair[1])
	}
	if n, right := m.N(); n != 5 || right != 3 || m.Accuracy() != 0.6 {
		t.Errorf("%d of %d right, accuracy %g", right, n, m.Accuracy())
	}
	want := []ClassResult{{3, 1, 2.0 / 3, 0.8}, {2, 0.5, 0.5, 0.5}, {}}
	for i := range want {
		if diff := cmp.Diff(want[i], m.Class(i)); diff != "" {
			t.Errorf("class %d: %s", i, diff)
		}
	}
	f1, recall := m.Macro() // of the two that occur
	if math.Abs(f1-0.65) > 1e-12 || math.Abs(recall-7.0/12) > 1e-12 {
		t.Errorf("macro F1 %g, recall %g", f1, recall)
	}
	f1, recall = NewMatrix(2).Macro()
	if f1 != 0 || recall != 0 || NewMatrix(2).Accuracy() != 0 {
		t.Error("nothing counted is not 0")
	}
}
