package eval

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

// shown are the items and bad lines of a dataset, a line each.
func shown(d *Dataset) (items, bad []string) {
	for _, i := range d.Items {
		title := ""
		if i.Text.Title != "" {
			title = i.Text.Title + " / "
		}
		items = append(items, fmt.Sprintf("%d %s: %s%s", i.Line, i.Gold, title, i.Text.Text))
	}
	for _, b := range d.Bad {
		bad = append(bad, b.Error())
	}
	return items, bad
}

func TestReadsLabelledTexts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file   string
		labels Labels
		want   []string
		scale  string
	}{
		"words":                    {"negative\ta\nNEU\tb\n pos \tc\nmixed\td\n", nil, []string{"1 negative: a", "2 neutral: b", "3 positive: c", "4 mixed: d"}, ""},
		"header":                   {"label\ttext\nneg\ta\n", nil, []string{"2 negative: a"}, ""},
		"columns by name":          {"id\tText\tx\tLabel\n1\ta\ty\tneg\n", nil, []string{"2 negative: a"}, ""},
		"title":                    {"text\tlabel\ttitle\na\tneg\tb\nc\tpos\n", nil, []string{"2 negative: b / a", "3 positive: c"}, ""},
		"label before rating":      {"rating\ttext\tlabel\n5\ta\tneg\n", nil, []string{"2 negative: a"}, ""},
		"unknown names":            {"sentiment\treview\tdate\npos\ta\tb\n", nil, []string{"2 positive: a"}, ""},
		"text named, label not":    {"text\tsentiment\na\tpos\n", nil, []string{"2 positive: a"}, ""},
		"label named, text not":    {"review\tlabel\na\tpos\n", nil, []string{"2 positive: a"}, ""},
		"three numbers":            {"0\ta\n2\tb\n1\tc\n", nil, []string{"1 negative: a", "2 positive: b", "3 neutral: c"}, "0/1/2 (negative, neutral, positive)"},
		"0 and 2":                  {"0\ta\n2\tb\n", nil, []string{"1 negative: a", "2 positive: b"}, "0/1/2 (negative, neutral, positive)"},
		"0 and 1":                  {"1\ta\n0\tb\n", nil, []string{"1 positive: a", "2 negative: b"}, "0/1 (negative, positive)"},
		"five stars":               {"1\ta\n2\tb\n3\tc\n4\td\n5.0\te\n", nil, []string{"1 negative: a", "2 negative: b", "3 neutral: c", "4 positive: d", "5 positive: e"}, "1–5 (stars)"},
		"some stars":               {"1\ta\n5\tb\n", nil, []string{"1 negative: a", "2 positive: b"}, "1–5 (stars)"},
		"few stars, by the header": {"rating\ttext\n1\ta\n2\tb\n", nil, []string{"2 negative: a", "3 negative: b"}, "1–5 (stars)"},
		"numbers and mixed":        {"0\ta\n2\tb\nmixed\tc\n", nil, []string{"1 negative: a", "2 positive: b", "3 mixed: c"}, "0/1/2 (negative, neutral, positive)"},
		"as told":                  {"0\ta\n4\tb\nneu\tc\n", Labels{"0": nlp.Negative, "4": nlp.Positive}, []string{"1 negative: a", "2 positive: b", "3 neutral: c"}, ""},
		"as told, against words":   {"POS\ta\n", Labels{"pos": nlp.Negative}, []string{"1 negative: a"}, ""},
		"as told, first line":      {"good\ta\nbad\tb\n", Labels{"good": nlp.Positive, "bad": nlp.Negative}, []string{"1 positive: a", "2 negative: b"}, ""},
		"quotes":                   {"neg\t\"so\nneg\tsaid \"\"he\"\"\n", nil, []string{`1 negative: "so`, `2 negative: said ""he""`}, ""},
		"further columns":          {"neg\ta\tb\tc\nneg\td\n", nil, []string{"1 negative: a", "2 negative: d"}, ""},
		"Windows":                  {"\uFEFFlabel\ttext\r\nneg\ta\r\n\r\npos\tb", nil, []string{"2 negative: a", "4 positive: b"}, ""},
		"not UTF-8":                {"neg\tcaf\xe9\n", nil, []string{"1 negative: caf\uFFFD"}, ""},
		"empty text":               {"neu\t\n", nil, []string{"1 neutral: "}, ""},
	} {
		for way, source := range map[string]io.Reader{"": strings.NewReader(test.file), " byte by byte": iotest.OneByteReader(strings.NewReader(test.file))} {
			d, err := Read(source, "f", test.labels)
			if err != nil {
				t.Errorf("%s%s: %v", name, way, err)
				continue
			}
			got, bad := shown(d)
			if diff := cmp.Diff(test.want, got); diff != "" || bad != nil || d.Scale != test.scale {
				t.Errorf("%s%s: scale %q, bad lines %q, items (-want +got):\n%s", name, way, d.Scale, bad, diff)
			}
		}
	}
}

func TestBadLinesAreNamedAndTheOthersRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file   string
		labels Labels
		want   []string
	}{
		"no text":           {"pos\ta\nneg\npos\tb\n", nil, []string{"f: line 2: 1 of the 2 columns that hold label and text"}},
		"column cut off":    {"id\ttext\tlabel\n1\ta\tpos\n2\tb\n2\tc\tpos\n", nil, []string{"f: line 3: 2 of the 3 columns that hold label and text"}},
		"tab in the text":   {"label\ttext\npos\ta\tb\npos\ta\npos\tb\n", nil, []string{"f: line 2: 3 columns, the header names 2: is there a tab in the text?"}},
		"misspelt":          {"pos\ta\npostive\tb\n\tc\npos\td\n", nil, []string{`f: line 2: label "postive" is none of`, `f: line 3: label "" is none of`}},
		"number with words": {"pos\ta\n3\tb\nneg\tb\n", nil, []string{`f: line 2: label "3" is a number, where line 1 has a word; --labels may say`}},
		"not told":          {"0\ta\n2\tb\n4\tc\n", Labels{"0": nlp.Negative, "4": nlp.Positive}, []string{`f: line 2: label "2" is not among --labels`}},
		"a text as label":   {"pos\ta\n" + strings.Repeat("long ", 99) + "\tb\npos\tc\n", nil, []string{`f: line 2: label "long long long long long long…"`}},
		"in order":          {"pos\ta\nx\tb\npos\nx\tc\npos\td\n", nil, []string{"f: line 2: label", "f: line 3: 1 of", "f: line 4: label"}},
	} {
		d, err := Read(strings.NewReader(test.file), "f", test.labels)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		items, bad := shown(d)
		if len(items) != 2 {
			t.Errorf("%s: the others are %q", name, items)
		}
		if len(bad) != len(test.want) {
			t.Errorf("%s: got %q, want %q", name, bad, test.want)
			continue
		}
		for i, want := range test.want {
			if !strings.HasPrefix(bad[i], want) {
				t.Errorf("%s: got %q, want %q", name, bad[i], want)
			}
		}
	}
}

func TestFilesThatCannotBeReadSayWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"nothing":            {"", []string{"f: no labelled text in it"}},
		"header only":        {"label\ttext\n", []string{"f: no labelled text in it"}},
		"one column":         {"just a text\n", []string{"f: line 1: one column", `"just a text"`}},
		"1 and 2":            {"\n1\ta\n2\tb\n", []string{`f: line 2: label "1" may be on`, "0/1/2", "1–5 (stars)", "has only 1, 2", "--labels 1=negative,2=negative"}},
		"1 alone":            {"1\ta\n1\tb\n", []string{`f: line 1: label "1"`, "--labels"}},
		"no scale":           {"0\ta\n1\tb\n4\tc\n2\td", []string{`f: line 3: label "4" is on no known scale together with 0, 1`, "--labels 0=…,1=…,2=…,4=…"}},
		"ten points":         {"label\ttext\n7\ta\n10\tb\n", []string{`f: line 2: label "7" is on no known scale; say`, "--labels"}},
		"stars by header, 0": {"text\tstars\na\t0\n", []string{`f: line 2: label "0" is on no known scale`}},
		"below 0":            {"-1\ta\n0\tb\n1\tc\n", []string{`f: line 1: label "-1"`}},
		"halves":             {"4.5\ta\n5\tc\n", []string{`f: line 1: label "4.5"`}},
		"ids":                {"17\tpos\ta\n18\tneg\tb\n", []string{`f: line 1: label "17"`}},
	} {
		d, err := Read(strings.NewReader(test.file), "f", nil)
		if err == nil {
			t.Errorf("%s: read as %+v", name, d)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %q", name, want, err)
			}
		}
	}
	failure := errors.New("the disk is gone")
	in := io.MultiReader(strings.NewReader("pos\ta\n"), iotest.ErrReader(failure))
	if _, err := Read(in, "f", nil); !errors.Is(err, failure) || !strings.HasPrefix(err.Error(), "f: after line 1: ") {
		t.Errorf("broken disk: %v", err)
	}
}

func TestParseLabels(t *testing.T) {
	t.Parallel()
	got, err := ParseLabels("0=negative, 4.0 = POS,meh=neu,both=mixed,a=b=neg")
	if err == nil {
		t.Errorf("a label with = in it: %v", got)
	}
	got, err = ParseLabels("0=negative, 4.0 = POS,Meh=neu,both=mixed")
	want := Labels{"0": nlp.Negative, "4": nlp.Positive, "meh": nlp.Neutral, "both": Mixed}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for pairs, says := range map[string]string{
		"":            `""`,
		"0":           `"0"`,
		"=negative":   `"=negative"`,
		"0=bad":       `"0=bad"`,
		"0=neg,":      `""`,
		"0=neg,0=1":   `"0=1"`,
		"a=neg,A=pos": `"a" is given two meanings`,
	} {
		if got, err := ParseLabels(pairs); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, %v", pairs, got, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"label\ttext\nneg\ta\n", "0\ta\n1\tb\n2\t\n", "\uFEFFstars\ttitle\ttext\r\n5\tx\ty\r\n", "pos\t\xff\n3\n", "1\ta\n\n-1\tb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		d, err := Read(strings.NewReader(file), "f", nil)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f: ") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		lines := strings.Count(file, "\n") + 1
		last := 0
		for _, i := range d.Items {
			if class(i.Gold) == unknown && i.Gold != Mixed || i.Line <= last || i.Line > lines || strings.ContainsAny(i.Text.Text, "\t\n") {
				t.Errorf("item %+v after line %d of %d", i, last, lines)
			}
			last = i.Line
		}
		last = 0
		for _, b := range d.Bad {
			if b.Line <= last || b.Line > lines || b.File != "f" || strings.Contains(b.Problem, "\n") {
				t.Errorf("bad line %+v after line %d of %d", b, last, lines)
			}
			last = b.Line
		}
	})
}
