package lane

import (
	"cmp"
	"math"
	"slices"

	"earshot/nlp/sentiment"
)

const (
	// bits is the binary logarithm of how many places n-grams are hashed into.
	bits = 22
	// chars is the length of the vector of character n-grams; that of words has
	// length 1.
	chars = 0.7
	// fewestTexts is how many texts an n-gram must occur in to have weights.
	fewestTexts = 2
	// mostWeights bounds rows × labels, and with it the memory of training (four
	// bytes each) and of the model (one byte).
	mostWeights = 32 << 20
)

// run is n-grams that count alike.
type run struct {
	places []uint32
	value  float32
}

// runsOf are a text's n-grams of words and of characters. All n-grams count for
// the length, known or not: a text of which little is known is judged weakly.
func runsOf(f *sentiment.Features) [2]run {
	return [2]run{
		{f.Words, float32(1 / math.Sqrt(float64(max(1, len(f.Words)))))},
		{f.Chars, float32(chars / math.Sqrt(float64(max(1, len(f.Chars)))))},
	}
}

// example is a text as it is learned: the rows of its n-grams in two runs, places
// before the table is known.
type example struct {
	label    int
	runs     [2]run
	features []float32
}

// examplesOf reads texts into n-grams. Texts whose n-grams together are more than
// mostNGrams are an error.
func examplesOf(items []item) ([]example, error) {
	examples := make([]example, len(items))
	var h Scratch
	total := 0
	for i := range items {
		h.read(h.Text(items[i].Text), &h.extractor, sentiment.NewExtractor)
		if total += len(h.features.Words) + len(h.features.Chars); total > mostNGrams {
			return nil, errTooLong
		}
		runs := runsOf(&h.features)
		for r := range runs {
			runs[r].places = slices.Clone(runs[r].places)
		}
		examples[i] = example{label: items[i].label, runs: runs, features: items[i].Features}
	}
	return examples, nil
}

// placesOf are the places that get weights, in ascending order: those of several
// texts, the most frequent where there are too many.
func placesOf(examples []example, labels int) []uint32 {
	texts := make([]uint32, 1<<bits)
	last := make([]uint32, 1<<bits)
	for i := range examples {
		for _, run := range examples[i].runs {
			for _, p := range run.places {
				if last[p] != uint32(i+1) {
					last[p] = uint32(i + 1)
					texts[p]++
				}
			}
		}
	}
	var places []uint32
	for p, n := range texts {
		if n >= fewestTexts {
			places = append(places, uint32(p))
		}
	}
	if most := mostWeights / labels; len(places) > most {
		slices.SortFunc(places, func(a, b uint32) int { return cmp.Or(cmp.Compare(texts[b], texts[a]), cmp.Compare(a, b)) })
		places = places[:most]
		slices.Sort(places)
	}
	return places
}

// toRows replaces places by their rows and drops those without.
func toRows(examples []example, t *table) {
	for i := range examples {
		for r := range examples[i].runs {
			run := &examples[i].runs[r]
			rows := run.places[:0]
			for _, p := range run.places {
				if row, ok := t.row(p); ok {
					rows = append(rows, uint32(row))
				}
			}
			run.places = rows
		}
	}
}
