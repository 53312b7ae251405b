package taxonomy

import "slices"

// The bounds of what the optional words and alternatives of one part of a rule
// make, and of all rules of a pack.
const (
	manySequences    = 512 // from here on words are condensed
	maxSequences     = 4096
	maxPackSequences = 400_000
	maxLength        = 24 // words of one sequence
)

// check expands the parts of a rule and refuses one that could match everything.
func (t *tree) check(p *ruleParser) error {
	specific := t.atStart && t.atEnd
	for i, part := range t.chain {
		all, err := p.sequences(part)
		if err != nil {
			return err
		}
		t.parts = append(t.parts, all)
		narrow := true
		for _, s := range all {
			switch {
			case len(s) == 0 && len(t.chain) > 1:
				return p.rule.within(t.chain[i][0].at, "rule of %s: this part may be absent, so it says nothing: take it out, or leave one word without ?", p.topic)
			case len(s) == 0:
				return p.rule.within(t.chain[i][0].at, "rule of %s could match everything: every word of it is optional; leave one without ?", p.topic)
			}
			narrow = narrow && isSpecific(s)
		}
		specific = specific || narrow
	}
	if !specific {
		return p.rule.within(t.chain[0][0].at, "rule of %s could match everything: add a word that says what it is about", p.topic)
	}
	for _, a := range t.absent {
		all, err := p.sequences(a.phrase)
		if err != nil {
			return err
		}
		for _, s := range all {
			if len(s) == 0 {
				return p.rule.within(a.phrase[0].at, "rule of %s: every word after NOT is optional; leave one without ?", p.topic)
			}
		}
		t.without = append(t.without, all)
	}
	t.chain, t.absent = nil, trimmed(t.absent)
	return nil
}

// trimmed are absences without their phrases, which have been expanded.
func trimmed(all []absence) []absence {
	for i := range all {
		all[i].phrase = nil
	}
	return all
}

// isSpecific tells whether a sequence has a word that says something.
func isSpecific(s sequence) bool {
	if len(s) == 1 {
		return !slices.ContainsFunc(s[0].members(), func(t term) bool {
			return t.kind >= termNumber || t.kind <= termExact && slices.Contains(commonest[:], t.form)
		})
	}
	return slices.ContainsFunc(s, func(t term) bool { return t.kind < termNumber })
}

// commonest are words that stand in almost every text: no rule by themselves.
var commonest = [...]string{"a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "for", "is", "be", "i", "it", "we", "you", "my", "this", "that", "with", "have", "do"}

// sequences are all sequences of terms that a phrase stands for, each once. Where
// there would be many, alternatives of one word each become one term.
func (p *ruleParser) sequences(part phrase) ([]sequence, error) {
	options := make([][]sequence, len(part))
	product := 1
	for i, e := range part {
		options[i] = []sequence{{e.term}}
		if e.alternatives != nil {
			options[i] = nil
			for _, a := range e.alternatives {
				more, err := p.sequences(a)
				if err != nil {
					return nil, err
				}
				options[i] = append(options[i], more...)
			}
			options[i] = uncovered(options[i])
		}
		if e.optional {
			options[i] = append(options[i], nil)
		}
		product = min(product*len(options[i]), 2*maxSequences)
	}
	if product > manySequences {
		for i := range options {
			options[i] = condensed(options[i])
		}
	}
	all := []sequence{nil}
	for i, e := range part {
		if len(all)*len(options[i]) > maxSequences {
			return nil, p.rule.within(e.at, "rule of %s: its alternatives make more than %d phrases: divide it into several rules", p.topic, maxSequences)
		}
		next := make([]sequence, 0, len(all)*len(options[i]))
		for _, s := range all {
			for _, o := range options[i] {
				if len(s)+len(o) > maxLength {
					return nil, p.rule.within(e.at, "rule of %s: a phrase of more than %d words", p.topic, maxLength)
				}
				next = append(next, slices.Concat(s, o))
			}
		}
		all = next
	}
	slices.SortFunc(all, compareSequences)
	return slices.CompactFunc(all, func(a, b sequence) bool { return slices.Equal(a, b) }), nil
}

// uncovered are options without the words whose forms all are forms of others:
// beside "charge", "charged" makes more phrases and finds no more.
func uncovered(options []sequence) []sequence {
	count := map[string]int{}    // of a form: how many options have it
	spelt := map[term][]string{} // of the words among them
	for _, s := range options {
		if isSingleWord(s) {
			forms := s[0].spellings()
			spelt[s[0]] = forms
			for _, f := range forms {
				count[f]++
			}
		}
	}
	return slices.DeleteFunc(options, func(s sequence) bool {
		if !isSingleWord(s) {
			return false
		}
		forms := spelt[s[0]]
		if slices.ContainsFunc(forms, func(f string) bool { return count[f] < 2 }) {
			return false
		}
		for _, f := range forms {
			count[f]--
		}
		return true
	})
}

func isSingleWord(s sequence) bool { return len(s) == 1 && s[0].kind <= termExact }

// condensed are options with those of one word made one.
func condensed(options []sequence) []sequence {
	var words []term
	var rest []sequence
	for _, s := range options {
		if len(s) == 1 && s[0].kind <= termClass && s[0].kind != termCased {
			words = append(words, s[0].members()...)
		} else {
			rest = append(rest, s)
		}
	}
	if len(words) < 2 {
		return options
	}
	return append(rest, sequence{classOf(words)})
}

func compareSequences(a, b sequence) int { return slices.CompareFunc(a, b, compareTerms) }
