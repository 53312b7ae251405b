package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp"
	"earshot/nlp/eval"
)

func TestEvalPrintsARowAFile(t *testing.T) {
	three := file(t, "three.tsv", "label\ttext\nneg\tTerrible service.\nneu\tIt came on Tuesday.\npos\tI love it.\nmixed\tI love the phone. The support is horrible and rude.\n")
	two := file(t, "two.tsv", "0\tTerrible service.\n1\tI love it.\n")
	got := earshot(t, "", "eval", "--data", three, two, "--confusion").succeeds(t).out
	for _, want := range []string{
		three, two, "accuracy %", "95 %", "macro F1", "macro recall", "ECE", "mixed found", "heard negative",
		"│ 3 │       3 │      100.0 │ 43.9–100.0 │",
		two + ": only negative and positive occur: two classes, neutral is masked",
		two + ": labels read on the scale 0/1 (negative, positive)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") {
		t.Errorf("colours where there is no terminal: %q", got)
	}
}

func TestEvalPrintsJSON(t *testing.T) {
	dir := filepath.Dir(file(t, "basics.tsv", "kind\texpect\ttext\tvariant\nlabel\tpositive\tI love it.\t\nlabel\tnegative\tI love it.\t\n"))
	out := earshot(t, "neg\tTerrible.\npos\tI love it.\n", "eval", "--tier", "fast", "--data", "-", "--behaviour", dir, "--output", "json").succeeds(t).out
	var got struct {
		Task, Tier, Model string
		Files             []struct {
			File      string
			N         int
			Classes   []string
			Accuracy  float64
			Confusion map[string]map[string]int
			Mixed     map[string]any
		}
		Behaviour struct {
			Cases, Passed int
			Capabilities  []struct {
				Capability string
				Failures   []struct {
					File, Expected, Got string
					Line                int
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Task != "sentiment" || got.Tier != "fast" || got.Model == "" || len(got.Files) != 1 {
		t.Fatalf("%s", out)
	}
	f := got.Files[0]
	if f.File != "standard input" || f.N != 2 || f.Accuracy != 1 || len(f.Classes) != 2 || f.Confusion["negative"]["negative"] != 1 || f.Mixed["recall"] != nil {
		t.Errorf("%s", out)
	}
	b := got.Behaviour
	if b.Cases != 2 || b.Passed != 1 || len(b.Capabilities) != 1 || len(b.Capabilities[0].Failures) != 1 || b.Capabilities[0].Failures[0].Line != 3 {
		t.Errorf("%s", out)
	}
	out = earshot(t, "", "eval", "--behaviour", dir, "--output", "json").succeeds(t).out
	if strings.Contains(out, `"files"`) || strings.Count(out, "\n") != 1 {
		t.Errorf("without --data: %s", out)
	}
}

func TestEvalPrintsBehavioursByCapability(t *testing.T) {
	path := file(t, "basics.tsv", "kind\texpect\ttext\tvariant\nlabel\tnegative\tI love it.\u200b\t\nup\t\tIt came.\tI love it.\ndown\t\tIt came.\tI love it.\n")
	args := []string{"eval", "--behaviour", filepath.Dir(path)}
	short := earshot(t, "", args...).succeeds(t).out
	for _, want := range []string{"│ basics     │ label │     1 │      0 │      0.0 │", "│ basics     │ up    │     1 │      1 │    100.0 │", "│ all        │       │     3 │      1 │     33.3 │"} {
		if !strings.Contains(short, want) {
			t.Errorf("%q is not in\n%s", want, short)
		}
	}
	long := strings.TrimPrefix(earshot(t, "", append(args, "--failures")...).succeeds(t).out, short)
	for _, want := range []string{path + ":2: label: want negative, got ", `"I love it.\u200b"`, path + ":4: down: want a variant no more than 0.1 higher, got neutral ", ", then positive +"} {
		if !strings.Contains(long, want) {
			t.Errorf("%q is not in\n%s", want, long)
		}
	}
	if strings.Contains(long, ":3:") {
		t.Errorf("a case that holds is listed:\n%s", long)
	}
}

func TestEvalGoesOnAfterWhatCannotBeRead(t *testing.T) {
	bad := file(t, "bad.tsv", "label\ttext\nneg\tTerrible.\nwhat\tever\n"+strings.Repeat("x\n", 12))
	undecided := file(t, "undecided.tsv", "1\ta\n2\tb\n")
	missing := filepath.Join(t.TempDir(), "missing.tsv")
	good := file(t, "good.tsv", "neg\tTerrible.\n")
	suite := filepath.Dir(file(t, "broken.tsv", "kind\texpect\ttext\tvariant\nx\nlabel\tpos\ta\n"))
	got := earshot(t, "", "eval", "--data", bad, "--data", undecided, missing, good, "--behaviour", suite)
	if got.code != 1 {
		t.Errorf("exit code %d, want 1", got.code)
	}
	for _, want := range []string{
		"earshot: " + bad + `: line 3: label "what"`, "earshot: " + bad + ": line 12: 1 of the 2", "earshot: " + bad + ": 3 more lines",
		"earshot: " + undecided + `: line 1: label "1"`, "--labels 1=negative,2=negative", "earshot: open " + missing + ": no such file",
		"earshot: " + filepath.Join(suite, "broken.tsv") + ": line 2: 1 columns", "earshot: " + filepath.Join(suite, "broken.tsv") + ": line 3: ",
	} {
		if !strings.Contains(got.err, want) {
			t.Errorf("%q is not in\n%s", want, got.err)
		}
	}
	if n := strings.Count(got.err, "\n"); n != 15 {
		t.Errorf("%d lines on standard error, want 15:\n%s", n, got.err)
	}
	for _, want := range []string{good, bad + ": lines that could not be read: 13"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in\n%s", want, got.out)
		}
	}
}

func TestEvalTakesTheMeaningOfLabels(t *testing.T) {
	path := file(t, "a.tsv", "0\tTerrible.\n4\tI love it.\n")
	out := earshot(t, "", "eval", path, "--labels", "0=negative,4=positive").succeeds(t).out
	if !strings.Contains(out, "100.0") || strings.Contains(out, "scale") {
		t.Errorf("%s", out)
	}
}

func TestEvalNamesAModelThatDoesNotExist(t *testing.T) {
	earshot(t, "", "eval", "--model", "none.model", file(t, "a.tsv", "neg\ta\n")).fails(t, 1, "none.model")
}

func TestEvalRefusesWhatMakesNoSense(t *testing.T) {
	data := file(t, "a.tsv", "neg\ta\n")
	for name, test := range map[string]struct {
		args []string
		says []string
	}{
		"nothing named":           {nil, []string{"--data", "--behaviour", "earshot eval --help"}},
		"unknown task":            {[]string{"--task", "mood", data}, []string{`"mood"`}},
		"unknown tier":            {[]string{"--tier", "deepest", data}, []string{`"deepest"`}},
		"unknown output":          {[]string{"--output", "csv", data}, []string{`"csv"`, "json"}},
		"unknown meaning":         {[]string{"--labels", "0=bad", data}, []string{"--labels", `"0=bad"`}},
		"empty labels":            {[]string{"--labels", "", data}, []string{"--labels", "0=negative"}},
		"failures without suite":  {[]string{"--failures", data}, []string{"--failures", "--behaviour"}},
		"confusion without files": {[]string{"--confusion", "--behaviour", "."}, []string{"--confusion", "--data"}},
		"labels without files":    {[]string{"--labels", "0=neg", "--behaviour", "."}, []string{"--labels", "--data"}},
		"topics, behaviour":       {[]string{"--task", "topics", "--behaviour", "."}, []string{"--behaviour, --confusion and --labels"}},
		"topics, labels":          {[]string{"--task", "topics", "--labels", "0=neg", data}, []string{"--task sentiment only"}},
		"standard input, twice":   {[]string{"-", "-"}, []string{"standard input"}},
	} {
		t.Run(name, func(t *testing.T) {
			earshot(t, "", append([]string{"eval"}, test.args...)...).fails(t, 2, test.says...)
		})
	}
}

// deafClassifier fails with every text that has its word.
type deafClassifier string

func (d deafClassifier) Classify(_ context.Context, texts []eval.Text) ([]eval.Prediction, error) {
	predictions := make([]eval.Prediction, len(texts))
	for i := range texts {
		if strings.Contains(texts[i].Text, string(d)) {
			return nil, errors.New("cannot hear this")
		}
		predictions[i] = eval.Prediction{Label: nlp.Negative, Probabilities: [3]float64{1, 0, 0}}
	}
	return predictions, nil
}

func TestEvalPrintsFilesAlthoughTheBehavioursCannotBeRun(t *testing.T) {
	data := file(t, "good.tsv", "neg\tTerrible.\nneg\tAwful.\n")
	suite := filepath.Dir(file(t, "basics.tsv", "kind\texpect\ttext\tvariant\nlabel\tnegative\tunheard\t\n"))
	for output, want := range map[string]string{"table": "100.0", "json": `"accuracy":1,`} {
		t.Run(output, func(t *testing.T) {
			var out, said strings.Builder
			e := evalCommand{std: stdio{in: nil, out: &out, err: &said}, data: []string{data}, behaviour: suite, classifier: deafClassifier("unheard")}
			if err := e.run(t.Context(), output); !errors.Is(err, errSaid) {
				t.Errorf("error %v", err)
			}
			if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), data) {
				t.Errorf("the file isn't printed:\n%s", out.String())
			}
			if strings.Contains(out.String(), "behaviour\":") || !strings.Contains(said.String(), suite) || !strings.Contains(said.String(), "cannot hear this") {
				t.Errorf("said %q and printed\n%s", said.String(), out.String())
			}
		})
	}
}
