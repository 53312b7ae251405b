package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

// analyses parses what `analyze` prints as JSON.
func analyses(t *testing.T, out string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(out) {
		var a map[string]any
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, a)
	}
	return all
}

// texts are the texts of analyses, in order.
func texts(all []map[string]any) []string {
	var texts []string
	for _, a := range all {
		texts = append(texts, a["text"].(string))
	}
	return texts
}

func labelOf(a map[string]any) any { return a["sentiment"].(map[string]any)["label"] }

func TestAnalyzePrintsTheContractsFields(t *testing.T) {
	got := earshot(t, "Great <service> & staff.\n", "analyze", "--tier", "fast").succeeds(t).out
	if start := `{"id":"","text":"Great <service> & staff.","language":"en","sentiment":{"score":`; !strings.HasPrefix(got, start) {
		t.Errorf("%s does not start with %s", got, start)
	}
	want := []string{
		"id", "text", "language", "sentiment", "sentences", "score_text_mismatch", "stage", "mentions", "intents", "effort",
		"emotion", "emotions", "urgency", "signals", "pii", "noise", "tier", "model", "taxonomy",
	}
	if diff := cmp.Diff(want, fields(t, got)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// fields returns the names of an object's fields in order.
func fields(t *testing.T, object string) (names []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(object))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
		if err := d.Decode(new(json.RawMessage)); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

func TestAnalyzeReadsEveryInput(t *testing.T) {
	for name, test := range map[string]struct {
		args  []string
		input string
		want  []string
	}{
		"text":                   {nil, "one\ntwo\n", []string{"one", "two"}},
		"text without last end":  {nil, "one\ntwo", []string{"one", "two"}},
		"text with blank lines":  {nil, "one\n\ntwo\n", []string{"one", "", "two"}},
		"text of Windows":        {nil, "\uFEFFone\r\ntwo\r\n", []string{"one", "two"}},
		"invalid UTF-8":          {nil, "caf\xe9\n", []string{"caf\uFFFD"}},
		"nothing":                {nil, "", nil},
		"ndjson":                 {[]string{"--input", "ndjson"}, `{"id":"1","text":"one"}` + "\n" + `{"text":"two"}`, []string{"one", "two"}},
		"ndjson with score only": {[]string{"--input", "ndjson"}, `{"id":"1","rating":5}`, []string{""}},
		"csv":                    {[]string{"--input", "csv"}, "id,text\n1,\"one,\nin two lines\"\n2,two\n", []string{"one,\nin two lines", "two"}},
		"csv, other column":      {[]string{"--input", "csv", "--text-field", "Review Text"}, "Review Text,n\none,1\n", []string{"one"}},
		"tsv":                    {[]string{"--input", "tsv"}, "text\tn\none\t1\ntwo\t2\n", []string{"one", "two"}},
		"row without text":       {[]string{"--input", "csv"}, "id,text\n1,\n2,two\n", []string{"", "two"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := earshot(t, test.input, append([]string{"analyze", "--tier", "fast"}, test.args...)...).succeeds(t)
			if diff := cmp.Diff(test.want, texts(analyses(t, got.out))); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnalyzeKeepsIDs(t *testing.T) {
	input := `{"id":"a","text":"one"}` + "\n" + `{"id":7,"rating":1}` + "\n" + `{"id":"c"}` + "\n" + `{"text":"no id"}` + "\n"
	var ids []any
	for _, a := range analyses(t, earshot(t, input, "analyze", "--tier", "fast", "--input", "ndjson").succeeds(t).out) {
		ids = append(ids, a["id"])
	}
	if diff := cmp.Diff([]any{"a", "7", "c", ""}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

func TestAnalyzeKeepsTheOrderOfSeveralFiles(t *testing.T) {
	var names, want []string
	for f := range 3 {
		var content strings.Builder
		for i := range 1000 {
			text := fmt.Sprintf("line %d of file %d", i, f)
			want = append(want, text)
			fmt.Fprintln(&content, text)
		}
		names = append(names, file(t, fmt.Sprint(f), content.String()))
	}
	got := earshot(t, "", append([]string{"analyze", "--tier", "fast"}, names...)...).succeeds(t)
	if diff := cmp.Diff(want, texts(analyses(t, got.out))); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestAnalyzeGoesOnAfterBrokenRecords(t *testing.T) {
	input := strings.Join([]string{`{"id":"1","text":"one"}`, `broken`, `[]`, `{"id":"2","text":7}`, `{"id":"3","text":"three"}`}, "\n")
	got := earshot(t, input, "analyze", "--tier", "fast", "--input", "ndjson")
	if got.code != 1 {
		t.Errorf("exit code %d, want 1", got.code)
	}
	if diff := cmp.Diff([]string{"one", "three"}, texts(analyses(t, got.out))); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	var lines []any
	for _, e := range analyses(t, got.err) {
		if e["error"] == "" {
			t.Errorf("no error in %v", e)
		}
		lines = append(lines, e["line"])
	}
	if diff := cmp.Diff([]any{2.0, 3.0, 4.0}, lines); diff != "" {
		t.Errorf("lines with errors (-want +got):\n%s", diff)
	}

	bad := file(t, "bad.csv", "text\na,b\n")
	got = earshot(t, "", "analyze", "--tier", "fast", "--input", "csv", file(t, "good.csv", "text\na\n"), bad)
	if e := analyses(t, got.err); got.code != 1 || len(e) != 1 || e[0]["file"] != bad || e[0]["line"] != 2.0 {
		t.Errorf("exit code %d, errors %v; want 1 and the file named", got.code, e)
	}
}

func TestAnalyzeFailsInOneLine(t *testing.T) {
	earshot(t, "", "analyze", "none.txt").fails(t, 1, "none.txt", "no such file")
	earshot(t, "", "analyze", t.TempDir()).fails(t, 1, "is a directory")
	earshot(t, "a,b\n1,2\n", "analyze", "--input", "csv").fails(t, 1, "--text-field", `no column "text"`)
}

func TestAnalyzeHearsOnlyTheCustomerInChats(t *testing.T) {
	const chat = `{"id":"1","messages":[{"role":"agent","text":"Terrible, horrible, awful."},{"role":"customer","text":"Thanks, that was great!"}]}`
	a := analyses(t, earshot(t, chat, "analyze", "--input", "ndjson").succeeds(t).out)[0]
	if labelOf(a) != "positive" {
		t.Errorf("label %v, want positive", labelOf(a))
	}
	text := a["text"].(string)
	for _, s := range a["sentences"].([]any) {
		s := s.(map[string]any)
		if said := text[int(s["start"].(float64)):int(s["end"].(float64))]; strings.Contains(said, "Terrible") {
			t.Errorf("the agent is heard: %q", said)
		}
	}
}

func TestAnalyzeFlagsRecordsWhoseScoreContradictsTheText(t *testing.T) {
	const praise, complaint = `"text":"I love this, it is absolutely wonderful!"`, `"text":"Terrible service, I hate it."`
	input := strings.Join([]string{
		`{` + praise + `,"rating":1}`, `{` + complaint + `,"nps":10}`, `{` + praise + `,"rating":5}`,
		`{` + praise + `}`, `{` + praise + `,"ces":1}`, `{"rating":1}`,
	}, "\n")
	var got []any
	for _, a := range analyses(t, earshot(t, input, "analyze", "--input", "ndjson", "--tier", "fast").succeeds(t).out) {
		got = append(got, a["score_text_mismatch"])
	}
	if diff := cmp.Diff([]any{true, true, false, false, false, false}, got); diff != "" {
		t.Errorf("score_text_mismatch (-want +got):\n%s", diff)
	}
}

func TestAnalyzeReadsLongLines(t *testing.T) {
	long := "This was great: " + strings.Repeat("x", 1<<20)
	got := analyses(t, earshot(t, long+"\nshort", "analyze", "--tier", "fast").succeeds(t).out)
	if len(got) != 2 || got[0]["text"] != long || labelOf(got[0]) != "positive" {
		t.Errorf("%d analyses", len(got))
	}
}

func TestAnalyzeAnswersBeforeTheInputEnds(t *testing.T) {
	in, ask := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(t.Context(), []string{"analyze", "--tier", "fast"}, stdio{in: in, out: out, err: io.Discard})
		out.Close()
	}()
	lines := bufio.NewScanner(answers)
	for _, said := range []string{"first", "second"} {
		if _, err := fmt.Fprintln(ask, said); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || !strings.Contains(lines.Text(), said) {
			t.Fatalf("asked %q, answered %q, %v", said, lines.Text(), lines.Err())
		}
	}
	ask.Close()
	select {
	case code := <-done:
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on after the end of its input")
	}
}

func TestAnalyzeForPeople(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	const input = "I hate the app. The staff is great.\n"
	table := earshot(t, input, "analyze", "--tier", "fast", "--output", "table").succeeds(t).out
	explained := earshot(t, input, "analyze", "--tier", "fast", "--explain").succeeds(t).out
	csv := earshot(t, input, "analyze", "--tier", "fast", "--output", "csv").succeeds(t).out
	for _, want := range []struct{ out, part string }{
		{table, "label      score mixed  text\n"},
		{table, " mixed  I hate the app. The staff is great.\n"},
		{explained, "hate]"},
		{explained, "great]"},
		{explained, "  strongest cues\n"},
		{csv, "id,label,score,mixed,confidence,language,text,topics,stage,intents,effort,emotion,urgency,noise\n"},
		{csv, ",en,I hate the app. The staff is great.,app_website=negative;staff=positive,usage,"},
	} {
		if !strings.Contains(want.out, want.part) {
			t.Errorf("%q is missing in\n%s", want.part, want.out)
		}
	}
	if all := table + explained + csv; strings.Contains(all, "\x1b") {
		t.Errorf("colours for what is no terminal: %q", all)
	}
}

// deafTo is an analyzer that fails with every batch in which a text has its word.
type deafTo string

func (d deafTo) Analyze(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
	heard := make([]nlp.Analysis, len(docs))
	for i := range docs {
		e, err := d.Explain(ctx, docs[i])
		if err != nil {
			return nil, err
		}
		heard[i] = e.Analysis
	}
	return heard, nil
}

func (d deafTo) Explain(ctx context.Context, doc nlp.Document) (nlp.Explanation, error) {
	if ctx.Err() != nil {
		return nlp.Explanation{}, ctx.Err()
	}
	if strings.Contains(doc.Text, string(d)) {
		return nlp.Explanation{}, errors.New("cannot hear\nthis")
	}
	return nlp.Explanation{Analysis: nlp.Analysis{Text: doc.Text}}, nil
}

func TestAnalyzeGoesOnAfterWhatCannotBeHeard(t *testing.T) {
	for name, tt := range map[string]struct {
		deaf    deafTo
		input   string
		explain bool
		heard   []string
		failed  []any // lines
	}{
		"one of a batch":    {"b", "a\nb\nc\n", false, []string{"a", "c"}, []any{2.0}},
		"several":           {"b", "b\na\nbb\n", false, []string{"a"}, []any{1.0, 3.0}},
		"all":               {"", "a\nb\n", false, nil, []any{1.0, 2.0}},
		"none":              {"z", "a\nb\n", false, []string{"a", "b"}, nil},
		"what is explained": {"b", "a\nb\nc\n", true, []string{"a", "c"}, []any{2.0}},
		"among several batches": {
			"b", strings.Repeat("a\n", 3*analyzeAtOnce) + "b\na\n", false,
			strings.Split(strings.Repeat("a ", 3*analyzeAtOnce)+"a", " "), []any{3*analyzeAtOnce + 1.0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out, said strings.Builder
			printer, err := newAnalysisPrinter(&out, "json", tt.explain)
			if err != nil {
				t.Fatal(err)
			}
			a := analyzeCommand{std: stdio{in: strings.NewReader(tt.input), out: &out, err: &said}, input: "text", explain: tt.explain, analyzer: tt.deaf, printer: printer}
			if err := a.run(t.Context(), []string{"-"}); (err != nil) != (tt.failed != nil) || err != nil && !errors.Is(err, errSaid) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(tt.heard, texts(analyses(t, out.String()))); diff != "" {
				t.Errorf("heard (-want +got):\n%s", diff)
			}
			var failed []any
			for _, e := range analyses(t, said.String()) {
				if e["error"] != "cannot hear; this" {
					t.Errorf("error %v", e["error"])
				}
				failed = append(failed, e["line"])
			}
			if diff := cmp.Diff(tt.failed, failed); diff != "" {
				t.Errorf("lines with errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnalyzeThatIsInterruptedBlamesNoRecord(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said strings.Builder
	a := analyzeCommand{std: stdio{in: nil, out: io.Discard, err: &said}, analyzer: deafTo("z")}
	if err := a.analyze(ctx, "-", []analyzed{{doc: nlp.Document{Text: "a"}, line: 1}}); !errors.Is(err, context.Canceled) || said.Len() > 0 {
		t.Errorf("%v, said %q", err, said.String())
	}
}
