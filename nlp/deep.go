package nlp

import (
	"context"
	_ "embed" // the deep tier's vocabulary
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/sourcegraph/conc/pool"

	"earshot/nlp/encoder"
	"earshot/nlp/token"
)

const (
	// DeepModel names the built-in weights of the deep tier, with their version.
	// It says nothing of whether the tier can be had on this machine.
	DeepModel = "ear-deep@3"
	// deepTemperature calibrates the encoder's probabilities (Guo et al. 2017);
	// fitted on the dev sets, see nlp/training/MODEL_CARD.md.
	deepTemperature = 1.35
	// windowIDs is the most ids of one pass, as in training: [CLS], the pieces
	// of some sentences, [SEP].
	windowIDs = 128
	// Of a text of more windows than both, these many from its beginning and
	// its end are heard: what lies between costs much and decides little.
	firstWindows, lastWindows = 2, 4
	// closingWeight is how much the last window of a text counts against the
	// others: people end with what counts.
	closingWeight = 1.5
)

//go:embed encoder/ear.onnx
var builtInDeep []byte

//go:embed encoder/vocab.txt
var builtInVocabulary []byte

// UnavailableError says why the deep tier can't be had, and what to do.
type UnavailableError struct{ Err error }

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("the deep tier is not available: %v", e.Err)
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// deep hears with a transformer encoder. It is safe for concurrent use.
type deep struct {
	name      string
	library   *encoder.Runtime
	session   *encoder.Session
	wordpiece *encoder.WordPiece
	heads     *heads // nil of a model that gives nothing but sentiment
	// workers bounds the passes at a time: each uses one core.
	workers chan struct{}
}

// openDeep opens the model in file, the built-in one if file is empty.
func openDeep(file string) (*deep, error) {
	model, vocabulary, name := builtInDeep, builtInVocabulary, DeepModel
	if file != "" {
		var err error
		if model, err = os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		if vocabulary, err = os.ReadFile(filepath.Join(filepath.Dir(file), "vocab.txt")); err != nil {
			return nil, &UnavailableError{fmt.Errorf("model %s is no ONNX file with vocab.txt beside it: %w", file, err)}
		}
		name = filepath.Base(file)
	}
	d := &deep{name: name, workers: make(chan struct{}, runtime.GOMAXPROCS(0))}
	var err error
	if d.wordpiece, err = encoder.NewWordPiece(vocabulary); err != nil {
		return nil, &UnavailableError{err}
	}
	path, err := encoder.FindLibrary()
	if err != nil {
		return nil, &UnavailableError{err}
	}
	if d.library, err = encoder.Open(path); err != nil {
		return nil, &UnavailableError{err}
	}
	if d.session, err = d.library.Load(model, 1); err != nil {
		_ = d.library.Close()
		return nil, &UnavailableError{fmt.Errorf("%s: %w", name, err)}
	}
	if d.heads, err = headsOf(d.session); err == nil {
		err = d.try()
	}
	if err != nil {
		_ = d.close()
		return nil, &UnavailableError{fmt.Errorf("model %s: %w", name, err)}
	}
	return d, nil
}

// try runs the model once, with the last piece of the vocabulary: a model that
// belongs to another vocabulary, or judges other classes, is better found now.
func (d *deep) try() error {
	p := deepHearing{pieces: []piece{{Piece: encoder.Piece{ID: int32(d.wordpiece.Size() - 1)}}}}
	return d.run(&p, token.Range{From: 0, To: 1})
}

func (d *deep) close() error {
	d.session.Close()
	return d.library.Close()
}

// each calls do for 0…n−1 on all cores, or as many of them as no other call
// uses. It returns the first error, ctx's if that ends first.
func (d *deep) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	workers := pool.New().WithErrors().WithFirstError().WithContext(ctx).WithCancelOnError().WithMaxGoroutines(cap(d.workers))
	for i := range n {
		workers.Go(func(ctx context.Context) error {
			select {
			case d.workers <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			defer func() { <-d.workers }()
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, i)
		})
	}
	return workers.Wait()
}
