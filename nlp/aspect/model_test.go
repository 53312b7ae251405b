package aspect

import (
	"bytes"
	"errors"
	"testing"

	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

func small(t testing.TB) *Model {
	t.Helper()
	weights := make([][2]int8, 1<<8)
	for i := range weights {
		weights[i] = [2]int8{int8(i*37%255 - 127), int8(i*91%255 - 127)}
	}
	m, err := New(Parameters{Name: "small@1", Bits: 8, Scale: [2]float64{0.01, 0.01}, Temperature: 1}, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func judged(m *Model, text string) Verdict {
	var read segment.Text
	var f Features
	read.Read(text, nil, "en")
	f.Begin(&read)
	return m.Judge(&f, token.Range{From: 1, To: 2}, make([]sentiment.Probabilities, len(read.Clauses)), sentiment.Probabilities{})
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
	for _, text := range []string{"the soup was cold", "a b", "not the soup, but the rest"} {
		if judged(got, text) != judged(m, text) {
			t.Errorf("%q is judged otherwise", text)
		}
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
	for n := range whole {
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

func TestWordsKnowWhereTheyStand(t *testing.T) {
	t.Parallel()
	var read segment.Text
	var f Features
	read.Read("It was late. The soup was not hot, but the waiter smiled. Never again.", nil, "en")
	f.Begin(&read)
	if !f.Read(token.Range{From: 5, To: 6}, 16) { // "soup"
		t.Fatal("no word there")
	}
	w := &f.words
	for _, c := range []struct {
		word    string
		part    int16
		phrase  int16
		negated bool
	}{
		{"late", -1, -1, false},
		{"soup", 0, 0, false},
		{"hot", 0, 0, true},
		{"waiter", 2, 0, false},
		{"again", 3, 1, true},
	} {
		found := false
		for _, x := range w.all[:w.n] {
			if read.Tokens[x.token].Of(read.Text) != c.word {
				continue
			}
			found = true
			if x.phrase != c.phrase || x.negated != c.negated || (x.part < 0) != (c.part < 0) || (x.part > 0) != (c.part > 0) {
				t.Errorf("%q: part %d, phrase %d, negated %v", c.word, x.part, x.phrase, x.negated)
			}
		}
		if !found {
			t.Errorf("%q is not among the words", c.word)
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
		if m, err := Read(data); err == nil {
			judged(m, "the soup was cold")
		}
	})
}
