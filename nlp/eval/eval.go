// Package eval measures how well texts are heard, in four ways.
//
// A Dataset is a file of labelled texts: Read reads it, Dataset.Score compares
// a Classifier's labels with the file's. The steps: lines to rows, the scale of
// the file's labels told from all of them, texts classified, metrics.
//
// A Suite is a set of behaviours in the manner of CheckList (Ribeiro et al.
// 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList"):
// ReadSuite reads it, Suite.Run says which hold. Its format is described in
// nlp/testdata/behaviour/README.md.
//
// Topics are a file of texts with a user's own labels: ReadTopics reads it,
// Topics.Score compares with them what a lane says (topics.go).
//
// A Corpus is a file with the columns of nlp/corpus: ReadCorpus reads it,
// Corpus.Score compares with them what an analyzer says beside sentiment: topics,
// stage, intents, effort, emotion, aspects (corpus.go).
package eval

import (
	"context"
	"fmt"
	"runtime"

	"github.com/sourcegraph/conc/pool"

	"earshot/nlp"
)

// Mixed is the label of a text that is clearly positive and clearly negative.
// Files and behaviours use it; a Prediction has one of the three labels, and
// Mixed beside it.
const Mixed nlp.Label = "mixed"

// Text is one text to classify.
type Text struct {
	Title string // empty if it has none
	Text  string
}

// Prediction is what a classifier hears in a text.
type Prediction struct {
	Label nlp.Label
	// Probabilities are those of negative, neutral and positive. They need not
	// sum to 1 exactly.
	Probabilities [3]float64
	Score         float64 // −1…+1
	Mixed         bool
	Confidence    float64 // 0…1, probability that Label is right
}

// Classifier hears the sentiment of texts: one prediction for each, in order.
// It is safe for concurrent use, and what it says of a text depends on nothing
// but the text.
type Classifier interface {
	Classify(ctx context.Context, texts []Text) ([]Prediction, error)
}

// classes are the labels in the order of Prediction.Probabilities and of a
// Confusion.
var classes = [3]nlp.Label{nlp.Negative, nlp.Neutral, nlp.Positive}

const (
	negative = iota // indices into classes
	neutral
	positive
	unknown = -1
)

func class(label nlp.Label) int {
	for i, c := range classes {
		if c == label {
			return i
		}
	}
	return unknown
}

// atOnce is how many texts are classified in one call: enough that calls cost
// nothing, few enough that all cores have work to the end.
const atOnce = 64

// classify classifies all texts, on all cores.
func classify(ctx context.Context, c Classifier, texts []Text) ([]Prediction, error) {
	return inParts(ctx, texts, func(ctx context.Context, texts []Text) ([]Prediction, error) {
		heard, err := c.Classify(ctx, texts)
		if err != nil {
			return nil, err
		}
		for _, p := range heard {
			if class(p.Label) == unknown {
				return nil, fmt.Errorf("the classifier answered with the label %q", p.Label)
			}
		}
		return heard, nil
	})
}

// inParts answers questions in parts, on all cores: one answer for each, in order.
func inParts[Q, A any](ctx context.Context, questions []Q, answer func(context.Context, []Q) ([]A, error)) ([]A, error) {
	answers := make([]A, len(questions))
	workers := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for start := 0; start < len(questions); start += atOnce {
		end := min(start+atOnce, len(questions))
		workers.Go(func(ctx context.Context) error {
			said, err := answer(ctx, questions[start:end])
			if err != nil {
				return err
			}
			if len(said) != end-start {
				return fmt.Errorf("the classifier answered %d texts with %d predictions", end-start, len(said))
			}
			copy(answers[start:end], said)
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	return answers, nil
}
