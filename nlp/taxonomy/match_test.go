package taxonomy_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp/segment"
	"earshot/nlp/taxonomy"
	"earshot/nlp/token"
)

const family = `
pack: shop
version: 4
topics:
  delivery:
    label: Delivery
    stage: fulfilment
    touchpoint: courier
    include:
      - (courier|parcel)
      - parcel NEAR/5 door
    exclude: [parcel shelf]
  delivery.late:
    label: Late
    include:
      - id: never
        rule: parcel NEAR/4 never
      - parcel never come
  staff:
    label: Staff
    stage: support
    touchpoint: shop
    include: [courier]
signals:
  urgency.legal_threat:
    label: Legal threat
    include: [sue you]
  emotion.anger:
    label: Anger
    include: [sue]
`

func TestMatchesNameRuleTokensAndSpan(t *testing.T) {
	tax := load(t, family)
	var text segment.Text
	text.Read("Hm. I'll sue you! My parcel never came.", nil, "en")
	want := []taxonomy.Match{
		{Kind: taxonomy.KindEmotion, Name: "anger", Rule: "shop@4/emotion.anger/1", Tokens: token.Range{From: 3, To: 4}, Span: token.Span{Start: 9, End: 12}},
		{Kind: taxonomy.KindUrgency, Name: "legal_threat", Rule: "shop@4/urgency.legal_threat/1", Tokens: token.Range{From: 3, To: 5}, Span: token.Span{Start: 9, End: 16}},
		{Kind: taxonomy.KindTopic, Name: "delivery.late", Rule: "shop@4/delivery.late/2", Tokens: token.Range{From: 7, To: 10}, Span: token.Span{Start: 21, End: 38}},
	}
	if diff := cmp.Diff(want, tax.NewMatcher().Match(&text)); diff != "" {
		t.Error(diff)
	}
}

func TestOfMatchesAtOnePlaceTheBestStands(t *testing.T) {
	tax := load(t, family)
	for text, want := range map[string][]string{
		"The parcel lay at the door.":                     {"delivery: parcel lay at the door"},
		"A parcel for a parcel.":                          {"delivery: parcel", "delivery: parcel"},
		"The parcel never came.":                          {"delivery.late: parcel never came"},
		"The parcel has never come, the courier laughed.": {"delivery.late: parcel has never", "delivery: courier", "staff: courier"},
		"The parcel shelf of my car.":                     {},
		"A parcel. The parcel shelf.":                     {"delivery: parcel"},
	} {
		if diff := cmp.Diff(want, found(tax, text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestAMatcherIsUsedAgain(t *testing.T) {
	tax := load(t, family)
	m := tax.NewMatcher()
	texts := []string{"The parcel never came.", "", "Nothing here.", strings.Repeat("parcel never door ", 500), "Sue! The courier…", "\xff\x00"}
	first := make([][]taxonomy.Match, len(texts))
	for round := range 3 {
		for i, s := range texts {
			var text segment.Text
			text.Read(s, nil, "en")
			got := m.Match(&text)
			if round == 0 {
				first[i] = slices.Clone(got)
			} else if !slices.Equal(got, first[i]) {
				t.Errorf("round %d, text %d: %v, at first %v", round, i, got, first[i])
			}
		}
	}
}

func TestManyMatchersShareATaxonomy(t *testing.T) {
	tax := load(t, family)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			m := tax.NewMatcher()
			for range 200 {
				var text segment.Text
				text.Read("The parcel never came. I sue you!", nil, "en")
				if got := m.Match(&text); len(got) != 3 {
					t.Errorf("%v", got)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestMatchDoesNotAllocate(t *testing.T) {
	tax := load(t, family)
	m := tax.NewMatcher()
	var text segment.Text
	text.Read(strings.Repeat("The parcel never came to the door. I'll sue you, sooo #ParcelShelf! ", 5), nil, "en")
	m.Match(&text)
	if n := testing.AllocsPerRun(20, func() { m.Match(&text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Every word of the sentence is in a chain with every other: work must stay linear.
func TestNoTextMakesARuleCostMore(t *testing.T) {
	tax := load(t, topic([]string{
		"aa NEAR/50 bb NEAR/50 cc NEAR/50 dd NEAR/50 missing",
		"aa THEN/50 aa THEN/50 aa THEN/50 aa THEN/50 bb",
		"aa NOT/50 bb NOT dd",
	}, []string{"aa NEAR/50 aa"}))
	var text segment.Text
	text.Read(strings.Repeat("aa bb cc dd ", 20_000), nil, "en")
	if got := tax.NewMatcher().Match(&text); len(got) != 0 {
		t.Errorf("%d matches, the first is %v", len(got), got[0])
	}
}

func TestKindsHaveNames(t *testing.T) {
	var names []string
	for k := taxonomy.KindTopic; k <= taxonomy.KindNoise+1; k++ {
		names = append(names, fmt.Sprint(k))
	}
	if got := strings.Join(names, " "); got != "topic intent effort emotion urgency noise kind(6)" {
		t.Error(got)
	}
}
