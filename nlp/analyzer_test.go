package nlp_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
)

func TestWhatNoFeelingWordSaysIsHeard(t *testing.T) {
	t.Parallel()
	for text, label := range map[string]nlp.Label{
		"They charged me twice for the same order":                     nlp.Negative,
		"Refund was there the next day, no questions asked.":           nlp.Positive,
		"What happens if my parcel is damaged?":                        nlp.Neutral,
		"Still no refund after six weeks and four phone calls.":        nlp.Negative,
		"The technician came on time and everything works.":            nlp.Positive,
		"Could you tell me which adapter I need for the router?":       nlp.Neutral,
		"Der Techniker kam nicht, und bei der Hotline ging keiner ran": nlp.Negative,
		"Todo perfecto, llegó antes de lo previsto":                    nlp.Positive,
	} {
		for _, tier := range tiers {
			t.Run(tier+"/"+text, func(t *testing.T) {
				t.Parallel()
				if got := analyze(t, tier, nlp.Document{Text: text}).Sentiment; got.Label != label {
					t.Errorf("got %+v, want %s", got, label)
				}
			})
		}
	}
}

func TestAClearlyTwoSidedTextIsMixed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"I love the phone. The support is horrible and rude.": true,
		"I love the phone. The support is lovely too.":        false,
		"The support is horrible. The app is awful.":          false,
	} {
		for _, tier := range tiers {
			t.Run(tier+"/"+text, func(t *testing.T) {
				t.Parallel()
				if got := analyze(t, tier, nlp.Document{Text: text}).Sentiment; got.Mixed != want {
					t.Errorf("got %+v, want mixed %v", got, want)
				}
			})
		}
	}
}

func TestATitleCounts(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			t.Parallel()
			text := "It came on Tuesday."
			good := analyze(t, tier, nlp.Document{Title: "Excellent, very happy", Text: text}).Sentiment
			bad := analyze(t, tier, nlp.Document{Title: "Terrible, avoid", Text: text}).Sentiment
			if good.Score <= bad.Score || good.Label != nlp.Positive || bad.Label != nlp.Negative {
				t.Errorf("with a good title %+v, with a bad one %+v", good, bad)
			}
			if got := analyze(t, tier, nlp.Document{Title: "Terrible, avoid"}).Sentiment; got.Label != nlp.Negative {
				t.Errorf("a title alone is heard as %+v", got)
			}
		})
	}
}

func TestALongReviewIsJudgedByItsPartsNotByItsFirstSentence(t *testing.T) {
	t.Parallel()
	begin := "I love this brand and I was so excited, the website is wonderful and the photos are gorgeous. "
	facts := strings.Repeat("We took the train on Monday and changed in the afternoon. The hotel has four floors. ", 6)
	end := "The room was filthy and smelled of smoke. The shower did not work and nobody came to repair it. " +
		"Breakfast was cold and stale. The staff were rude when I complained. They charged my card twice. " +
		"I asked for my money back and they refused. Never again, a horrible place, avoid it."
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			t.Parallel()
			text := begin + facts + end
			if got := analyze(t, tier, nlp.Document{Text: text}).Sentiment; got.Label != nlp.Negative {
				t.Errorf("a review that ends badly is heard as %+v", got)
			}
		})
	}
}

func TestOnlyTheCustomersTurnsAreHeard(t *testing.T) {
	t.Parallel()
	turns := []struct{ role, text string }{
		{"agent", "Wonderful, fantastic, great to have you!"},
		{"customer", "My internet is down again and I am furious."},
		{"agent", "Horrible, awful, I am so sorry."},
		{"customer", "OK it is back now, thank you so much, you were brilliant!"},
	}
	var text strings.Builder
	voice := []nlp.Span{}
	for _, turn := range turns {
		text.WriteString(turn.role + ": ")
		if turn.role == "customer" {
			voice = append(voice, nlp.Span{Start: text.Len(), End: text.Len() + len(turn.text)})
		}
		text.WriteString(turn.text + "\n")
	}
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			t.Parallel()
			got := analyze(t, tier, nlp.Document{Text: text.String(), Voice: voice})
			if n := len(got.Sentences); n != 2 {
				t.Errorf("%d sentences are heard, the customer said 2", n)
			}
			tr := got.Trajectory
			if tr == nil || tr.First >= 0 || tr.Last <= 0 || tr.Worst != tr.First {
				t.Errorf("trajectory %+v", tr)
			}
			silent := analyze(t, tier, nlp.Document{Text: text.String(), Voice: []nlp.Span{}})
			if silent.Sentiment.Label != nlp.Neutral || len(silent.Sentences) != 0 || silent.Trajectory != nil {
				t.Errorf("a chat without the customer's words is heard as %+v", silent)
			}
		})
	}
}

func TestWhatSaysNothingIsNeutralWithLowConfidence(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":         "",
		"white space":   " \n\t ",
		"a URL":         "https://example.org/a?b=c",
		"numbers":       "12 345 6",
		"marks":         "... !!! ---",
		"NULs":          "\x00\x00\x00",
		"unreadable":    "\xff\xfe\xfd",
		"byte order":    "\ufeff\u200b\u202e",
		"markup":        "<br /><br />&nbsp;",
		"only brackets": strings.Repeat("(", 1000),
	} {
		for _, tier := range tiers {
			t.Run(tier+"/"+name, func(t *testing.T) {
				t.Parallel()
				if got := analyze(t, tier, nlp.Document{Text: text}).Sentiment; got.Label != nlp.Neutral || got.Confidence > 0.5 {
					t.Errorf("got %+v", got)
				}
			})
		}
	}
}

// hostile are texts that break analysers.
func hostile() map[string]string {
	const million = 1 << 20
	return map[string]string{
		"exclamation":     strings.Repeat("!", million),
		"one word":        strings.Repeat("a", million),
		"nested quotes":   strings.Repeat(`"`, million/2) + "good" + strings.Repeat(`"`, million/2),
		"combining marks": "a" + strings.Repeat("\u0301", million/2),
		"zalgo":           strings.Repeat("b\u0337\u0310\u0321a\u0334\u0300d\u0338 ", million/16),
		"right to left":   strings.Repeat("سيء جدا \u202e bad שירות ", million/40),
		"invalid UTF-8":   strings.Repeat("bad \xff\xc3 ", million/8),
		"NULs in words":   strings.Repeat("terri\x00ble ", million/12),
		"emoji":           strings.Repeat("👩‍👩‍👧‍👦😡", million/32),
		"open brackets":   strings.Repeat("<a &am @ # :", million/12),
		"sentences":       strings.Repeat("No. ", million/4),
		"but":             strings.Repeat("good but bad ", million/13),
	}
}

func TestHostileTextsGiveAnAnalysis(t *testing.T) {
	t.Parallel()
	for name, text := range hostile() {
		for _, tier := range tiers {
			t.Run(tier+"/"+name, func(t *testing.T) {
				t.Parallel()
				checkInvariants(t, text, analyze(t, tier, nlp.Document{Title: text[:100], Text: text}))
			})
		}
	}
}

func TestTheSameTextGivesTheSameWhateverTheBatch(t *testing.T) {
	t.Parallel()
	doc := nlp.Document{Text: "Slow, rude and expensive. But the app is nice!"}
	others := []nlp.Document{{Text: "noise"}, {Text: strings.Repeat("A much longer text stands beside it. ", 20)}, {Text: "Nichts geht."}}
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			t.Parallel()
			a := newAnalyzer(t, tier)
			want := analyze(t, tier, doc)
			var wait sync.WaitGroup
			for i := range 8 {
				wait.Go(func() {
					batch := append(append([]nlp.Document{}, others[:i%4]...), doc)
					got, err := a.Analyze(t.Context(), batch)
					if err != nil {
						t.Error(err)
						return
					}
					// To the bit: each text is heard on its own.
					if diff := cmp.Diff(want, got[len(got)-1]); diff != "" {
						t.Error(diff)
					}
				})
			}
			wait.Wait()
		})
	}
}

func TestOtherLanguagesAreHeardByTheFastTier(t *testing.T) {
	t.Parallel()
	got := analyze(t, nlp.TierDeep, nlp.Document{Text: "Der Kundendienst hat sich nie wieder gemeldet."})
	if got.Language != "de" || got.Tier != nlp.TierFast {
		t.Errorf("language %s, tier %s", got.Language, got.Tier)
	}
	if got := analyze(t, nlp.TierDeep, nlp.Document{Text: "Nobody from support called me back."}); got.Tier != nlp.TierDeep {
		t.Errorf("English was heard by the %s tier", got.Tier)
	}
}

func TestAnalyzeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := newAnalyzer(t, tier).Analyze(ctx, []nlp.Document{{Text: "Fine."}}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", tier, err)
		}
	}
}

func TestAModelThatIsDamagedIsReplacedByTheBuiltInOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n")
	whole, err := os.ReadFile("sentiment/fast.model")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options nlp.Options
		says    string
	}{
		"foreign":      {nlp.Options{Model: file("foreign", "PK\x03\x04")}, "not a sentiment model"},
		"empty":        {nlp.Options{Model: file("empty", "")}, "not a sentiment model"},
		"cut":          {nlp.Options{Model: file("cut", string(whole[:len(whole)/2]))}, "damaged"},
		"changed":      {nlp.Options{Model: file("changed", string(whole[:len(whole)-9])+"x"+string(whole[len(whole)-8:]))}, "damaged"},
		"foreign ONNX": {nlp.Options{Tier: nlp.TierDeep, Model: file("m.onnx", "no protobuf")}, "model"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := nlp.New(c.options)
			if err != nil {
				t.Fatal(err)
			}
			if d := a.Degraded(); d == nil || !strings.Contains(d.Error(), c.says) || strings.Contains(d.Error(), "\n") {
				t.Errorf("Degraded is %v, want one line with %q", d, c.says)
			}
			if a.Tier() != nlp.TierFast {
				t.Errorf("hears with the %s tier", a.Tier())
			}
			if got, err := a.Analyze(t.Context(), []nlp.Document{{Text: "They charged me twice for the same order"}}); err != nil || got[0].Sentiment.Label != nlp.Negative {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []nlp.Options{{Tier: "slow"}, {Model: "no/such/file"}, {Tier: nlp.TierDeep, Model: "no/such.onnx"}} {
		if a, err := nlp.New(o); err == nil {
			t.Errorf("%+v gives %v", o, a)
		}
	}
}

// checkInvariants checks what holds for every text.
func checkInvariants(t *testing.T, text string, got nlp.Analysis) {
	t.Helper()
	if s := got.Sentiment; !(s.Score >= -1 && s.Score <= 1 && s.Confidence >= 0 && s.Confidence <= 1) {
		t.Errorf("sentiment out of range: %+v", s)
	}
	at := 0
	for _, s := range got.Sentences {
		if s.Start < at || s.End > len(text) || s.Start >= s.End {
			t.Fatalf("sentence %+v after %d in a text of %d bytes", s, at, len(text))
		}
		if onBoundary := func(i int) bool { return i == len(text) || utf8.RuneStart(text[i]) || !utf8.ValidString(text) }; !onBoundary(s.Start) || !onBoundary(s.End) {
			t.Errorf("sentence %+v is not on rune boundaries", s)
		}
		if !(s.Score >= -1 && s.Score <= 1) {
			t.Errorf("score out of range: %+v", s)
		}
		at = s.End
	}
}

func FuzzAnalyze(f *testing.F) {
	f.Add("", "I love it. But …")
	f.Add("Title :(", "agent: hi\ncustomer: NOT good!!! 😡\u0301")
	f.Add("\x00", "&amp;<br>@a #b http://c f**k \xff שלום, aunque “no”")
	a := newAnalyzer(f, nlp.TierFast)
	f.Fuzz(func(t *testing.T, title, text string) {
		docs := []nlp.Document{{Title: title, Text: text}}
		first, err := a.Analyze(t.Context(), docs)
		if err != nil {
			t.Fatal(err)
		}
		checkInvariants(t, text, first[0])
		second, err := a.Analyze(t.Context(), docs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Error("the same text is heard in two ways:", diff)
		}
		e, err := a.Explain(t.Context(), docs[0])
		if err != nil {
			t.Fatal(err)
		}
		checkExplanation(t, text, e)
	})
}

// tiers are all, in the tests of what holds for both.
var tiers = []string{nlp.TierFast, nlp.TierDeep}

// analyzers are opened once for all tests.
var analyzers = map[string]func() (*nlp.Analyzer, error){
	nlp.TierFast: sync.OnceValues(func() (*nlp.Analyzer, error) { return nlp.New(nlp.Options{}) }),
	nlp.TierDeep: sync.OnceValues(func() (*nlp.Analyzer, error) { return nlp.New(nlp.Options{Tier: nlp.TierDeep}) }),
}

func newAnalyzer(tb testing.TB, tier string) *nlp.Analyzer {
	tb.Helper()
	a, err := analyzers[tier]()
	if err != nil {
		tb.Fatal(err)
	}
	if err := a.Degraded(); err != nil {
		tb.Fatal(err) // `make test` fetches the library: nothing is skipped for want of it
	}
	return a
}

func analyze(t *testing.T, tier string, d nlp.Document) nlp.Analysis {
	t.Helper()
	analyses, err := newAnalyzer(t, tier).Analyze(t.Context(), []nlp.Document{d})
	if err != nil {
		t.Fatal(err)
	}
	return analyses[0]
}
