package nlp

import (
	"math"

	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
	"earshot/nlp/token"
)

// hearFast hears with the fast tier: the evidence in clauses, added up to that of
// sentences, of turns and of the text.
func (a *Analyzer) hearFast(h *hearing) {
	m := a.fast
	temperature := m.TemperatureOf(h.language)
	var text sentiment.Evidence
	h.tagSum.Reset()
	h.titleSums = m.Sums(h.titleSums[:0], h.extractor, &h.features, &h.title)
	a.tags.Add(&h.tagSum, &h.features)
	for _, s := range h.titleSums {
		text[sentiment.Title].Add(s)
	}
	h.sums = m.Sums(h.sums[:0], h.extractor, &h.features, &h.body)
	a.tags.Add(&h.tagSum, &h.features)
	sentiment.Gather(&text, &h.body, h.sums)

	out := &h.heard
	out.text = m.Judge(&text).Softmax(temperature)
	out.clauses = out.clauses[:0]
	for i, s := range h.sums {
		said := silent
		if c := h.body.Clauses[i]; speaks(h.body.Tokens[c.From:c.To]) {
			said = m.JudgeAlone(s).Softmax(temperature)
		}
		out.clauses = append(out.clauses, said)
	}
	h.gather()
}

// gather makes the sentences and turns of the clauses: the mean of their logits,
// by their lengths.
func (h *hearing) gather() {
	out := &h.heard
	out.sentences, out.turns = out.sentences[:0], out.turns[:0]
	eachTurn(h.body.Sentences, func(sentences []segment.Sentence) {
		var turn balance
		for _, s := range sentences {
			var sentence balance
			for c := s.Clauses.From; c < s.Clauses.To; c++ {
				clause := h.body.Clauses[c]
				sentence.add(out.clauses[c], float64(clause.To-clause.From))
			}
			out.sentences = append(out.sentences, sentence.mean())
			turn.add(sentence.mean(), sentence.weight)
		}
		out.turns = append(out.turns, turn.mean())
	})
}

// balance is a mean of probabilities in log odds.
type balance struct {
	logs   sentiment.Probabilities
	weight float64
}

func (b *balance) add(p sentiment.Probabilities, weight float64) {
	const least = 1e-4
	for c := range p {
		b.logs[c] += weight * math.Log(max(p[c], least))
	}
	b.weight += weight
}

// sum is the balance where the weights are shares that add up to 1.
func (b *balance) sum() sentiment.Probabilities {
	return sentiment.Logits{b.logs[0] - b.logs[1], b.logs[2] - b.logs[1]}.Softmax(1)
}

func (b *balance) mean() sentiment.Probabilities {
	w := max(1, b.weight)
	return sentiment.Logits{(b.logs[0] - b.logs[1]) / w, (b.logs[2] - b.logs[1]) / w}.Softmax(1)
}

// eachTurn calls do with the sentences of each part of a text.
func eachTurn(sentences []segment.Sentence, do func([]segment.Sentence)) {
	for from := 0; from < len(sentences); {
		to := from + 1
		for to < len(sentences) && sentences[to].Part == sentences[from].Part {
			to++
		}
		do(sentences[from:to])
		from = to
	}
}

// says tells whether there is anything in the document that sentiment can be
// heard in.
func says(h *hearing) bool { return speaks(h.body.Tokens) || speaks(h.title.Tokens) }

// speaks tells whether a word or an emoji is among tokens: numbers, addresses and
// marks alone say nothing.
func speaks(tokens []token.Token) bool {
	for i := range tokens {
		switch tokens[i].Kind {
		case token.Word, token.Hashtag, token.Emoji, token.Emoticon:
			return true
		}
	}
	return false
}
