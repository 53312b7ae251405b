package sentiment

import "earshot/nlp/segment"

// Gather adds up the sums of clauses, one for each of t's clauses, into the
// evidence of the whole by the role of their sentences.
func Gather(e *Evidence, t *segment.Text, sums []Sum) {
	for i, s := range t.Sentences {
		role := Body
		if i > 0 && i == len(t.Sentences)-1 {
			role = Last
		}
		for c := s.Clauses.From; c < s.Clauses.To; c++ {
			e[role].Add(sums[c])
		}
	}
}
