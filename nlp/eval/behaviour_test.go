package eval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

const head = "kind\texpect\ttext\tvariant\n"

func TestReadsCases(t *testing.T) {
	t.Parallel()
	got, err := readCases(strings.NewReader("\uFEFF# about\n"+head+"\r\n"+
		"label\tneutral|mixed\ta \"b\"\t\n"+
		"label\tnegative\tno last tab\r\n"+
		"# why\n"+
		"same\t\ta\tb\n"+
		"same\tpositive\tc\td\n"+
		"up\t\te\tf\n"+
		"down\t\tg\th"), "f")
	want := []Case{
		{"f", 4, KindLabel, []nlp.Label{nlp.Neutral, Mixed}, `a "b"`, ""},
		{"f", 5, KindLabel, []nlp.Label{nlp.Negative}, "no last tab", ""},
		{"f", 7, KindSame, nil, "a", "b"},
		{"f", 8, KindSame, []nlp.Label{nlp.Positive}, "c", "d"},
		{"f", 9, KindUp, nil, "e", "f"},
		{"f", 10, KindDown, nil, "g", "h"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestWrongCasesAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, says string }{
		"unknown kind":           {"lable\tnegative\ta\t", `kind "lable" is none of label, same, up, down`},
		"unknown label":          {"label\tnegativ\ta\t", `"negativ" is none of negative, neutral, positive, mixed`},
		"one label of two":       {"label\tneutral|\ta\t", `expect "neutral|": "" is none of`},
		"label twice":            {"label\tneutral|neutral\ta\t", "names neutral twice"},
		"label of nothing":       {"label\t\ta\t", "expect is empty"},
		"columns missing":        {"label\tnegative", "2 columns, want 4: kind, expect, text, variant"},
		"variant missing":        {"same\t\ta", "3 columns, want 4"},
		"columns too many":       {"same\t\ta\tb\tc", "5 columns, want 4"},
		"variant of label":       {"label\tneutral\ta\tb", "variant of label is empty"},
		"no text":                {"label\tneutral\t \t", "text is empty"},
		"no variant":             {"up\t\ta\t", "variant is empty"},
		"variant is the text":    {"down\t\ta\ta", "variant is the same as text"},
		"same as several":        {"same\tneutral|positive\ta\tb", "expect of same is empty, or one of"},
		"same as mixed":          {"same\tmixed\ta\tb", "expect of same is empty, or one of"},
		"direction with a label": {"up\tpositive\ta\tb", "expect of up is empty"},
		"not UTF-8":              {"label\tneutral\tcaf\xe9\t", "not UTF-8"},
		"carriage return":        {"label\tneutral\ta\rb\t", "a carriage return in the line"},
		"twice":                  {"up\t\tx\ty", "the same as line 2"},
	} {
		_, err := readCases(strings.NewReader(head+"up\t\tx\ty\n"+test.line+"\n"), "f")
		if err == nil || !strings.HasPrefix(err.Error(), "f: line 3: ") || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", name, err, test.says)
		}
	}
	for name, test := range map[string]struct{ file, says string }{
		"no header":          {"label\tneutral\ta\t\n", "f: line 1: want the header, with tabs between: kind expect text variant"},
		"header in part":     {"# x\nkind\texpect\ttext\n", "f: line 2: want the header"},
		"nothing":            {"", "f: no case in it"},
		"header only":        {head, "f: no case in it"},
		"every line is told": {head + "a\nup\t\tx\ty\nb\n", "f: line 2: 1 columns, want 4: kind, expect, text, variant\nf: line 4: 1 columns"},
	} {
		if _, err := readCases(strings.NewReader(test.file), "f"); err == nil || !strings.HasPrefix(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", name, err, test.says)
		}
	}
}

func TestASuiteIsADirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := ReadSuite(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("empty directory: %v", err)
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.tsv", head+"up\t\ta\tb\n")
	write("a.tsv", head+"up\t\tc\td\nup\t\te\tf\n")
	write("README.md", "not a case")
	suite, err := ReadSuite(dir)
	if err != nil || len(suite) != 2 || suite[0].Name != "a" || len(suite[0].Cases) != 2 || suite[1].Name != "b" {
		t.Fatalf("%v %+v", err, suite)
	}
	write("c.tsv", head+"x\n")
	write("d.tsv", head+"y\n")
	_, err = ReadSuite(dir)
	for _, name := range []string{"c.tsv", "d.tsv"} {
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, name)+": line 2: ") {
			t.Errorf("%s is not named in %v", name, err)
		}
	}
	if _, err := ReadSuite(filepath.Join(dir, "none")); !os.IsNotExist(err) {
		t.Errorf("no directory: %v", err)
	}
}

func TestBehavioursHold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind          Kind
		expect        []nlp.Label
		text, variant Prediction
		want          bool
	}{
		"the label":             {KindLabel, []nlp.Label{nlp.Negative}, Prediction{Label: nlp.Negative}, Prediction{}, true},
		"another label":         {KindLabel, []nlp.Label{nlp.Negative}, Prediction{Label: nlp.Neutral}, Prediction{}, false},
		"one of the labels":     {KindLabel, []nlp.Label{nlp.Negative, nlp.Neutral}, Prediction{Label: nlp.Neutral}, Prediction{}, true},
		"the label, and mixed":  {KindLabel, []nlp.Label{nlp.Negative}, Prediction{Label: nlp.Negative, Mixed: true}, Prediction{}, true},
		"mixed":                 {KindLabel, []nlp.Label{Mixed}, Prediction{Label: nlp.Positive, Mixed: true}, Prediction{}, true},
		"not mixed":             {KindLabel, []nlp.Label{Mixed}, Prediction{Label: nlp.Neutral}, Prediction{}, false},
		"label instead of mix":  {KindLabel, []nlp.Label{nlp.Neutral, Mixed}, Prediction{Label: nlp.Neutral}, Prediction{}, true},
		"same":                  {KindSame, nil, Prediction{Label: nlp.Positive, Score: 0.8}, Prediction{Label: nlp.Positive, Score: 0.5}, true},
		"same, other way":       {KindSame, nil, Prediction{Label: nlp.Positive, Score: 0.5}, Prediction{Label: nlp.Positive, Score: 0.8}, true},
		"too far apart":         {KindSame, nil, Prediction{Label: nlp.Positive, Score: 0.801}, Prediction{Label: nlp.Positive, Score: 0.5}, false},
		"too far, other way":    {KindSame, nil, Prediction{Label: nlp.Positive, Score: 0.5}, Prediction{Label: nlp.Positive, Score: 0.801}, false},
		"near, of other labels": {KindSame, nil, Prediction{Label: nlp.Positive, Score: 0.1}, Prediction{Label: nlp.Neutral, Score: 0}, false},
		"same, wrong label":     {KindSame, []nlp.Label{nlp.Negative}, Prediction{Label: nlp.Neutral}, Prediction{Label: nlp.Neutral}, false},
		"same, right label":     {KindSame, []nlp.Label{nlp.Neutral}, Prediction{Label: nlp.Neutral}, Prediction{Label: nlp.Neutral}, true},
		"up":                    {KindUp, nil, Prediction{Score: 0.2}, Prediction{Score: 0.9}, true},
		"up, a little down":     {KindUp, nil, Prediction{Score: 0.3}, Prediction{Score: 0.2}, true},
		"up, and down":          {KindUp, nil, Prediction{Score: 0.3}, Prediction{Score: 0.199}, false},
		"down":                  {KindDown, nil, Prediction{Score: 0.2}, Prediction{Score: -0.9}, true},
		"down, a little up":     {KindDown, nil, Prediction{Score: 0.2}, Prediction{Score: 0.3}, true},
		"down, and up":          {KindDown, nil, Prediction{Score: 0.2}, Prediction{Score: 0.301}, false},
	} {
		c := Case{Kind: test.kind, Expect: test.expect}
		if got := c.holds(test.text, test.variant); got != test.want {
			t.Errorf("%s: holds is %v", name, got)
		}
	}
}

func TestASuiteIsReportedByCapabilityAndKind(t *testing.T) {
	t.Parallel()
	cases := func(name, lines string) Capability {
		t.Helper()
		cases, err := readCases(strings.NewReader(head+lines), name+".tsv")
		if err != nil {
			t.Fatal(err)
		}
		return Capability{name, cases}
	}
	suite := Suite{
		cases("one", "down\t\tneutral +.1\tneutral -.2\nlabel\tnegative|mixed\tneutral +.123\t\nlabel\tneutral\tneutral\nup\t\tpositive mixed +.9\tneutral +.1\n"),
		cases("two", "same\tnegative\tnegative -.5\tnegative -.6\nsame\tpositive\tnegative -.5\tnegative -.6\nsame\t\tneutral\tpositive +.9\n"),
	}
	got, err := suite.Run(t.Context(), toldByText{})
	want := &Report{Tally: Tally{7, 3}, Capabilities: []CapabilityReport{
		{"one", Tally{4, 2}, []KindReport{{KindLabel, Tally{2, 1}}, {KindUp, Tally{1, 0}}, {KindDown, Tally{1, 1}}}, []Failure{
			{"one.tsv", 3, KindLabel, "negative or mixed", "neutral +0.12", "neutral +.123", ""},
			{"one.tsv", 5, KindUp, "a variant no more than 0.1 lower", "positive mixed +0.90, then neutral +0.10", "positive mixed +.9", "neutral +.1"},
		}},
		{"two", Tally{3, 1}, []KindReport{{KindSame, Tally{3, 1}}}, []Failure{
			{"two.tsv", 3, KindSame, "both positive, scores within 0.3", "negative -0.50, then negative -0.60", "negative -.5", "negative -.6"},
			{"two.tsv", 4, KindSame, "the same label, scores within 0.3", "neutral +0.00, then positive +0.90", "neutral", "positive +.9"},
		}},
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// shippedCases is how many behaviours earshot ships at least.
const shippedCases = 600

func TestTheShippedBehavioursAreRead(t *testing.T) {
	t.Parallel()
	const dir = "../testdata/behaviour"
	if written, err := filepath.Glob(filepath.Join(dir, "*"+suffix)); err != nil || len(written) == 0 {
		t.Skip("no behaviours are written yet")
	}
	suite, err := ReadSuite(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, capability := range suite {
		n += len(capability.Cases)
	}
	if n < shippedCases {
		t.Errorf("%d cases of %d capabilities, want %d cases", n, len(suite), shippedCases)
	}
}

func FuzzReadCases(f *testing.F) {
	for _, seed := range []string{
		head + "label\tneutral|mixed\ta\t\nsame\t\ta\tb\n", "# c\n\n" + head + "up\t\ta\tb\r\ndown\t\tc\td", head + "label\tnegative\tx", "kind\t\n", head + "label\tneutral\ta\r\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		cases, err := readCases(strings.NewReader(file), "f")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f: ") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		var again strings.Builder
		again.WriteString(head)
		for _, c := range cases {
			var expect []string
			for _, label := range c.Expect {
				expect = append(expect, string(label))
			}
			again.WriteString(strings.Join([]string{string(c.Kind), strings.Join(expect, "|"), c.Text, c.Variant}, "\t") + "\n")
		}
		reread, err := readCases(strings.NewReader(again.String()), "f")
		for i := range reread {
			reread[i].Line = cases[i].Line
		}
		if diff := cmp.Diff(cases, reread); diff != "" || err != nil {
			t.Errorf("written and read again: %v %s", err, diff)
		}
	})
}
