package lane

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Item is a labelled text.
type Item struct {
	Label string
	Text  string
	// Features are the encoder's of the text: as many of each item, or nil of one
	// that the encoder doesn't hear. Where fewer than half of the items have them,
	// none are learned from.
	Features []float32
}

const (
	// mostItems, mostLabels and mostNGrams bound the memory of training: 200,000
	// short texts are about a gigabyte.
	mostItems  = 200_000
	mostLabels = 1000
	mostNGrams = 64 << 20
)

// errTooLong says that texts are too long altogether.
var errTooLong = fmt.Errorf("the texts hold more than %d million n-grams: train on a sample, or on shorter texts", mostNGrams>>20)

// item is an Item that was checked.
type item struct {
	Item
	label int
	key   uint64 // of the text, the same for two that differ in marks and spaces alone
}

// checked numbers the labels in the order of their names and drops items that
// occur twice. The error names what nothing can be learned from.
func checked(all []Item) (items []item, labels []string, err error) {
	if len(all) > mostItems {
		return nil, nil, fmt.Errorf("%d texts are more than a lane learns from (%d): train on a sample", len(all), mostItems)
	}
	features, having := 0, 0
	count := map[string]int{}
	seen := map[item2]bool{}
	for i := range all {
		it := item{Item: all[i], key: keyOf(all[i].Text)}
		it.Label = strings.TrimSpace(it.Label)
		switch {
		case it.Label == "":
			return nil, nil, fmt.Errorf("item %d has no label", i+1)
		case strings.TrimSpace(it.Text) == "":
			return nil, nil, fmt.Errorf("item %d, of label %q, has no text", i+1, it.Label)
		case len(it.Features) == 0:
		case features == 0:
			features = len(it.Features)
		case len(it.Features) != features:
			return nil, nil, fmt.Errorf("item %d has %d features, others have %d", i+1, len(it.Features), features)
		}
		if len(it.Features) > 0 {
			having++
		}
		if same := (item2{it.Label, it.Text}); !seen[same] {
			seen[same] = true
			count[it.Label]++
			items = append(items, it)
		}
	}
	labels = slices.Sorted(maps.Keys(count))
	if err := checkLabels(labels); err != nil {
		return nil, nil, err
	}
	for _, label := range labels {
		if count[label] == 1 {
			return nil, nil, fmt.Errorf("label %q has one example only: a label is learned from two different texts at least, better from twenty", label)
		}
	}
	for i := range items {
		if 2*having < len(all) {
			items[i].Features = nil
		}
		items[i].label, _ = slices.BinarySearch(labels, items[i].Label)
	}
	return items, labels, nil
}

// item2 is what two items that are the same have in common.
type item2 struct{ label, text string }

// checkLabels finds labels that cannot become a lane's topics.
func checkLabels(labels []string) error {
	switch {
	case len(labels) < 2:
		return fmt.Errorf("%d labels: a lane tells at least two apart", len(labels))
	case len(labels) > mostLabels:
		return fmt.Errorf("%d labels are more than a lane tells apart (%d): is the label in the first column?", len(labels), mostLabels)
	}
	topics := map[string]string{}
	for _, label := range labels {
		topic := topicOf(label)
		if other, taken := topics[topic]; taken {
			return fmt.Errorf("labels %q and %q would be one topic, %s: give them one name, or names that differ in letters", other, label, topic)
		}
		topics[topic] = label
	}
	return nil
}

// checkName finds a name that cannot be the first level of a topic.
func checkName(name string) error {
	if name == "" {
		return errors.New("the lane has no name: its labels become topics under it")
	}
	if name != topicOf(name) {
		return fmt.Errorf("name %q: small letters, digits, _ and - only, as in %q", name, topicOf(name))
	}
	return nil
}

// topicOf is a label as part of a topic's name: in small letters, with _ for all
// but letters, digits, _ and -.
func topicOf(label string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' {
			return unicode.ToLower(r)
		}
		return '_'
	}, label)
}

func keyOf(text string) uint64 {
	h := fnv.New64a()
	for _, r := range strings.ToLower(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			_, _ = h.Write([]byte(string(r))) // a hash never fails
		}
	}
	return h.Sum64()
}

// byKey orders items so that the order in which they came plays no part.
func byKey(a, b item) int {
	return cmp.Or(cmp.Compare(a.label, b.label), cmp.Compare(a.key, b.key), cmp.Compare(a.Text, b.Text))
}
