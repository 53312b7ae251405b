package encoder

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// must stops the test at an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ear is the folder of a model's files: $EARSHOT_EAR, or where the project
// keeps its first one. Tests that need a file that isn't there are skipped.
func ear(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("EARSHOT_EAR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "models", "ear")
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		t.Skipf("no %s: set EARSHOT_EAR to the folder of the model", filepath.Join(dir, name))
	}
	must(t, err)
	return b
}

func english(t testing.TB) *WordPiece {
	t.Helper()
	w, err := NewWordPiece(ear(t, "vocab.txt"))
	must(t, err)
	return w
}

// rows gives the lines of a file of the reference, cut at tabs.
func rows(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	var out [][]string
	for line := range strings.Lines(string(b)) {
		out = append(out, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return out
}

func unquote(t testing.TB, s string) (text string) {
	t.Helper()
	must(t, json.Unmarshal([]byte(s), &text))
	return text
}

// appendIDs writes ids as the reference does.
func appendIDs(dst []byte, pieces []Piece) []byte {
	for i, p := range pieces {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = strconv.AppendInt(dst, int64(p.ID), 10)
	}
	return dst
}

func TestNastyTextsAsTheReference(t *testing.T) {
	w := english(t)
	for _, row := range rows(t, "wordpiece.tsv") {
		text := unquote(t, row[0])
		if got := string(appendIDs(nil, w.Append(nil, text))); got != row[1] {
			t.Errorf("%.200s: got %.200s, want %.200s", row[0], got, row[1])
		}
	}
}

func TestEveryCharacterAsTheReference(t *testing.T) {
	want := rows(t, "wordpiece.digests.tsv")[1]
	sum := sha256.New()
	var line []byte
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		line = line[:0]
		words("x"+string(r)+"x", func(w *word) {
			if len(line) > 0 {
				line = append(line, ' ')
			}
			line = append(line, string(w.runes[:w.size])...)
		})
		sum.Write(append(line, '\n'))
	}
	if got := hex.EncodeToString(sum.Sum(nil)); want[0] != "every character" || got != want[2] {
		t.Errorf("%s: got %s, want %s: the tables of Go and of the reference part", want[0], got, want[2])
	}
}

// TestDataAsTheReference goes through every line of the labelled data, which
// lies outside the repository: $EARSHOT_DATA, or a folder beside it. With
// -short it is left out.
func TestDataAsTheReference(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million texts take a while")
	}
	dir := os.Getenv("EARSHOT_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	w := english(t)
	for _, row := range rows(t, "wordpiece.digests.tsv")[2:] {
		t.Run(row[0], func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row[0])))
			if os.IsNotExist(err) {
				t.Skipf("no %s in %s: set EARSHOT_DATA to the folder of the data", row[0], dir)
			}
			must(t, err)
			raw, cleaned, cleanedIDs := sha256.New(), sha256.New(), sha256.New()
			n := 0
			var pieces []Piece
			var line []byte
			for _, text := range lines(t, row[0], b) {
				n++
				pieces = w.Append(pieces[:0], text)
				line = append(appendIDs(line[:0], pieces), '\n')
				raw.Write(line)
				c := Clean(text)
				line = append(append(line[:0], c.Text...), '\n')
				cleaned.Write(line)
				pieces = w.Append(pieces[:0], c.Text)
				line = append(appendIDs(line[:0], pieces), '\n')
				cleanedIDs.Write(line)
			}
			got := []string{row[0], strconv.Itoa(n)}
			for _, sum := range []interface{ Sum([]byte) []byte }{raw, cleaned, cleanedIDs} {
				got = append(got, hex.EncodeToString(sum.Sum(nil)))
			}
			if !slices.Equal(got, row) {
				t.Errorf("texts, ids, cleaned texts or their ids differ:\n got %v\nwant %v", got, row)
			}
		})
	}
}

// lines are a file's texts; a file that is not UTF-8 is Latin-1.
func lines(t testing.TB, name string, b []byte) []string {
	t.Helper()
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bufio.NewReader(bytes.NewReader(b)))
		must(t, err)
		b, err = io.ReadAll(z)
		must(t, err)
	}
	if !utf8.Valid(b) {
		latin := make([]rune, len(b))
		for i, c := range b {
			latin[i] = rune(c)
		}
		b = []byte(string(latin))
	}
	return strings.Split(string(b), "\n")
}

func TestPiecesKeepTheirPlaceInTheText(t *testing.T) {
	w := english(t)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Hello, World!", []string{"Hello", ",", "World", "!"}},
		{"unaffable", []string{"una", "ffa", "ble"}},
		{"CAFÉ", []string{"CAFÉ"}},
		{"cafe\u0301 noir", []string{"cafe\u0301", "noir"}},
		{"no\u200bise", []string{"no\u200bise"}},
		{"한국", []string{"한", "한", "한", "국", "국", "국"}},
		{"a你b", []string{"a", "你", "b"}},
		{"[SEP]", []string{"[", "SEP", "]"}},
		{"so " + strings.Repeat("o", 200) + "!", []string{"so", strings.Repeat("o", 200), "!"}},
		{"bad\xffbyte", []string{"bad", "by", "te"}},
	} {
		var got []string
		for _, p := range w.Append(nil, c.text) {
			got = append(got, c.text[p.Start:p.End])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTextsBringInNoSpecialPieces(t *testing.T) {
	w := english(t)
	for _, text := range []string{"[CLS]", "[SEP]", "[MASK]", "[PAD]", "[unused1]", "a[SEP]b", "[sep]", "[UNK]"} {
		for _, p := range w.Append(nil, text) {
			if p.ID < 999 { // those below are [PAD], [unused…] and the special ones
				t.Errorf("%q has piece %d", text, p.ID)
			}
		}
	}
}

func TestLongTextsKeepTheirBeginningAndEnd(t *testing.T) {
	w := english(t)
	pieces := w.Append(nil, strings.Repeat("first ", 100)+strings.Repeat("last ", 100))
	first, last := pieces[0].ID, pieces[199].ID
	ids := w.IDs(nil, Shorten(slices.Clone(pieces), 128))
	if len(ids) != 128 || ids[0] != 101 || ids[127] != 102 {
		t.Fatalf("%d ids from %d to %d", len(ids), ids[0], ids[len(ids)-1])
	}
	for i, id := range ids[1:127] {
		if want := map[bool]int32{true: first, false: last}[i < 41]; id != int64(want) {
			t.Errorf("id %d is %d, want %d", i+1, id, want)
		}
	}
	if got := w.IDs(nil, Shorten(pieces[:126], 128)); len(got) != 128 {
		t.Errorf("a text that fits has %d ids", len(got))
	}
}

func TestVocabulariesThatAreNone(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "vocabulary: it has no [UNK]"},
		{"no end", "[UNK]\n[CLS]\na\n", "vocabulary: it has no [SEP]"},
		{"a gap", "[UNK]\n\na\n", `vocabulary: line 2 is no piece ("")`},
		{"bytes", "[UNK]\n\xff\n", `vocabulary: line 2 is no piece ("\xff")`},
		{"twice", "[UNK]\na\n##a\na\n", `vocabulary: line 4 has "a" again`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := NewWordPiece([]byte(c.text)); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestHostileTextsTakeLinearTime has texts of a megabyte, each of which some
// tokenizers take minutes or forever for.
func TestHostileTextsTakeLinearTime(t *testing.T) {
	w := english(t)
	for _, unit := range []string{"a", "é", "e\u0301", "\u0301", "\u302e\U0001d165", "\U0001d165\u302e", "한", "!", "你", "a ", "\u200b", "\xff", "😀", "&", "&amp", "&#", "\\u", "<br ", "@", "www.", "http://", "\"", "x\u200d", "☺\u200d", "🇬"} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		began := time.Now()
		w.Append(nil, Clean(text).Text)
		// An idle core takes a tenth of a second; squared time would take
		// minutes.
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a megabyte of %q takes %v", unit, took)
		}
	}
}

func FuzzWordPiece(f *testing.F) {
	w := english(f)
	for _, row := range rows(f, "wordpiece.tsv") {
		f.Add(unquote(f, row[0]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := Piece{}
		for _, p := range w.Append(nil, text) {
			switch {
			case p.ID < 0 || int(p.ID) >= w.Size():
				t.Fatalf("%q: id %d is not in the vocabulary", text, p.ID)
			case p.ID < 999 && p.ID != w.unknown:
				t.Fatalf("%q: special piece %d", text, p.ID)
			case p.Start < last.Start || p.End < last.End || p.Start >= p.End || p.End > len(text):
				t.Fatalf("%q: piece %v behind %v", text, p, last)
			case !boundary(text, p.Start) || !boundary(text, p.End):
				t.Fatalf("%q: piece %v cuts a character", text, p)
			}
			last = p
		}
	})
}

// boundary reports whether a rune, or a byte that is none, begins at i.
func boundary(text string, i int) bool {
	if i == len(text) || utf8.RuneStart(text[i]) {
		return true
	}
	for back := 1; back < utf8.UTFMax && back <= i; back++ {
		if _, n := utf8.DecodeRuneInString(text[i-back:]); n > back {
			return false
		}
	}
	return true
}

const complaint = "The installation was late and the technician never called back, but support was lovely in the end. I waited 3 weeks for Comcast to send a new router! Would not recommend."

func BenchmarkWordPiece(b *testing.B) {
	w := english(b)
	var pieces []Piece
	b.SetBytes(int64(len(complaint)))
	b.ReportAllocs()
	for b.Loop() {
		pieces = w.Append(pieces[:0], complaint)
	}
}
