package nlp_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"earshot/nlp"
)

// listening returns an analyzer of a tier that listens for subjects.
func listening(t *testing.T, tier string, s nlp.Subjects) *nlp.Analyzer {
	t.Helper()
	a, err := nlp.New(nlp.Options{Tier: tier, Subjects: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func analyzed(t *testing.T, a *nlp.Analyzer, d nlp.Document) nlp.Analysis {
	t.Helper()
	analyses, err := a.Analyze(t.Context(), []nlp.Document{d})
	if err != nil {
		t.Fatal(err)
	}
	return analyses[0]
}

// mentioned is the mention of a topic, or of one below it.
func mentioned(a nlp.Analysis, topic string) *nlp.Mention {
	for i := range a.Mentions {
		if first, _, _ := strings.Cut(a.Mentions[i].Topic, "."); first == topic || a.Mentions[i].Topic == topic {
			return &a.Mentions[i]
		}
	}
	return nil
}

func TestAMentionCarriesTheSentimentOfItsClause(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		got := analyzed(t, newAnalyzer(t, tier), nlp.Document{Text: "The technician was lovely but the app keeps crashing"})
		technician, app := mentioned(got, "staff"), mentioned(got, "performance_bugs")
		if technician == nil || app == nil || technician.Label != nlp.Positive || app.Label != nlp.Negative {
			t.Errorf("%s: %+v", tier, got.Mentions)
		}
	}
}

func TestAMentionSaysWhatItRestsOn(t *testing.T) {
	t.Parallel()
	text := "They charged me twice for the same order"
	got := analyzed(t, newAnalyzer(t, nlp.TierFast), nlp.Document{Text: text})
	m := mentioned(got, "billing")
	if m == nil || m.FoundBy != nlp.EvidenceRule || m.Confidence != 1 || m.Stage != "billing" || len(m.Evidence) == 0 {
		t.Fatalf("%+v", got.Mentions)
	}
	e := m.Evidence[0]
	if e.Kind != nlp.EvidenceRule || e.Cue != text[e.Start:e.End] || e.Span != m.Span || !strings.HasPrefix(e.Rule, "core@1/billing.") {
		t.Errorf("%+v", e)
	}
	if got.Taxonomy == "" || strings.Contains(got.Taxonomy, "signals") {
		t.Errorf("taxonomy %q", got.Taxonomy)
	}
}

func TestATopicThatIsNotAskedForIsNotMentioned(t *testing.T) {
	t.Parallel()
	doc := nlp.Document{Text: "The breakfast was cold and they charged me twice"}
	for _, tier := range tiers {
		got := analyzed(t, listening(t, tier, nlp.Subjects{Taxonomy: []string{"core"}}), doc)
		if mentioned(got, "billing") == nil || mentioned(got, "food_drink") != nil || got.Taxonomy != "core@1" {
			t.Errorf("%s: %s %+v", tier, got.Taxonomy, got.Mentions)
		}
		if got := analyzed(t, listening(t, tier, nlp.Subjects{Taxonomy: []string{}}), doc); len(got.Mentions) != 0 {
			t.Errorf("%s, no packs: %+v", tier, got.Mentions)
		}
	}
}

func TestWordsOnBothSidesOfAContrastAreNoMention(t *testing.T) {
	t.Parallel()
	got := analyzed(t, newAnalyzer(t, nlp.TierFast), nlp.Document{Text: "The technician was lovely but the app keeps crashing"})
	if m := mentioned(got, "app_website.easy_to_use"); m != nil {
		t.Errorf("%+v", m)
	}
}

func TestTheSameTopicInSeveralSentencesIsOneMentionForEachSide(t *testing.T) {
	t.Parallel()
	got := analyzed(t, listening(t, nlp.TierFast, nlp.Subjects{Taxonomy: []string{"core"}}),
		nlp.Document{Text: "The delivery was two weeks late. Then the second delivery was late as well, terrible."})
	n := 0
	for _, m := range got.Mentions {
		if m.Topic == "delivery.late" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d mentions of delivery.late in %+v", n, got.Mentions)
	}
}

func TestATitleMentionsToo(t *testing.T) {
	t.Parallel()
	got := analyzed(t, newAnalyzer(t, nlp.TierFast), nlp.Document{Title: "Charged twice", Text: "Not happy at all."})
	if m := mentioned(got, "billing"); m == nil || m.Span != (nlp.Span{}) || m.Label != got.Sentiment.Label {
		t.Errorf("%+v", got.Mentions)
	}
}

func TestOnlyTheCustomerMentions(t *testing.T) {
	t.Parallel()
	text := "agent: was the delivery late?\ncustomer: my bill is wrong"
	got := analyzed(t, newAnalyzer(t, nlp.TierFast), nlp.Document{Text: text, Voice: []nlp.Span{{Start: strings.Index(text, "my bill"), End: len(text)}}})
	if mentioned(got, "billing") == nil || mentioned(got, "delivery") != nil {
		t.Errorf("%+v", got.Mentions)
	}
}

func TestTargetsHaveTheSentimentAboutThem(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers {
		a := listening(t, tier, nlp.Subjects{Targets: []string{"Borealis"}})
		got := analyzed(t, a, nlp.Document{Text: "Borealis's support is wonderful, but NordTel is awful, they lied to me.", Targets: []string{"nordtel", "absent", ""}})
		if len(got.Targets) != 2 || got.Targets[0].Term != "Borealis" || got.Targets[0].Label != nlp.Positive ||
			got.Targets[1].Term != "nordtel" || got.Targets[1].Label != nlp.Negative || len(got.Targets[1].Evidence) == 0 {
			t.Errorf("%s: %+v", tier, got.Targets)
		}
	}
}

func TestATargetStandsWhereItsWordsDo(t *testing.T) {
	t.Parallel()
	a := listening(t, nlp.TierFast, nlp.Subjects{Taxonomy: []string{}, Targets: []string{"O2", "Black Friday", "3"}})
	for text, want := range map[string][]string{
		"O2 is down, o2's app too, CO2 is not": {"O2", "o2's"},
		"black friday. Black  Friday? Friday":  {"black friday", "Black  Friday"},
		"#O2 and @o2 on 3, not on 33 or 3.5":   {"#O2", "@o2", "3"},
		"":                                     nil,
	} {
		var got []string
		for _, target := range analyzed(t, a, nlp.Document{Text: text}).Targets {
			got = append(got, text[target.Start:target.End])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNoiseIsNamedAndMentionsNothing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://example.com/a?b=c":                                       "link",
		"@shop #sale https://example.com":                                 "link",
		"RT @newsroom: Borealis opens a new office https://example.com/x": "retweet",
		"They charged me twice, see https://example.com/my-bill":          "",
		"They charged me twice":                                           "",
		"":                                                                "",
	} {
		got := analyzed(t, newAnalyzer(t, nlp.TierFast), nlp.Document{Text: text})
		if got.Noise != want || want != "" && (len(got.Mentions) > 0 || len(got.Signals) == 0) {
			t.Errorf("%q: noise %q, want %q; %+v", text, got.Noise, want, got.Mentions)
		}
	}
}

func TestWhatMustNotWaitIsAlwaysFlagged(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Lovely staff, great food, my solicitor will be in touch about the burn.": "legal_threat",
		"I don't want to live any more, your collectors call ten times a day.":    "self_harm",
		"Someone took out a loan in my name and your bank let them.":              "fraud",
	} {
		for _, tier := range tiers {
			got := analyzed(t, newAnalyzer(t, tier), nlp.Document{Text: text})
			if !slices.Contains(got.Urgency, want) || !slices.ContainsFunc(got.Signals, func(s nlp.Signal) bool { return s.Kind == "urgency" && s.Name == want && len(s.Evidence) > 0 }) {
				t.Errorf("%s, %q: %q %+v", tier, text, got.Urgency, got.Signals)
			}
		}
	}
}

func TestWhatAModelHearsRestsOnTheClauseThatSpeaksMostOfIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, kind, name, cue string }{
		{"The parcel came on Monday. It took me six calls to get through to anyone.", "intent", "complaint", "It took me six calls to get through to anyone."},
		{"The installer was on time. I am going to cancel my contract next month.", "intent", "cancel", "I am going to cancel my contract next month."},
		{"I am going to cancel my contract next month. The installer was on time.", "intent", "cancel", "I am going to cancel my contract next month."},
		{"I am going to cancel my contract next month.", "intent", "cancel", "I am going to cancel my contract next month."},
	} {
		for _, tier := range tiers {
			got := analyzed(t, newAnalyzer(t, tier), nlp.Document{Text: c.text})
			at := strings.Index(c.text, c.cue)
			want := nlp.Evidence{Cue: c.cue, Span: nlp.Span{Start: at, End: at + len(c.cue)}, Kind: nlp.EvidenceModel, Rule: got.Model}
			if !slices.ContainsFunc(got.Signals, func(s nlp.Signal) bool { return s.Kind == c.kind && s.Name == c.name && s.Evidence[0] == want }) {
				t.Errorf("%s, %q: %+v, want %s %s from %q", tier, c.text, got.Signals, c.kind, c.name, c.cue)
			}
		}
	}
	if got := analyzed(t, newAnalyzer(t, nlp.TierFast), nlp.Document{Title: "I want to cancel"}); len(got.Intents) > 0 && slices.ContainsFunc(got.Signals, func(s nlp.Signal) bool { return len(s.Evidence) > 0 && s.Evidence[0].Cue == "" }) {
		t.Errorf("evidence without words: %+v", got.Signals)
	}
}

func TestReloadListensForOtherThingsAndKeepsTheLastGoodOnes(t *testing.T) {
	t.Parallel()
	pack := filepath.Join(t.TempDir(), "mine.yaml")
	write := func(body string) {
		if err := os.WriteFile(pack, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const good = "pack: mine\nversion: 3\ndescription: Ours.\ntopics:\n  gizmo:\n    label: Gizmo\n    stage: usage\n    touchpoint: home\n    include: [gizmo]\n    \"yes\": [My gizmo broke.]\n    \"no\": [It broke.]\n"
	write(good)
	a := listening(t, nlp.TierFast, nlp.Subjects{Taxonomy: []string{"core"}})
	doc := nlp.Document{Text: "My gizmo broke."}
	if m := mentioned(analyzed(t, a, doc), "gizmo"); m != nil {
		t.Fatalf("%+v", m)
	}
	if err := a.Reload(nlp.Subjects{Taxonomy: []string{pack}}); err != nil {
		t.Fatal(err)
	}
	if got := analyzed(t, a, doc); mentioned(got, "gizmo") == nil || got.Taxonomy != "mine@3" || !slices.Equal(a.Files(), []string{pack}) {
		t.Errorf("%s %+v, files %q", got.Taxonomy, got.Mentions, a.Files())
	}
	write(strings.Replace(good, "[gizmo]", "[gizmo NEAR]", 1))
	err := a.Reload(nlp.Subjects{Taxonomy: []string{pack}})
	if err == nil || !strings.Contains(err.Error(), "mine.yaml:9:") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	if got := analyzed(t, a, doc); mentioned(got, "gizmo") == nil || a.Taxonomy() != "mine@3" {
		t.Errorf("%s %+v", a.Taxonomy(), got.Mentions)
	}
}

func TestAModelFileThatIsNoneIsNamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.model")
	if err := os.WriteFile(file, []byte("not a lane"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, lane := range []string{file, file + ".gone"} {
		if _, err := nlp.New(nlp.Options{Subjects: nlp.Subjects{Lanes: []string{lane}}}); err == nil || !strings.Contains(err.Error(), lane) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v", err)
		}
	}
}
