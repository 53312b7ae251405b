// Package nlp hears what customers say: text in, analysis out, with byte
// offsets into the text. It imports nothing else of earshot's.
//
// The steps, in order: what the customer said is told from context (Document.
// Voice), cut into sentences (package sentence), each sentence is scored (a
// Scorer, for now package vader), and the sentences are composed into the
// sentiment of the text.
package nlp

import (
	"context"
	"fmt"
	"strings"

	"earshot/nlp/sentence"
	"earshot/nlp/vader"
)

// Scorer scores the sentiment of one sentence, −1…+1. It is safe for concurrent
// use.
type Scorer interface {
	Name() string
	Score(sentence string) float64
}

// Analyzer analyses documents. It is safe for concurrent use.
type Analyzer struct {
	sentences *sentence.Splitter
	scorer    Scorer
}

// TierFast is the tier that keeps up with any flood.
const TierFast = "fast"

// New returns the analyzer of the fast tier.
func New() (*Analyzer, error) {
	splitter, err := sentence.NewSplitter()
	if err != nil {
		return nil, fmt.Errorf("nlp: %w", err)
	}
	return &Analyzer{sentences: splitter, scorer: vader.NewScorer()}, nil
}

// Model names what scores sentiment, with its version.
func (a *Analyzer) Model() string { return a.scorer.Name() }

// Analyze hears each document on its own; the result depends on nothing but the
// document. It returns ctx's error when ctx ends first.
func (a *Analyzer) Analyze(ctx context.Context, docs []Document) ([]Analysis, error) {
	analyses := make([]Analysis, len(docs))
	for i := range docs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		analyses[i] = a.analyze(&docs[i])
	}
	return analyses, nil
}

func (a *Analyzer) analyze(d *Document) Analysis {
	analysis := Analysis{
		Text:     d.Text,
		Language: d.Language,
		Tier:     TierFast,
		Model:    a.scorer.Name(),
	}
	if analysis.Language == "" {
		analysis.Language = "und"
	}
	voice := d.Voice
	if voice == nil {
		voice = []Span{{0, len(d.Text)}}
	}
	for _, said := range voice {
		a.sentences.Split(d.Text[said.Start:said.End], func(start, end int) {
			span := Span{said.Start + start, said.Start + end}
			score := a.score(d.Text[span.Start:span.End])
			analysis.Sentences = append(analysis.Sentences, Sentence{Span: span, Score: score, Label: label(score)})
		})
	}
	analysis.Sentiment = compose(a.titleScores(d.Title), analysis.Sentences)
	return analysis
}

// score rounds to three decimals: beyond them the scorer's figures mean nothing
// and only make rows differ.
func (a *Analyzer) score(text string) float64 { return round(a.scorer.Score(text)) }

func (a *Analyzer) titleScores(title string) []float64 {
	if title = strings.TrimSpace(title); title == "" {
		return nil
	}
	return []float64{a.score(title)}
}
