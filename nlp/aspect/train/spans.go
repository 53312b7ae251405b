package train

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"earshot/nlp/aspect"
	"earshot/nlp/language"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"

	tagtrain "earshot/nlp/tag/train"
)

// span is a labelled span as features.
type span struct {
	places []uint32
	value  float32
	heard  [aspect.Heard]float32
	label  int // 0 negative, 1 neutral, 2 positive
	weight float32
	fold   int
}

// labels are the polarities of spans.
var labels = []string{"negative", "neutral", "positive"}

// Labelled is a text with labelled spans.
type Labelled struct {
	Text  string
	Spans []LabelledSpan
}

// LabelledSpan is a span in bytes with its polarity: 0 negative, 1 neutral, 2
// positive.
type LabelledSpan struct {
	token.Span
	Label int
}

// Each calls do with every labelled text of a file: of a file in the format of
// nlp/corpus the terms in the column aspects, else each line's span from its column
// from to its column to, in characters; lines without, and those whose span lies
// outside the text, are left out. A file with neither has none. The same text may come
// several times.
func Each(file tagtrain.File, do func(Labelled) error) error {
	switch {
	case file.Has("aspects", "text"):
		return file.Each(func(line int, field func(string) string) error {
			spans, err := terms(field("text"), field("aspects"))
			if err != nil {
				return fmt.Errorf("%s:%d: column aspects: %w", file.Path, line, err)
			}
			return do(Labelled{Text: field("text"), Spans: spans})
		})
	case file.Has("polarity", "text", "from", "to"):
		return file.Each(func(line int, field func(string) string) error {
			s, ok := characters(field("text"), field("from"), field("to"))
			if !ok {
				return nil
			}
			var err error
			if s.Label, err = labelOf(field("polarity")); err != nil {
				return fmt.Errorf("%s:%d: %w", file.Path, line, err)
			}
			return do(Labelled{Text: field("text"), Spans: []LabelledSpan{s}})
		})
	}
	return nil
}

// terms reads "term=polarity;…".
func terms(text, field string) ([]LabelledSpan, error) {
	var spans []LabelledSpan
	for _, pair := range strings.Split(field, ";") {
		if pair == "" {
			continue
		}
		i := strings.LastIndexByte(pair, '=')
		if i < 0 {
			return nil, fmt.Errorf("%q is not term=polarity", pair)
		}
		label, err := labelOf(pair[i+1:])
		if err != nil {
			return nil, err
		}
		at := strings.Index(text, pair[:i])
		if at < 0 || i == 0 {
			return nil, fmt.Errorf("term %q does not stand in the text", pair[:i])
		}
		spans = append(spans, LabelledSpan{token.Span{Start: at, End: at + i}, label})
	}
	return spans, nil
}

func labelOf(name string) (int, error) {
	if l := slices.Index(labels, name); l >= 0 {
		return l, nil
	}
	return 0, fmt.Errorf("polarity %q is none of %s", name, strings.Join(labels, ", "))
}

// characters turns offsets in characters into those in bytes, and reports false if
// they don't lie in the text.
func characters(text, from, to string) (s LabelledSpan, ok bool) {
	a, errA := strconv.Atoi(from)
	b, errB := strconv.Atoi(to)
	if errA != nil || errB != nil || a < 0 || b <= a {
		return s, false
	}
	s.Start, s.End = -1, -1
	n := 0
	for i := range text {
		if n == a {
			s.Start = i
		}
		if n == b {
			s.End = i
		}
		n++
	}
	if n == b {
		s.End = len(text)
	}
	return s, s.Start >= 0 && s.End > s.Start
}

// Tokens are the tokens that a span of bytes touches.
func Tokens(t *segment.Text, s token.Span) token.Range {
	var r token.Range
	for r.From < len(t.Tokens) && t.Tokens[r.From].End <= s.Start {
		r.From++
	}
	r.To = r.From
	for r.To < len(t.Tokens) && t.Tokens[r.To].Start < s.End {
		r.To++
	}
	return r
}

// read reads the spans of folders (every *.train.tsv) and files. Texts of the
// folders' dev parts are left out.
func read(paths []string, ears *tagtrain.Ears, o *Options) (spans []span, sources map[string]int, err error) {
	sources = map[string]int{}
	held := map[string]bool{}
	languages := language.Default()
	var text segment.Text
	var said sentiment.Features
	var f aspect.Features
	err = tagtrain.Files(paths, func(file tagtrain.File) error {
		return Each(file, func(l Labelled) error {
			k := tagtrain.Key(l.Text)
			if file.Dev || held[k] {
				held[k] = held[k] || file.Dev
				return nil
			}
			code, _ := languages.Identify(l.Text)
			text.Read(l.Text, nil, code)
			f.Begin(&text)
			m := ears.For(l.Text)
			whole, clauses := Hear(m, ears.Extractor(), &said, &text, code)
			for _, s := range l.Spans {
				if !f.Read(Tokens(&text, s.Span), o.Bits) {
					continue
				}
				e := span{label: s.Label, fold: tagtrain.Fold(l.Text), value: float32(f.Value()), weight: 1}
				if file.Has("aspects") {
					e.weight = float32(o.Corpus)
				}
				for _, p := range f.Places {
					e.places = append(e.places, p.At)
				}
				for i, x := range f.Numbers(clauses, whole) {
					e.heard[i] = float32(x)
				}
				spans = append(spans, e)
				sources[file.Name]++
			}
			return nil
		})
	})
	return spans, sources, err
}

// Hear is what a sentiment model hears in a text and in its clauses.
func Hear(m *sentiment.Model, x *sentiment.Extractor, f *sentiment.Features, t *segment.Text, language string) (whole sentiment.Probabilities, clauses []sentiment.Probabilities) {
	temperature := m.TemperatureOf(language)
	sums := m.Sums(nil, x, f, t)
	var all sentiment.Evidence
	sentiment.Gather(&all, t, sums)
	for _, s := range sums {
		clauses = append(clauses, m.JudgeAlone(s).Softmax(temperature))
	}
	return m.Judge(&all).Softmax(temperature), clauses
}
