package eval

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

const voiceHeader = "label\ttext\taspects\ttopics\tstage\tintents\teffort\temotion\tchannel\tindustry\n"

func TestReadVoiceReadsEveryColumn(t *testing.T) {
	t.Parallel()
	got, err := ReadVoice(strings.NewReader(voiceHeader+
		"mixed\tThe app = fine; the bill not.\tapp = fine; no=positive;bill=negative\tapp_website,billing\tbilling\tcomplaint, praise\thard\tanger\tchat\ttelecom\r\n"+
		"neutral\thi\t\t\t\tchitchat\t\tnone\tchat\tretail\n"), "v.tsv")
	if err == nil && len(got.Bad) == 1 {
		// A term with ; in it cannot be told from two.
		if !strings.Contains(got.Bad[0].Problem, `aspect "app = fine"`) {
			t.Error(got.Bad[0])
		}
	} else {
		t.Fatal(got, err)
	}
	got, err = ReadVoice(strings.NewReader(voiceHeader+
		"mixed\tThe a=b app is fine, the bill not.\ta=b app=positive;bill=negative\tapp_website,billing\tbilling\tcomplaint, praise\thard\tanger\tchat\ttelecom\r\n\n"+
		"neutral\thi\t\t\t\tchitchat\t\tnone\tchat\tretail\n"), "v.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want := []VoiceItem{
		{
			Line: 2, Text: "The a=b app is fine, the bill not.", Industry: "telecom", Topics: []string{"app_website", "billing"}, Stage: "billing",
			Intents: []string{"complaint", "praise"}, Effort: "hard", Emotion: "anger",
			Aspects: []Aspect{{"a=b app", nlp.Positive}, {"bill", nlp.Negative}},
		},
		{Line: 4, Text: "hi", Industry: "retail", Intents: []string{"chitchat"}, Emotion: "none"},
	}
	if diff := cmp.Diff(want, got.Items); diff != "" {
		t.Error(diff)
	}
}

func TestReadVoiceNamesBadLines(t *testing.T) {
	t.Parallel()
	row := func(cells ...string) string { return strings.Join(cells, "\t") + "\n" }
	got, err := ReadVoice(strings.NewReader(voiceHeader+
		row("x", "text", "", "", "", "", "", "none", "chat", "a")+
		row("x", "text", "", "", "start", "", "", "none", "chat", "a")+
		row("x", "text", "", "", "", "", "some", "none", "chat", "a")+
		row("x", "text", "", "", "", "", "", "rage", "chat", "a")+
		row("x", "text", "term=bad", "", "", "", "", "none", "chat", "a")+
		row("x", " ", "", "", "", "", "", "none", "chat", "a")+
		row("x", "text")), "v.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for i, says := range []string{`stage "start"`, `effort "some"`, `emotion "rage"`, `aspect "term=bad"`, "no text", "2 columns, the header names 10"} {
		if i >= len(got.Bad) || got.Bad[i].Line != i+3 || !strings.Contains(got.Bad[i].Problem, says) {
			t.Errorf("bad line %d: %v, want %q in it", i+3, got.Bad, says)
		}
	}
	for file, says := range map[string]string{
		"":                           "no text in it",
		"label\ttext\na\tb\n":        "line 1: no column aspects: without --model",
		"negative\tno header here\n": "line 1: no column text",
	} {
		if _, err := ReadVoice(strings.NewReader(file), "v.tsv"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q in it", file, err, says)
		}
	}
}

func TestTheCorpusCanBeReadInFull(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../corpus/*.dev.tsv")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		in, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		v, err := ReadVoice(in, file)
		if err != nil || len(v.Bad) > 0 || len(v.Items) == 0 {
			t.Errorf("%s: %d items, %v, %v", file, len(v.Items), v.Bad, err)
		}
	}
}

// jsonAnalyzer hears in a text the analysis that the text is.
type jsonAnalyzer struct{}

func (jsonAnalyzer) Analyze(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
	analyses := make([]nlp.Analysis, len(docs))
	for i, d := range docs {
		if err := json.Unmarshal([]byte(d.Text), &analyses[i]); err != nil {
			return nil, err
		}
		for k, term := range d.Targets {
			if k < len(analyses[i].Targets) {
				analyses[i].Targets[k].Term = strings.ToUpper(term)
			}
		}
	}
	return analyses, ctx.Err()
}

func TestVoiceIsScored(t *testing.T) {
	t.Parallel()
	v := &Voice{File: "v.tsv", Bad: []*LineError{{}}, Items: []VoiceItem{
		{
			Text:     `{"mentions":[{"topic":"billing.late"},{"topic":"billing"},{"topic":"support"}],"stage":"billing","intents":["complaint"],"effort":-0.4,"emotion":"anger","targets":[{"label":"negative"},{"label":"positive"}]}`,
			Industry: "telecom", Topics: []string{"billing", "fees"}, Stage: "billing", Intents: []string{"complaint", "refund"}, Effort: "hard", Emotion: "anger",
			Aspects: []Aspect{{"bill", nlp.Negative}, {"app", nlp.Negative}},
		},
		{
			Text:     `{"stage":"usage","intents":[],"effort":null}`,
			Industry: "retail", Stage: "", Emotion: "none", Effort: "easy", Intents: []string{"thanks"},
			Aspects: []Aspect{{"box", nlp.Positive}},
		},
	}}
	got, err := v.Score(t.Context(), jsonAnalyzer{})
	if err != nil {
		t.Fatal(err)
	}
	telecom := VoiceFigures{
		N: 1, Topics: SetResult{2, 0.5, 0.5, 0.5}, Intents: SetResult{2, 1, 0.5, 2.0 / 3}, StageAccuracy: 1, EffortF1: 1, EmotionF1: 1,
		Aspects: AspectResult{N: 2, Found: 2, Accuracy: 0.5, MacroF1: 2.0 / 3},
	}
	retail := VoiceFigures{
		N: 1, Intents: SetResult{N: 1}, EffortF1: 0, EmotionF1: 1, Aspects: AspectResult{N: 1},
	}
	want := &VoiceResult{
		File: "v.tsv", BadLines: 1,
		VoiceFigures: VoiceFigures{
			N: 2, Topics: SetResult{2, 0.5, 0.5, 0.5}, Intents: SetResult{3, 1, 1.0 / 3, 0.5}, StageAccuracy: 0.5, EffortF1: 0.5, EmotionF1: 1,
			Aspects: AspectResult{N: 3, Found: 2, Accuracy: 1.0 / 3, MacroF1: 1.0 / 3},
		},
		Industries: []IndustryResult{{"retail", retail}, {"telecom", telecom}},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
		t.Error(diff)
	}
	v.Items[0].Text = "{"
	if _, err := v.Score(t.Context(), jsonAnalyzer{}); err == nil || !strings.HasPrefix(err.Error(), "v.tsv: ") {
		t.Error(err)
	}
}

func FuzzReadVoice(f *testing.F) {
	f.Add(voiceHeader + "x\ttext\ta=positive;;=\ta,,b\tusage\t,\teasy\tjoy\tchat\tretail\n")
	f.Fuzz(func(t *testing.T, file string) {
		v, err := ReadVoice(strings.NewReader(file), "f")
		if err != nil {
			return
		}
		for i := range v.Items {
			if err := v.Items[i].check(); err != nil {
				t.Error(err)
			}
		}
	})
}
