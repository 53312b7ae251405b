package painpoints

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote is what a customer said of a topic, and in which item.
type Quote struct {
	Source, ID, Customer string
	Text                 string
}

const (
	shownQuotes = 3
	commonWords = 50 // that are most frequent over all topics and speak for none
	shortWord   = 3  // letters; shorter ones don't count
)

// chooser chooses quotes whose words are most those of all that is said against a topic,
// apart from words that every topic has. The loudest is not chosen for being loud.
type chooser struct{ common map[string]bool }

func newChooser(tallies []Tally) *chooser {
	counts := map[string]int{}
	for i := range tallies {
		for _, q := range tallies[i].Sample {
			for _, w := range wordsOf(q.Text) {
				counts[w]++
			}
		}
	}
	words := make([]string, 0, len(counts))
	for w := range counts {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	c := &chooser{common: map[string]bool{}}
	for _, w := range words[:min(len(words), commonWords)] {
		c.common[w] = true
	}
	return c
}

// Representative chooses up to most quotes that say what the sample says, of different
// people who don't say the same.
func Representative(sample []Quote, most int) []Quote {
	return new(chooser).choose(sample, most)
}

// from chooses up to three quotes of different people who don't say the same.
func (c *chooser) from(sample []Quote) []Quote { return c.choose(sample, shownQuotes) }

func (c *chooser) choose(sample []Quote, most int) []Quote {
	type candidate struct {
		Quote
		agreement float64
	}
	counts := map[string]int{}
	words := make([][]string, len(sample))
	for i, q := range sample {
		words[i] = wordsOf(q.Text)
		for _, w := range words[i] {
			counts[w]++
		}
	}
	ranked := make([]candidate, len(sample))
	for i, q := range sample {
		sum := 0
		for _, w := range words[i] {
			if !c.common[w] {
				sum += counts[w]
			}
		}
		ranked[i] = candidate{q, float64(sum) / float64(len(sample)) / math.Sqrt(float64(len(words[i])+3))}
	}
	slices.SortFunc(ranked, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.agreement, a.agreement), cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text))
	})
	var chosen []Quote
	people, texts := map[string]bool{}, map[string]bool{}
	for _, q := range ranked {
		who, text := cmp.Or(q.Customer, q.Source+"/"+q.ID), strings.ToLower(q.Text)
		if !people[who] && !texts[text] {
			chosen = append(chosen, q.Quote)
		}
		people[who], texts[text] = true, true
		if len(chosen) == most {
			break
		}
	}
	return chosen
}

// wordsOf are the words of a text, each once, in lower case.
func wordsOf(text string) []string {
	var words []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if utf8.RuneCountInString(w) >= shortWord && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}
