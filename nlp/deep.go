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
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

const (
	// DeepModel names the built-in weights of the deep tier, with their version.
	// It says nothing of whether the tier can be had on this machine.
	DeepModel = "ear-deep@2"
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
	if err := d.try(); err != nil {
		_ = d.close()
		return nil, &UnavailableError{fmt.Errorf("model %s: %w", name, err)}
	}
	return d, nil
}

// try runs the model once, with the last piece of the vocabulary: a model that
// belongs to another vocabulary, or judges other classes, is better found now.
func (d *deep) try() error {
	p := deepHearing{pieces: []piece{{Piece: encoder.Piece{ID: int32(d.wordpiece.Size() - 1)}}}}
	_, err := d.run(&p, token.Range{From: 0, To: 1})
	return err
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

// piece is a word piece of the document: of its title (sentence −1) or of a
// sentence.
type piece struct {
	encoder.Piece
	sentence int
}

// deepHearing is what is needed to hear one document with the encoder.
type deepHearing struct {
	pieces  []piece
	cut     []encoder.Piece
	window  []encoder.Piece
	ids     []int64
	outputs [1]encoder.Output
	passes  int // of the encoder over this document
}

// hear hears a document with the encoder and replaces what the fast tier heard.
// The text is heard as a whole, in windows of whole sentences if it is long. Its
// clauses are heard on their own where the text may be two-sided, which doubles
// the cost; in other texts they are what the fast tier heard, moved towards what
// the encoder heard where the two don't agree.
func (d *deep) hear(ctx context.Context, doc *Document, h *hearing) error {
	said, err := d.hearText(ctx, doc, h)
	if err != nil {
		return err
	}
	switch {
	case len(h.body.Clauses) == 1 && len(h.title.Sentences) == 0:
		h.heard.clauses[0] = said
	case len(h.body.Clauses) <= mostClauses && twoSided(said, h):
		err = d.clauses(ctx, h)
	default:
		h.heard.oneSided = true
		if likeliest(said) != likeliest(h.heard.text) {
			for i, clause := range h.heard.clauses {
				if c := h.body.Clauses[i]; speaks(h.body.Tokens[c.From:c.To]) {
					h.heard.clauses[i] = moved(clause, h.heard.text, said)
				}
			}
		}
	}
	h.heard.text = said
	h.gather()
	return err
}

// hearText hears the document as a whole.
func (d *deep) hearText(ctx context.Context, doc *Document, h *hearing) (sentiment.Probabilities, error) {
	h.deep.passes = 0
	h.deep.read(d.wordpiece, doc, h)
	logits, err := d.windows(ctx, &h.deep)
	return softmax3(logits), err
}

const (
	// A text may be two-sided if the encoder finds both polarities at least this
	// likely in it, or the fast tier finds each of them this likely in a clause.
	bothInText, eachInClause = 0.1, 0.5
	// mostClauses is the most clauses of a text that are heard on their own.
	mostClauses = 12
)

func twoSided(text sentiment.Probabilities, h *hearing) bool {
	if len(h.body.Clauses) < 2 {
		return false
	}
	if min(text[0], text[2]) >= bothInText {
		return true
	}
	var negative, positive float64
	for _, p := range h.heard.clauses {
		negative, positive = max(negative, p[0]), max(positive, p[2])
	}
	return min(negative, positive) >= eachInClause
}

// moved moves the probabilities of a part by what moves those of the whole from
// one estimate to another, in log odds, but not by more than farthest: what makes
// little of a sure whole would make everything of a doubtful part.
func moved(part, from, to sentiment.Probabilities) sentiment.Probabilities {
	const least, farthest = 1e-4, 6
	var sum float64
	for c := range part {
		ratio := max(to[c], least) / max(from[c], least)
		part[c] = max(part[c], least) * min(farthest, max(1./farthest, ratio))
		sum += part[c]
	}
	for c := range part {
		part[c] /= sum
	}
	return part
}

// clauses hears each clause on its own.
func (d *deep) clauses(ctx context.Context, h *hearing) error {
	p := &h.deep
	at := 0
	for at < len(p.pieces) && p.pieces[at].sentence < 0 {
		at++
	}
	for c := range h.body.Clauses {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := h.body.Span(h.body.Clauses[c].Range).End
		from := at
		for at < len(p.pieces) && p.pieces[at].Start < end {
			at++
		}
		if at == from || !speaks(h.body.Tokens[h.body.Clauses[c].From:h.body.Clauses[c].To]) {
			continue
		}
		z, err := d.run(p, token.Range{From: from, To: min(at, from+windowIDs-2)})
		if err != nil {
			return err
		}
		h.heard.clauses[c] = softmax3(z)
	}
	return nil
}

// read cuts the title and each sentence into word pieces.
func (p *deepHearing) read(w *encoder.WordPiece, doc *Document, h *hearing) {
	p.pieces = p.pieces[:0]
	if len(h.title.Sentences) > 0 {
		p.add(w, doc.Title, token.Span{Start: 0, End: len(doc.Title)}, -1)
		if len(p.pieces) > 0 {
			p.add(w, ".", token.Span{Start: 0, End: 1}, -1)
		}
	}
	for i, s := range h.body.Sentences {
		p.add(w, doc.Text, h.body.Span(s.Range), i)
	}
}

func (p *deepHearing) add(w *encoder.WordPiece, text string, span token.Span, sentence int) {
	cleaned := encoder.Clean(text[span.Start:span.End])
	p.cut = w.Append(p.cut[:0], cleaned.Text)
	for _, c := range p.cut {
		start, end := cleaned.Source(c.Start, c.End)
		p.pieces = append(p.pieces, piece{encoder.Piece{ID: c.ID, Start: span.Start + start, End: span.Start + end}, sentence})
	}
}

// windows hears the document and returns the logits of the whole: the mean of its
// windows' by their lengths.
func (d *deep) windows(ctx context.Context, p *deepHearing) (logits [3]float64, err error) {
	var total float64
	ranges := p.ranges()
	for i, r := range ranges {
		if err := ctx.Err(); err != nil {
			return logits, err
		}
		z, err := d.run(p, r)
		if err != nil {
			return logits, err
		}
		weight := float64(r.To - r.From)
		if i > 0 && i == len(ranges)-1 {
			weight *= closingWeight
		}
		total += weight
		for c := range z {
			logits[c] += weight * z[c]
		}
	}
	for c := range logits {
		logits[c] /= max(1, total)
	}
	return logits, nil
}

// ranges parts the pieces into windows of whole sentences; one that is too long
// by itself is cut. Of many windows the first and the last are kept.
func (p *deepHearing) ranges() []token.Range {
	const most = windowIDs - 2
	var out []token.Range
	from, end := 0, 0 // the open window, and the end of its last whole sentence
	for i := range p.pieces {
		if i > from && p.pieces[i].sentence != p.pieces[i-1].sentence {
			end = i
		}
		if i-from == most {
			if end <= from {
				end = i
			}
			out = append(out, token.Range{From: from, To: end})
			from = end
		}
	}
	if from < len(p.pieces) || len(out) == 0 {
		out = append(out, token.Range{From: from, To: len(p.pieces)})
	}
	if len(out) > firstWindows+lastWindows {
		out = append(out[:firstWindows], out[len(out)-lastWindows:]...)
	}
	return out
}

// run runs the encoder over some of the pieces.
func (d *deep) run(p *deepHearing, r token.Range) (logits [3]float64, err error) {
	p.window = p.window[:0]
	for _, piece := range p.pieces[r.From:r.To] {
		p.window = append(p.window, piece.Piece)
	}
	p.ids = d.wordpiece.IDs(p.ids[:0], p.window)
	p.outputs[0].Name = "logits"
	p.passes++
	if err := d.session.Run(p.ids, p.outputs[:]); err != nil {
		return logits, err
	}
	if got := len(p.outputs[0].Data); got != len(logits) {
		return logits, fmt.Errorf("the model gives %d logits for a text instead of %d", got, len(logits))
	}
	for c := range logits {
		logits[c] = float64(p.outputs[0].Data[c])
	}
	return logits, nil
}

func softmax3(z [3]float64) sentiment.Probabilities {
	return sentiment.Logits{z[0] - z[1], z[2] - z[1]}.Softmax(deepTemperature)
}
