package lane

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// lessons are messages of three kinds that words tell apart, in different
// sentences: n of each.
func lessons(n int) []Item {
	kinds := []struct {
		label string
		words []string
	}{
		{"card lost", []string{"card", "lost", "stolen", "block", "wallet", "replacement"}},
		{"refund", []string{"refund", "money", "back", "returned", "credited", "repay"}},
		{"Top-up", []string{"top", "up", "balance", "recharge", "add", "funds"}},
	}
	fillers := []string{"please", "my", "the", "yesterday", "again", "still", "can", "you", "help", "with", "about", "today"}
	rng := rand.New(rand.NewPCG(7, 7))
	var items []Item
	for i := range n {
		for _, kind := range kinds {
			text := ""
			for w := range 6 {
				word := fillers[rng.IntN(len(fillers))]
				if w%2 == 0 {
					word = kind.words[rng.IntN(len(kind.words))]
				}
				text += word + " "
			}
			items = append(items, Item{Label: kind.label, Text: fmt.Sprint(text, i)})
		}
	}
	return items
}

// featured gives items features that tell their labels more or less.
func featured(items []Item, noise float64) []Item {
	rng := rand.New(rand.NewPCG(9, 9))
	number := map[string]int{"card lost": 0, "refund": 1, "Top-up": 2}
	for i := range items {
		items[i].Features = make([]float32, 8)
		for k := range items[i].Features {
			items[i].Features[k] = float32(5 + noise*rng.NormFloat64())
		}
		items[i].Features[number[items[i].Label]] += 2
	}
	return items
}

// trained is a lane that learned items.
func trained(t *testing.T, items []Item) (*Model, Report) {
	t.Helper()
	m, report, err := Train(t.Context(), Options{Name: "shop", Seed: 1, Encoder: "ear@1"}, items)
	if err != nil {
		t.Fatal(err)
	}
	return m, report
}
