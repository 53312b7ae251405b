package lane

import "context"

const (
	// folds is how many parts the examples are cut into; each is judged by what
	// was learned from the others.
	folds = 5
	// judgedEnough is how many judged texts are enough: of larger sets not every
	// fold is held out, since each costs a training.
	judgedEnough = 1500
)

// judgement is the logits of a held-out text by n-grams and by features, nil
// without, and the label it has.
type judgement struct {
	label         int
	ngrams, dense []float64
}

// heldOut judges texts by weights that never saw them.
func (l *learner) heldOut(ctx context.Context, items []item, examples []example) ([]judgement, error) {
	fold := foldsOf(items)
	var judged []judgement
	for held := range folds {
		if len(judged) >= judgedEnough {
			break
		}
		var learned, kept []*example
		for i := range examples {
			if fold[i] == held {
				kept = append(kept, &examples[i])
			} else {
				learned = append(learned, &examples[i])
			}
		}
		if len(kept) == 0 || len(learned) == 0 {
			continue
		}
		words, dense, err := l.learn(ctx, learned)
		if err != nil {
			return nil, err
		}
		for _, e := range kept {
			j := judgement{label: e.label, ngrams: make([]float64, l.labels)}
			words.logits(j.ngrams, e)
			if dense != nil && len(e.features) > 0 {
				j.dense = make([]float64, l.labels)
				dense.logits(j.dense, e.features)
			}
			judged = append(judged, j)
		}
	}
	return judged, nil
}

// withFeatures are the judgements by both.
func withFeatures(judged []judgement) []judgement {
	var both []judgement
	for _, j := range judged {
		if j.dense != nil {
			both = append(both, j)
		}
	}
	return both
}

// foldsOf deals the items, which are in the order of byKey, out to folds: every
// label to all of them, texts that are the same but for marks to one. Labels begin
// at different folds, so that small labels don't all lie in the first.
func foldsOf(items []item) []int {
	fold := make([]int, len(items))
	next := 0
	for i := range items {
		if i > 0 && (items[i].label != items[i-1].label || items[i].key != items[i-1].key) {
			next = (next + 1) % folds
		}
		fold[i] = next
	}
	return fold
}
