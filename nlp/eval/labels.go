package eval

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"earshot/nlp"
)

// words are the labels that are words; case does not count.
var words = map[string]nlp.Label{
	"negative": nlp.Negative, "neg": nlp.Negative,
	"neutral": nlp.Neutral, "neu": nlp.Neutral,
	"positive": nlp.Positive, "pos": nlp.Positive,
	"mixed": Mixed,
}

// Labels says what the labels of a file mean where they don't say so
// themselves. Nil says nothing.
type Labels map[string]nlp.Label

// ParseLabels parses pairs such as "0=negative,4=positive".
func ParseLabels(pairs string) (Labels, error) {
	labels := Labels{}
	for pair := range strings.SplitSeq(pairs, ",") {
		name, meaning, _ := strings.Cut(pair, "=")
		name = normal(name)
		label, ok := words[normal(meaning)]
		switch {
		case name == "" || !ok:
			return nil, fmt.Errorf("%q is not a label, = and one of negative, neutral, positive, mixed, as in 0=negative,4=positive", pair)
		case labels[name] != "" && labels[name] != label:
			return nil, fmt.Errorf("%q is given two meanings", name)
		}
		labels[name] = label
	}
	return labels, nil
}

// number is what makes a label a place on a scale.
var number = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

// normal is a label as it is compared: "Positive " is positive, "4.0" is 4.
func normal(raw string) string {
	label := strings.ToLower(strings.TrimSpace(raw))
	if number.MatchString(label) && strings.Contains(label, ".") {
		label = strings.TrimSuffix(strings.TrimRight(label, "0"), ".")
	}
	return label
}

// known reports whether raw, the first cell of a file, is a label and not the
// name of a column.
func (l Labels) known(raw string) bool {
	name := normal(raw)
	return l[name] != "" || words[name] != "" || number.MatchString(name)
}

// scale is one way to read numbers as labels.
type scale struct {
	name   string
	labels Labels
}

// stars is the scale of ratings: four stars recommend, three do not say.
var stars = scale{"1–5 (stars)", Labels{
	"1": nlp.Negative, "2": nlp.Negative, "3": nlp.Neutral, "4": nlp.Positive, "5": nlp.Positive,
}}

// scales are all that are known.
var scales = []scale{
	{"0/1/2 (negative, neutral, positive)", Labels{"0": nlp.Negative, "1": nlp.Neutral, "2": nlp.Positive}},
	{"0/1 (negative, positive)", Labels{"0": nlp.Negative, "1": nlp.Positive}},
	stars,
}

// seen is a label that is a number and the first line that has it.
type seen struct {
	label string // normal
	line  int
}

// told is the scale that the numbers of a file are on, told from all of them:
// one that has every number, and of which every number occurs if others have
// them all too. Where several are left they must agree. Otherwise it returns
// the number that decides against it, and the problem with it.
func told(numbers []seen, possible []scale) (scale, *seen, string) {
	for i, n := range numbers {
		possible = slices.DeleteFunc(slices.Clone(possible), func(s scale) bool { return s.labels[n.label] == "" })
		if len(possible) > 0 {
			continue
		}
		with := ""
		if i > 0 {
			with = " together with " + list(numbers[:i])
		}
		return scale{}, &n, fmt.Sprintf("is on no known scale%s; say what each label means, as in --labels %s", with, pairs(numbers, nil))
	}
	complete := slices.IndexFunc(possible, func(s scale) bool { return len(s.labels) == len(numbers) })
	if complete >= 0 {
		return possible[complete], nil, ""
	}
	for _, n := range numbers {
		for _, other := range possible[1:] {
			if other.labels[n.label] != possible[0].labels[n.label] {
				return scale{}, &n, fmt.Sprintf("may be on the scale %s or %s, where the file has only %s; say which, as in --labels %s",
					possible[0].name, other.name, list(numbers), pairs(numbers, other.labels))
			}
		}
	}
	return possible[0], nil, ""
}

// list names numbers, in their order as text.
func list(numbers []seen) string {
	names := map[string]bool{}
	for _, n := range numbers {
		names[n.label] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

// pairs is an example of what --labels may be for the numbers.
func pairs(numbers []seen, labels Labels) string {
	var all []string
	for _, n := range numbers {
		label := labels[n.label]
		if label == "" {
			label = "…"
		}
		all = append(all, n.label+"="+string(label))
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}
