package nlp

import (
	"context"
	"fmt"
	"math"

	"earshot/nlp/encoder"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

// deepHearing is what is needed to hear one document with the encoder.
type deepHearing struct {
	pieces  []piece
	title   int // how many of them are of the title: the first ones
	cut     []encoder.Piece
	window  []encoder.Piece
	ids     []int64
	outputs []encoder.Output
	passes  int // of the encoder over this document
	// polarity are the logits of what each piece speaks of, heard tells which
	// pieces a window held.
	polarity [][3]float64
	heard    []bool
	headings headings
}

// hear hears a document with the encoder and replaces what the fast tier heard,
// text and clauses alike: one pass over the whole, in windows of whole sentences
// if it is long, gives both. What no window held stays what the fast tier heard.
func (d *deep) hear(ctx context.Context, doc *Document, h *hearing) error {
	said, err := d.hearText(ctx, doc, h)
	if err != nil {
		return err
	}
	switch {
	case len(h.body.Clauses) == 1 && len(h.title.Sentences) == 0:
		h.heard.clauses[0] = said
	case d.heads != nil:
		d.clauses(h)
	default:
		d.lean(said, h)
	}
	h.heard.text = said
	h.gather()
	return nil
}

// clauses reads what each clause says off the pieces that it is made of.
func (d *deep) clauses(h *hearing) {
	for i, c := range h.body.Clauses {
		if !speaks(h.body.Tokens[c.From:c.To]) {
			continue
		}
		if said, ok := d.about(h, h.body.Span(c.Range)); ok {
			h.heard.clauses[i] = said
		}
	}
}

// lean moves the clauses as the fast tier heard them towards what an encoder heard
// that tells nothing of a text's parts.
func (d *deep) lean(said sentiment.Probabilities, h *hearing) {
	h.heard.oneSided = true
	if likeliest(said) == likeliest(h.heard.text) {
		return
	}
	for i, clause := range h.heard.clauses {
		if c := h.body.Clauses[i]; speaks(h.body.Tokens[c.From:c.To]) {
			h.heard.clauses[i] = moved(clause, h.heard.text, said)
		}
	}
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

// about is what the text says about a span of it: the mean of the span's pieces.
// It is not ok where none of them was heard.
func (d *deep) about(h *hearing, span token.Span) (_ sentiment.Probabilities, ok bool) {
	if d.heads == nil {
		return sentiment.Probabilities{}, false
	}
	p := &h.deep
	var z [3]float64
	n := 0.
	for r, i := p.within(span), 0; i < r.To-r.From; i++ {
		if !p.heard[r.From+i] {
			continue
		}
		for c, logit := range p.polarity[r.From+i] {
			z[c] += logit
		}
		n++
	}
	if n == 0 {
		return sentiment.Probabilities{}, false
	}
	return sentiment.Logits{(z[0] - z[1]) / n, (z[2] - z[1]) / n}.Softmax(d.heads.SpanTemperature), true
}

// hearText hears the document as a whole.
func (d *deep) hearText(ctx context.Context, doc *Document, h *hearing) (sentiment.Probabilities, error) {
	h.deep.passes = 0
	h.deep.read(d.wordpiece, doc, h)
	logits, err := d.windows(ctx, &h.deep)
	return softmax3(logits), err
}

// windows hears the document and returns the logits of the whole: the mean of its
// windows' by their lengths.
func (d *deep) windows(ctx context.Context, p *deepHearing) (logits [3]float64, err error) {
	p.polarity = append(p.polarity[:0], make([][3]float64, len(p.pieces))...)
	p.heard = append(p.heard[:0], make([]bool, len(p.pieces))...)
	p.headings.reset(d.heads)
	var total float64
	ranges := p.ranges()
	for i, r := range ranges {
		if err := ctx.Err(); err != nil {
			return logits, err
		}
		if err := d.run(p, r); err != nil {
			return logits, err
		}
		weight := float64(r.To - r.From)
		if i > 0 && i == len(ranges)-1 {
			weight *= closingWeight
		}
		total += weight
		for c := range logits {
			logits[c] += weight * float64(p.outputs[0].Data[c])
		}
		if d.heads != nil {
			p.keep(r)
			p.headings.add(p.outputs, r, weight)
		}
	}
	for c := range logits {
		logits[c] /= max(1, total)
	}
	p.headings.mean(max(1, total))
	return logits, nil
}

// keep remembers what a window said of each of its pieces. The first and the last
// place are those of [CLS] and [SEP].
func (p *deepHearing) keep(r token.Range) {
	said := p.outputs[outputSpans].Data
	for i := r.From; i < r.To; i++ {
		at := 3 * (i - r.From + 1)
		for c := range 3 {
			p.polarity[i][c] = float64(said[at+c])
		}
		p.heard[i] = true
	}
}

// run runs the encoder over some of the pieces; the results are in p.outputs.
func (d *deep) run(p *deepHearing, r token.Range) error {
	p.window = p.window[:0]
	for _, piece := range p.pieces[r.From:r.To] {
		p.window = append(p.window, piece.Piece)
	}
	p.ids = d.wordpiece.IDs(p.ids[:0], p.window)
	if len(p.outputs) == 0 {
		p.outputs = append(p.outputs, d.outputs()...)
	}
	p.passes++
	if err := d.session.Run(p.ids, p.outputs); err != nil {
		return err
	}
	if got := len(p.outputs[0].Data); got != 3 {
		return fmt.Errorf("the model gives %d logits for a text instead of 3", got)
	}
	if d.heads == nil {
		return nil
	}
	return d.heads.check(p.outputs, len(p.ids))
}

func softmax3(z [3]float64) sentiment.Probabilities {
	return sentiment.Logits{z[0] - z[1], z[2] - z[1]}.Softmax(deepTemperature)
}

// softmax turns logits into probabilities at a temperature, in place.
func softmax(z []float64, temperature float64) {
	most := math.Inf(-1)
	for _, v := range z {
		most = max(most, v)
	}
	var sum float64
	for i, v := range z {
		z[i] = math.Exp((v - most) / temperature)
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
}

func sigmoid(z, temperature float64) float64 { return 1 / (1 + math.Exp(-z/temperature)) }
