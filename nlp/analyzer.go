// Package nlp hears what customers say: text in, analysis out, with byte
// offsets into the text. It imports nothing else of earshot's.
//
// The steps, in order: the language is told (package language), what the customer
// said is read into tokens, sentences and clauses (package segment), a tier hears
// the clauses, the sentences and the text (fast.go: package sentiment; deep.go:
// package encoder), and what it heard is composed into the analysis (compose.go).
package nlp

import (
	"context"
	_ "embed" // the fast tier's weights
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"earshot/nlp/aspect"
	"earshot/nlp/lane"
	"earshot/nlp/language"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
	"earshot/nlp/taxonomy"
	"earshot/nlp/token"
)

// The tiers.
const (
	TierFast = "fast" // keeps up with any flood
	TierDeep = "deep" // a transformer encoder: hears what no single word says; English
)

// Options say which ears to hear with. The zero value is the built-in fast tier.
type Options struct {
	// Tier is TierFast or TierDeep; empty means TierFast. The deep tier hears
	// English; other languages are heard by the fast one.
	Tier string
	// Model is the file of a model to use in the tier instead of the built-in
	// one: what `earshot train` wrote, or an ONNX file with vocab.txt beside it.
	Model string
	Subjects
}

// Analyzer analyses documents. It is safe for concurrent use.
type Analyzer struct {
	languages *language.Model
	fast      *sentiment.Model
	tags      *tag.Model    // the fast tier's
	aspects   *aspect.Model // likewise
	deep      *deep         // nil in the fast tier
	degraded  error
	subjects  atomic.Pointer[subjects]
	memory    *memory
	hearings  sync.Pool
}

//go:embed sentiment/fast.model
var builtInFast []byte

// New returns an analyzer. What was asked for and can't be had (a library that is
// absent, a model that is damaged) is replaced by the built-in fast tier, and
// Degraded says why; an error is for options that make no sense and for files that
// can't be read.
func New(o Options) (*Analyzer, error) {
	if o.Tier != "" && o.Tier != TierFast && o.Tier != TierDeep {
		return nil, fmt.Errorf("no tier %q: there are %s and %s", o.Tier, TierFast, TierDeep)
	}
	a := &Analyzer{languages: language.Default(), memory: new(memory)}
	if err := a.Reload(o.Subjects); err != nil {
		return nil, err
	}
	fast, err := sentiment.Read(builtInFast)
	if err != nil {
		return nil, fmt.Errorf("the built-in fast model: %w", err)
	}
	a.fast = fast
	if a.tags, err = tag.BuiltIn(); err != nil {
		return nil, fmt.Errorf("the built-in tags: %w", err)
	}
	if a.aspects, err = aspect.BuiltIn(); err != nil {
		return nil, fmt.Errorf("the built-in aspects: %w", err)
	}
	switch {
	case o.Tier == TierDeep:
		a.deep, err = openDeep(o.Model)
		if errors.As(err, new(*UnavailableError)) {
			a.degraded, err = err, nil
		}
	case o.Model != "":
		err = a.useFast(o.Model)
	}
	if err != nil {
		return nil, err
	}
	a.hearings.New = func() any { return a.newHearing() }
	return a, nil
}

// useFast uses the fast model in file, if it is one.
func (a *Analyzer) useFast(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	m, err := sentiment.Read(data)
	if err != nil {
		a.degraded = fmt.Errorf("model %s: %w", file, err)
		return nil
	}
	a.fast = m
	return nil
}

// Degraded says why the analyzer hears with the built-in fast tier although
// something else was asked for; nil if it doesn't.
func (a *Analyzer) Degraded() error { return a.degraded }

// Close gives back what the deep tier holds. The analyzer must not be in use.
func (a *Analyzer) Close() error {
	if a.deep == nil {
		return nil
	}
	return a.deep.close()
}

// Tier is the tier that hears English.
func (a *Analyzer) Tier() string {
	if a.deep != nil {
		return TierDeep
	}
	return TierFast
}

// Model names what hears English, with its version.
func (a *Analyzer) Model() string {
	if a.deep != nil {
		return a.deep.name
	}
	return a.fast.Name
}

// Analyze hears each document on its own; the result depends on nothing but the
// document, not on what else is in the batch. It returns ctx's error when ctx
// ends first.
func (a *Analyzer) Analyze(ctx context.Context, docs []Document) ([]Analysis, error) {
	analyses := make([]Analysis, len(docs))
	if a.deep != nil {
		if err := a.deep.each(ctx, len(docs), func(ctx context.Context, i int) error { return a.analyze(ctx, &docs[i], &analyses[i]) }); err != nil {
			return nil, err
		}
		return analyses, nil
	}
	for i := range docs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := a.analyze(ctx, &docs[i], &analyses[i]); err != nil {
			return nil, err
		}
	}
	return analyses, nil
}

// hearing is what is needed to hear one document, used again for the next.
type hearing struct {
	language  string
	foreign   bool // in letters that no tier was taught
	turns     bool // of the customer are told apart
	body      segment.Text
	title     segment.Text
	extractor *sentiment.Extractor
	features  sentiment.Features
	places    []uint32        // of the n-grams of a word
	sums      []sentiment.Sum // of the body's clauses
	titleSums []sentiment.Sum
	heard     heard
	deep      deepHearing
	byDeep    bool // the deep tier heard it

	subjects   *subjects
	matcher    *taxonomy.Matcher
	scratch    []lane.Scratch
	spans      []token.Span
	around     aspect.Features
	tagSum     tag.Sum
	part       tag.Part // of a clause
	judged     tag.Tags
	tags       tags
	features32 []float32   // the encoder's, where byDeep
	mentions   []Mention   // of the document, while they grow
	signals    []Signal    // likewise
	topicOdds  []float64   // of each topic that the models know, above its threshold
	met        []uint8     // of each of them: the levels, 1 and 2 as bits, at which rules met it
	placing    []tag.Label // labels whose clauses are looked for
	placed     []int       // their clauses
	logits     [2][]float32
	modelled   []int // the signals that placing is of, while they are located
}

func (a *Analyzer) newHearing() *hearing {
	h := &hearing{extractor: sentiment.NewExtractor(a.fast.Bits)}
	h.extractor.LeaveForms()
	return h
}

// heard is what a tier makes of a document: probabilities of negative, neutral
// and positive.
type heard struct {
	text      sentiment.Probabilities
	sentences []sentiment.Probabilities
	clauses   []sentiment.Probabilities
	logs      []sentiment.Probabilities // of clauses
	turns     []sentiment.Probabilities // of the parts of Document.Voice
	// oneSided says that the whole was heard to have one side, whatever single
	// clauses look like.
	oneSided bool
}

func (a *Analyzer) analyze(ctx context.Context, d *Document, out *Analysis) error {
	h := a.hearings.Get().(*hearing)
	defer a.hearings.Put(h)
	_, err := a.analyzeIn(ctx, h, d, out)
	return err
}

// analyzeIn analyses a document and leaves in h what it heard.
func (a *Analyzer) analyzeIn(ctx context.Context, h *hearing, d *Document, out *Analysis) (tier string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := checkVoice(d); err != nil {
		return "", err
	}
	a.read(d, h)
	if out.Tier, out.Model, err = a.hear(ctx, d, h); err != nil {
		return "", err
	}
	out.Text, out.Language = d.Text, h.language
	compose(d, h, out)
	a.attribute(d, h, out)
	return out.Tier, nil
}

// attribute says what the feelings are about, and what else the text tells.
func (a *Analyzer) attribute(d *Document, h *hearing, out *Analysis) {
	h.attend(a.subjects.Load())
	out.Taxonomy = h.subjects.name
	matches := h.matcher.Match(&h.body)
	out.Mentions, out.Signals = h.mentions[:0], h.signals[:0]
	noise(h, matches, out)
	a.tag(h)
	a.weigh(h, matches)
	a.signal(h, matches, out)
	a.mentions(d, h, matches, out)
	a.targets(d, h, out)
	h.mentions, out.Mentions = handOver(out.Mentions)
	h.signals, out.Signals = handOver(out.Signals)
}

// handOver copies a list that has grown in a buffer for who asked, nil if it is empty,
// and empties the buffer: one allocation for a list instead of several.
func handOver[T any](list []T) (buffer, own []T) {
	if len(list) > 0 {
		own = slices.Clone(list)
		clear(list)
	}
	return list[:0], own
}

// read tells the language and finds tokens, sentences and clauses.
func (a *Analyzer) read(d *Document, h *hearing) {
	h.language, h.turns = a.languageOf(d), d.Voice != nil
	h.body.Read(d.Text, d.Voice, h.language)
	h.title.Read(d.Title, nil, h.language)
	h.around.Begin(&h.body)
}

// languageOf is the language that the record states, if it is one that earshot
// hears, and else that of its text.
func (a *Analyzer) languageOf(d *Document) string {
	stated, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(d.Language, "_", "-")), "-")
	switch stated {
	case "en", "de", "es", "fr", "it", "pt", "ar", "hi":
		return stated
	}
	told := d.Text
	switch {
	case strings.TrimSpace(told) == "":
		told = d.Title
	case len(d.Voice) > 0:
		// The language of the longest turn: offsets of others play no part.
		longest := d.Voice[0]
		for _, v := range d.Voice {
			if v.End-v.Start > longest.End-longest.Start {
				longest = v
			}
		}
		told = d.Text[longest.Start:longest.End]
	}
	code, _ := a.languages.Identify(told)
	if code == language.Und && stated != "" {
		return stated
	}
	return code
}

// hear lets the tier hear that fits the language. A text in no language that can
// be told is the encoder's if it is written as English is: most are short English.
func (a *Analyzer) hear(ctx context.Context, d *Document, h *hearing) (tier, model string, err error) {
	a.hearFast(h)
	h.heard.oneSided, h.byDeep = false, false
	words, plain := letters(h)
	latin := plain > 0 && 2*plain >= words
	h.foreign = h.language == language.Und && words > 0 && !latin
	if a.deep == nil || !says(h) || h.language != language.English && (h.language != language.Und || !latin) {
		return TierFast, a.fast.Name, nil
	}
	h.byDeep = true
	return TierDeep, a.deep.name, a.deep.hear(ctx, d, h)
}

// letters counts the document's words, and those in plain Latin letters.
func letters(h *hearing) (words, plain int) {
	for _, t := range [2]*segment.Text{&h.body, &h.title} {
		for i := range t.Tokens {
			if t.Tokens[i].Kind == token.Word {
				words++
				if t.Tokens[i].Has(token.ASCII) {
					plain++
				}
			}
		}
	}
	return words, plain
}

// checkVoice finds a Voice that is not as Document says it is.
func checkVoice(d *Document) error {
	at := 0
	for i, v := range d.Voice {
		if v.Start < at || v.End < v.Start || v.End > len(d.Text) {
			return fmt.Errorf("Document.Voice[%d] is [%d, %d), after %d in a text of %d bytes", i, v.Start, v.End, at, len(d.Text))
		}
		at = v.End
	}
	return nil
}
