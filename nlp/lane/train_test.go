package lane

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestALaneTellsWhatItLearned(t *testing.T) {
	t.Parallel()
	m, report := trained(t, lessons(40))
	if diff := cmp.Diff([]string{"Top-up", "card lost", "refund"}, m.Labels()); diff != "" {
		t.Fatal(diff)
	}
	if m.Name() != "shop" || m.WantsFeatures() || m.Encoder() != "" || m.Precision() != 0.9 || m.Topic(1) != "shop.card_lost" {
		t.Errorf("%s, features %t of %q, precision %g, topic %s", m.Name(), m.WantsFeatures(), m.Encoder(), m.Precision(), m.Topic(1))
	}
	if report.Texts != 120 || report.Labels != 3 || report.Deep != nil || report.Fast.N != 120 || report.Fast.Accuracy < 0.95 || report.Fast.Threshold > 1 || report.Fast.Precision < 0.9 {
		t.Errorf("%+v", report)
	}
	var h Scratch
	for text, want := range map[string]string{
		"Someone has stolen my card, block it!":     "card lost",
		"when will the money be credited back":      "refund",
		"I want to add funds, top up the balance 3": "Top-up",
	} {
		label, p, sure := m.Judge(&h, h.Text(text), nil)
		if m.Labels()[label] != want || !sure || p < 0.5 || p > 1 {
			t.Errorf("%q: %s, %g, sure %t", text, m.Labels()[label], p, sure)
		}
	}
}

func TestALaneIsNotSureOfWhatItNeverHeard(t *testing.T) {
	t.Parallel()
	m, _ := trained(t, lessons(40))
	var h Scratch
	for _, text := range []string{"", "🙂", "Quaint weather over Exmoor", "Wo bleibt mein Paket?"} {
		if label, p, sure := m.Judge(&h, h.Text(text), nil); sure {
			t.Errorf("%q: sure of %s at %g", text, m.Labels()[label], p)
		}
	}
}

func TestTheSameItemsInAnyOrderGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	items := featured(lessons(20), 0.5)
	first, _ := trained(t, items)
	slices.Reverse(items)
	second, _ := trained(t, items)
	other, _, err := Train(t.Context(), Options{Name: "shop", Seed: 2, Encoder: "ear@1"}, items)
	if err != nil {
		t.Fatal(err)
	}
	var files [3][]byte
	for i, m := range []*Model{first, second, other} {
		if files[i], err = m.Bytes(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the order of the items changes the model")
	}
	if bytes.Equal(files[0], files[2]) {
		t.Error("another seed gives the same model")
	}
}

func TestFeaturesHelpWhereWordsDoNot(t *testing.T) {
	t.Parallel()
	items := featured(lessons(60), 0.5)
	for i := range items {
		items[i].Text = "words that say nothing " + strings.Repeat("x", i%40) + " " + strings.Repeat("y", i%23)
	}
	m, report := trained(t, items)
	if report.Deep == nil || report.Deep.Accuracy < 0.9 || report.Fast.Accuracy > 0.6 {
		t.Fatalf("%+v, deep %+v", report.Fast, report.Deep)
	}
	if !m.WantsFeatures() || m.Encoder() != "ear@1" {
		t.Errorf("features %t of %q", m.WantsFeatures(), m.Encoder())
	}
	var h Scratch
	right := 0
	for _, item := range items {
		label, _, _ := m.Judge(&h, h.Text(item.Text), item.Features)
		right += one(m.Labels()[label] == item.Label)
	}
	if right < len(items)*9/10 {
		t.Errorf("%d of %d right", right, len(items))
	}
	// As many features as another encoder gives are not listened to.
	_, alone, _ := m.Judge(&h, h.Text(items[0].Text), nil)
	if _, p, _ := m.Judge(&h, h.Text(items[0].Text), []float32{1, 2}); p != alone {
		t.Errorf("two features change %g to %g", alone, p)
	}
}

func TestTextsThatTheEncoderDoesNotHearAreLearnedByTheirWords(t *testing.T) {
	t.Parallel()
	items := featured(lessons(30), 0.5)
	for i := 0; i < len(items); i += 4 {
		items[i].Features = nil
	}
	m, report := trained(t, items)
	if report.Deep == nil || report.Deep.N >= report.Fast.N || !m.WantsFeatures() {
		t.Errorf("%+v, deep %+v", report.Fast, report.Deep)
	}
	for i := range items {
		if i%4 != 1 {
			items[i].Features = nil
		}
	}
	if m, report = trained(t, items); m.WantsFeatures() || report.Deep != nil {
		t.Error("a quarter of the texts has features, and they are learned from")
	}
}

func TestACopyIsLearnedOnce(t *testing.T) {
	t.Parallel()
	items := lessons(10)
	_, report := trained(t, append(items, items[0], Item{Label: " " + items[1].Label, Text: items[1].Text}))
	if report.Texts != len(items) || report.Duplicates != 2 {
		t.Errorf("%+v", report)
	}
}

func TestTrainNamesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	good := Options{Name: "shop"}
	two := []Item{{Label: "a", Text: "x y"}, {Label: "a", Text: "x z"}, {Label: "b", Text: "v"}, {Label: "b", Text: "w"}}
	with := func(more ...Item) []Item { return append(slices.Clone(two), more...) }
	for name, c := range map[string]struct {
		o     Options
		items []Item
		says  string
	}{
		"no items":           {good, nil, "0 labels"},
		"one label":          {good, two[:2], "1 labels"},
		"one example":        {good, with(Item{Label: "rare", Text: "q"}), `label "rare" has one example only`},
		"one example, twice": {good, with(Item{Label: "rare", Text: "q"}, Item{Label: "rare", Text: "q"}), `label "rare" has one example only`},
		"no text":            {good, with(Item{Label: "a", Text: " "}), `item 5, of label "a", has no text`},
		"no label":           {good, with(Item{Text: "t"}), "item 5 has no label"},
		"one topic":          {good, with(Item{Label: "A", Text: "t"}, Item{Label: "A", Text: "u"}), `labels "A" and "a" would be one topic, a`},
		"other features":     {good, with(Item{Label: "a", Text: "t", Features: []float32{1}}, Item{Label: "a", Text: "u", Features: []float32{1, 2}}), "item 6 has 2 features, others have 1"},
		"no name":            {Options{}, two, "no name"},
		"name":               {Options{Name: "My shop"}, two, `as in "my_shop"`},
		"precision":          {Options{Name: "shop", Precision: 1}, two, "precision 1"},
		"precision, none":    {Options{Name: "shop", Precision: -1}, two, "precision -1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := Train(t.Context(), c.o, c.items)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %q in it", err, c.says)
			}
		})
	}
}

func TestTooManyLabelsAreAColumnMistaken(t *testing.T) {
	t.Parallel()
	var items []Item
	for i := range mostLabels + 1 {
		label := strings.Repeat("a", i+1)
		items = append(items, Item{Label: label, Text: "one"}, Item{Label: label, Text: "two"})
	}
	if _, _, err := Train(t.Context(), Options{Name: "shop"}, items); err == nil || !strings.Contains(err.Error(), "1001 labels are more") {
		t.Error(err)
	}
}

func TestTrainingStopsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Train(ctx, Options{Name: "shop"}, lessons(5)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
