package tag_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
)

// polarity stands for what the sentiment tier heard.
var polarity = map[string]sentiment.Probabilities{
	"negative": {0.9, 0.05, 0.05},
	"neutral":  {0.05, 0.9, 0.05},
	"positive": {0.05, 0.05, 0.9},
}

// earBits are those of the sentiment tier whose features the model knows.
const earBits = 22

func features(text string) *sentiment.Features {
	var read segment.Text
	f := &sentiment.Features{}
	read.Read(text, nil, "en")
	x := sentiment.NewExtractor(earBits)
	x.Explain()
	for _, s := range read.Sentences {
		x.Sentence(f, &read, s)
	}
	return f
}

func judge(m *tag.Model, text string, heard sentiment.Probabilities) tag.Tags {
	var sum tag.Sum
	var tags tag.Tags
	m.Add(&sum, features(text))
	m.Judge(&tags, &sum, heard)
	return tags
}

func builtIn(t testing.TB) *tag.Model {
	t.Helper()
	m, err := tag.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestThePlainestMessagesGetTheirTags(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	for _, c := range []struct {
		text, heard string
		group       tag.Group
		want        string
	}{
		{"What time does the branch in town open on Saturdays?", "neutral", tag.Intent, "question"},
		{"What time does the branch in town open on Saturdays?", "neutral", tag.Stage, "inquiry"},
		{"I was charged twice on my bill this month", "negative", tag.Intent, "complaint"},
		{"I was charged twice on my bill this month", "negative", tag.Topic, "billing"},
		{"The courier left my parcel in the rain again", "negative", tag.Topic, "delivery"},
		{"I want my money back, please refund the order", "negative", tag.Intent, "refund"},
		{"Called four times, on hold for an hour each time, still nothing", "negative", tag.Effort, "hard"},
		{"One click and it was done, so easy", "positive", tag.Effort, "easy"},
		{"Thank you so much for your help, Maria!", "positive", tag.Emotion, "gratitude"},
		{"The waiter brought us cold soup and stale bread", "negative", tag.Topic, "food_drink"},
	} {
		t.Run(c.group.String()+" "+c.want, func(t *testing.T) {
			t.Parallel()
			tags := judge(m, c.text, polarity[c.heard])
			if got := tags.Append(nil, c.group); !slices.Contains(got, c.want) {
				t.Errorf("%q: %s %q, not %s", c.text, c.group, got, c.want)
			}
		})
	}
}

func TestOneLabelOfAnExclusiveGroupIsSaid(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	for _, text := range []string{"", "😡", "good", "Where is my parcel? It was due on Monday.", strings.Repeat("never again ", 2000)} {
		tags := judge(m, text, polarity["neutral"])
		for _, g := range tag.Groups() {
			var sum float64
			from, to := g.Bounds()
			for l := from; l < to; l++ {
				p := float64(tags.P(l))
				if !(p >= 0 && p <= 1) {
					t.Fatalf("%.20q: %s %q has a probability of %v", text, g, l, p)
				}
				sum += p
			}
			if !g.Exclusive() {
				continue
			}
			said := 0
			for l := from; l < to; l++ {
				if tags.Said[l] {
					said++
				}
			}
			if said != 1 || math.Abs(sum-1) > 1e-5 {
				t.Errorf("%.20q: %d labels of %s, whose probabilities add up to %v", text, said, g, sum)
			}
			if !tags.Said[tags.One(g)] {
				t.Errorf("%.20q: One(%s) is not said", text, g)
			}
		}
	}
}

func TestEffortIsBetweenHardAndEasy(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	for text, want := range map[string]float64{
		"Called four times, on hold for an hour each time, still nothing": -1,
		"One click and it was done, so easy":                              1,
	} {
		heard := polarity["negative"]
		if want > 0 {
			heard = polarity["positive"]
		}
		tags := judge(m, text, heard)
		got, ok := tags.Effort()
		if !ok || got*want <= 0 || got < -1 || got > 1 {
			t.Errorf("%q: effort %v, %v", text, got, ok)
		}
	}
	tags := judge(m, "The parcel is blue", polarity["neutral"])
	if got, ok := tags.Effort(); ok {
		t.Errorf("effort %v where nothing is said of it", got)
	}
}

func TestEveryLabelIsFoundByItsName(t *testing.T) {
	t.Parallel()
	for l := range tag.Label(tag.Labels) {
		if got, ok := l.Group().LabelOf(l.String()); !ok || got != l {
			t.Errorf("%s %q is %d, found as %d", l.Group(), l, l, got)
		}
	}
	if l, ok := tag.Intent.LabelOf("billing"); ok {
		t.Errorf("billing is an intent: %d", l)
	}
}

func TestContributionsAddUpToTheLogit(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	heard := polarity["negative"]
	for _, text := range []string{"good", "The courier left my parcel in the rain again. Why?", strings.Repeat("late ", 400)} {
		f := features(text)
		var sum, none tag.Sum
		m.Add(&sum, f)
		var z, base [tag.Labels]float32
		m.Logits(&z, &sum, heard)
		m.Logits(&base, &none, heard)
		var read segment.Text
		read.Read(text, nil, "en")
		for l := range tag.Label(tag.Labels) {
			parts := make([]float64, len(read.Tokens))
			m.Contributions(parts, l, f, &sum)
			total := float64(base[l])
			for _, p := range parts {
				total += p
			}
			if math.Abs(total-float64(z[l])) > 1e-3 {
				t.Fatalf("%.20q: %s %q: parts add up to %v, the logit is %v", text, l.Group(), l, total, z[l])
			}
		}
	}
}

func TestTitleAndBodyAddUp(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	title, body := features("Second outage"), features("The router blinks red since Monday")
	both := &sentiment.Features{Words: slices.Concat(title.Words, body.Words), Chars: slices.Concat(title.Chars, body.Chars)}
	var apart, together tag.Sum
	m.Add(&apart, title)
	m.Add(&apart, body)
	m.Add(&together, both)
	if apart != together {
		t.Error("title and body added one after the other are not their sum")
	}
}

func TestRowsAddUpToTheirPlaces(t *testing.T) {
	t.Parallel()
	m := builtIn(t)
	f := features("The engineer cancelled the appointment without telling anybody about the cancellation")
	var byPlace, byRows tag.Sum
	m.Add(&byPlace, f)
	for _, p := range f.Words {
		m.AddRow(&byRows, m.RowOf(p))
	}
	for chars := range slices.Chunk(f.Chars, 70) { // more rows in all than lanes hold
		for range 3 {
			rows := m.RowsOf(chars)
			byRows.AddRows(&rows)
			m.AddChars(&byPlace, chars)
		}
	}
	m.AddChars(&byRows, f.Chars)
	var want, got [tag.Labels]float32
	m.Logits(&want, &byPlace, polarity["neutral"])
	m.Logits(&got, &byRows, polarity["neutral"])
	if got != want {
		t.Error("rows that were added up before come to other logits than their places")
	}
}
