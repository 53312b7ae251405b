package tag

import (
	"bytes"
	"errors"
	"testing"

	"earshot/nlp/sentiment"
)

// small is a model that knows a few places.
func small(t testing.TB) *Model {
	t.Helper()
	p := Parameters{Name: "small@1", Bits: 8, Chars: 0.5, Bias: make([]float64, Labels), Scale: make([]float64, Labels), Lean: make([]float64, Labels)}
	for c := range p.Heard {
		p.Heard[c] = make([]float64, Labels)
	}
	for l := range p.Scale {
		p.Scale[l] = 0.01
	}
	for range groups {
		p.Temperature = append(p.Temperature, 1)
	}
	places := []uint32{0, 3, 63, 64, 200, 255}
	weights := make([][Labels]int8, len(places))
	for i := range weights {
		for l := range weights[i] {
			weights[i][l] = int8((i*97+l*31)%255 - 127)
		}
	}
	m, err := New(p, places, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Rows are added eight weights at a time; this is one by one.
func (m *Model) plainly(places []uint32) (sum [width]int32, n int) {
	for _, p := range places {
		if r, ok := m.index.row(p); ok {
			n++
			for l := range width {
				sum[l] += int32(m.rows[r*width+l]) - 128
			}
		}
	}
	return sum, n
}

func TestRowsAddUpHoweverMany(t *testing.T) {
	t.Parallel()
	m := small(t)
	for _, n := range []int{0, 1, 255, 256, 257, 5000} {
		places := make([]uint32, n)
		for i := range places {
			places[i] = uint32(i * 3 % 256)
		}
		for i := range n / 2 {
			places[i] = 255 // the largest weights, so that lanes that are too narrow would run over
		}
		var sum tally
		var got [width]int32
		m.add(&sum, places)
		sum.all(&got)
		want, wanted := m.plainly(places)
		if got != want || sum.n != wanted {
			t.Errorf("%d places: %d rows, wanted %d, or other sums", n, sum.n, wanted)
		}
	}
}

func TestAWrittenModelReadsTheSame(t *testing.T) {
	t.Parallel()
	m := small(t)
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	got, err := Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	f := &sentiment.Features{Words: []uint32{3, 4, 64, 255}, Chars: []uint32{0, 63}}
	var tags, again Tags
	var sum, same Sum
	m.Add(&sum, f)
	m.Judge(&tags, &sum, sentiment.Probabilities{1, 0, 0})
	got.Add(&same, f)
	got.Judge(&again, &same, sentiment.Probabilities{1, 0, 0})
	if tags != again {
		t.Error("the model that was read judges otherwise")
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if _, err := small(t).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	if _, err := Read([]byte("something else")); !errors.Is(err, ErrForeign) {
		t.Errorf("a foreign file: %v", err)
	}
	for n := 0; n < len(whole); n += 53 {
		if _, err := Read(whole[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are read", n, len(whole))
		}
		changed := bytes.Clone(whole)
		changed[n] ^= 0x40
		if _, err := Read(changed); err == nil {
			t.Fatalf("a file with byte %d changed is read", n)
		}
	}
}

func TestPlacesOutOfOrderAreRefused(t *testing.T) {
	t.Parallel()
	for name, places := range map[string][]uint32{"twice": {1, 1}, "descending": {2, 1}, "too large": {256}} {
		if _, err := newIndex(8, places); err == nil {
			t.Errorf("%s: %v are numbered", name, places)
		}
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if _, err := small(f).WriteTo(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(format().Magic + "\xff\xff\xff\xff{}"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		m, err := Read(data)
		if err != nil {
			return
		}
		var sum Sum
		var tags Tags
		m.Add(&sum, &sentiment.Features{Words: []uint32{1, 1 << 21}, Chars: []uint32{7}})
		m.Judge(&tags, &sum, sentiment.Probabilities{})
	})
}
