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
	h.titleSums = a.sums(h, h.titleSums[:0], &h.title)
	for _, s := range h.titleSums {
		text[sentiment.Title].Add(s)
	}
	h.sums = a.sums(h, h.sums[:0], &h.body)
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

// sums appends the evidence in each clause of a text, and adds what the text tells of
// tags to the document's. h is left with the features.
func (a *Analyzer) sums(h *hearing, dst []sentiment.Sum, t *segment.Text) []sentiment.Sum {
	f := &h.features
	h.extractor.Text(f, t)
	a.tags.AddWords(&h.tagSum, f.Words)
	var at sentiment.End
	for _, end := range f.Ends {
		s := a.fast.OfWords(f.Words[at.Words:end.Words])
		s.Add(a.spell(h, f.Forms[at.Forms:end.Forms], &h.tagSum))
		dst = append(dst, s)
		at = end
	}
	return dst
}

// gather makes the sentences and turns of the clauses: the mean of their logits,
// by their lengths.
func (h *hearing) gather() {
	out := &h.heard
	out.sentences, out.turns, out.logs = out.sentences[:0], out.turns[:0], out.logs[:0]
	for _, p := range out.clauses {
		out.logs = append(out.logs, logs(p))
	}
	eachTurn(h.body.Sentences, func(sentences []segment.Sentence) {
		var turn balance
		for _, s := range sentences {
			var sentence balance
			for c := s.Clauses.From; c < s.Clauses.To; c++ {
				clause := h.body.Clauses[c]
				sentence.addLogs(out.logs[c], float64(clause.To-clause.From))
			}
			mean := sentence.mean()
			out.sentences = append(out.sentences, mean)
			if h.turns {
				turn.add(mean, sentence.weight)
			}
		}
		if h.turns {
			out.turns = append(out.turns, turn.mean())
		}
	})
}

// balance is a mean of probabilities in log odds.
type balance struct {
	logs   sentiment.Probabilities
	weight float64
}

// logs are the logarithms of probabilities.
func logs(p sentiment.Probabilities) sentiment.Probabilities {
	const least = 1e-4
	for c := range p {
		p[c] = math.Log(max(p[c], least))
	}
	return p
}

func (b *balance) add(p sentiment.Probabilities, weight float64) { b.addLogs(logs(p), weight) }

func (b *balance) addLogs(logs sentiment.Probabilities, weight float64) {
	for c := range logs {
		b.logs[c] += weight * logs[c]
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
