package nlp

import (
	"sort"

	"earshot/nlp/encoder"
	"earshot/nlp/token"
)

// piece is a word piece of the document: of its title (sentence −1) or of a
// sentence.
type piece struct {
	encoder.Piece
	sentence int
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
	p.title = len(p.pieces)
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

// within are the pieces of the text, not of its title, that overlap a span.
func (p *deepHearing) within(span token.Span) token.Range {
	body := p.pieces[p.title:]
	from := p.title + sort.Search(len(body), func(i int) bool { return body[i].End > span.Start })
	rest := p.pieces[from:]
	return token.Range{From: from, To: from + sort.Search(len(rest), func(i int) bool { return rest[i].Start >= span.End })}
}
