package nlp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp"
)

func TestAPlainFactInAOneSidedTextStaysPlain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"It came on Tuesday. This is terrible, I hate it, the worst thing ever.",
		"We took the train on Monday. The hotel was disgusting and dirty.",
	} {
		for _, tier := range tiers {
			t.Run(tier+"/"+text, func(t *testing.T) {
				t.Parallel()
				got := analyze(t, tier, nlp.Document{Text: text})
				if got.Sentences[0].Score > 0.4 || got.Sentences[1].Score > -0.5 || got.Sentiment.Mixed {
					t.Errorf("%+v of %+v", got.Sentences, got.Sentiment)
				}
			})
		}
	}
}

func TestASentenceWithoutWordsFeelsNothing(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		got := analyze(t, tier, nlp.Document{Text: "This is terrible, I hate it. 12345. --- 99."})
		for _, s := range got.Sentences[1:] {
			if s.Score != 0 || s.Label != nlp.Neutral {
				t.Errorf("%s: %+v", tier, s)
			}
		}
	}
}

func TestTheOnlySentenceSaysWhatTheTextSays(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		got := analyze(t, tier, nlp.Document{Text: "The technician was lovely but the app keeps crashing"})
		if len(got.Sentences) != 1 || got.Sentences[0].Score != got.Sentiment.Score {
			t.Errorf("%s: %+v of %+v", tier, got.Sentences, got.Sentiment)
		}
	}
}

func TestWhatTheEncoderCannotReadIsTheFastTiers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Обслуживание ужасное", "サービスがひどい", "שירות נורא", "👍", ":-)"} {
		if got := analyze(t, nlp.TierDeep, nlp.Document{Text: text}); got.Tier != nlp.TierFast {
			t.Errorf("%q was heard by the %s tier", text, got.Tier)
		}
	}
}

func TestAnEncoderThatDoesNotFitIsFoundAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, from := range map[string]string{"tiny.onnx": "encoder/testdata/tiny.onnx", "vocab.txt": "encoder/vocab.txt"} {
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, err := nlp.New(nlp.Options{Tier: nlp.TierDeep, Model: filepath.Join(dir, "tiny.onnx")})
	if err != nil {
		t.Fatal(err)
	}
	if d := a.Degraded(); d == nil || !strings.Contains(d.Error(), "tiny.onnx") || strings.Contains(d.Error(), "\n") {
		t.Errorf("Degraded is %v", d)
	}
}

func TestAVoiceOutsideItsTextIsAnError(t *testing.T) {
	t.Parallel()
	for name, voice := range map[string][]nlp.Span{
		"beyond the end": {{Start: 0, End: 99}},
		"reversed":       {{Start: 4, End: 2}},
		"out of order":   {{Start: 4, End: 6}, {Start: 0, End: 2}},
		"negative":       {{Start: -1, End: 2}},
	} {
		for _, tier := range tiers {
			_, err := newAnalyzer(t, tier).Analyze(t.Context(), []nlp.Document{{Text: "hello there", Voice: voice}})
			if err == nil || !strings.Contains(err.Error(), "Voice[") {
				t.Errorf("%s, %s: %v", name, tier, err)
			}
		}
	}
}

func TestSomeoneWhoGoesOnAndOnIsNotSurer(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("坏", 50000), strings.Repeat("👩", 50000), strings.Repeat("hm well ", 20000)} {
		if got := analyze(t, nlp.TierFast, nlp.Document{Text: text}).Sentiment; got.Confidence > 0.999 {
			t.Errorf("%.12q…: %+v", text, got)
		}
	}
}
