package taxonomy

import (
	"cmp"
	"slices"
	"strings"

	"earshot/nlp/token"
)

// termKind says what of a text a term stands for.
type termKind uint8

const (
	termWord   termKind = iota // any inflection of the word
	termExact                  // this form
	termPrefix                 // any word that begins so
	termCased                  // this form as it is written
	termClass                  // any of several words
	termNumber                 // the rest are kinds of token
	termPrice
	termTime
	termURL
	termEmoji
)

// term is the smallest part of a rule: what one word of a text can be.
type term struct {
	kind termKind
	form string // in normal form; of termCased as written; of termClass see classOf
}

func compareTerms(a, b term) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), strings.Compare(a.form, b.form))
}

// classOf is the term that stands for any of several, which are words, exact forms
// or prefixes. Its form lists theirs, each behind the digit of its kind.
func classOf(members []term) term {
	slices.SortFunc(members, compareTerms)
	var form strings.Builder
	for _, t := range slices.Compact(members) {
		form.WriteByte('0' + byte(t.kind))
		form.WriteString(t.form)
		form.WriteByte('\n')
	}
	return term{termClass, form.String()}
}

// members are the terms that a class stands for; of another term itself.
func (t term) members() []term {
	if t.kind != termClass {
		return []term{t}
	}
	var all []term
	for line := range strings.Lines(t.form) {
		all = append(all, term{termKind(line[0] - '0'), strings.TrimSuffix(line[1:], "\n")})
	}
	return all
}

// sequence is terms that follow one another.
type sequence []term

// tokenTerm is the term of a keyword, as NUM.
func tokenTerm(word string) (term, bool) {
	switch word {
	case "NUM":
		return term{kind: termNumber}, true
	case "PRICE":
		return term{kind: termPrice}, true
	case "TIME":
		return term{kind: termTime}, true
	case "URL":
		return term{kind: termURL}, true
	case "EMOJI":
		return term{kind: termEmoji}, true
	}
	return term{}, false
}

// ofToken is the kind of term that stands for every token of a kind.
func ofToken(k token.Kind) (termKind, bool) {
	switch k {
	case token.Number:
		return termNumber, true
	case token.Price:
		return termPrice, true
	case token.Time:
		return termTime, true
	case token.URL:
		return termURL, true
	case token.Emoji, token.Emoticon:
		return termEmoji, true
	}
	return 0, false
}

const minPrefix = 2 // letters before the *

// wordTerms are the terms of a word of a rule; several where it is cut as texts
// are: "wi-fi".
func wordTerms(rule text, topic string, l lexeme) ([]term, error) {
	if t, ok := tokenTerm(l.text); ok {
		return []term{t}, nil
	}
	word, exact := strings.CutPrefix(l.text, "=")
	word, prefix := strings.CutSuffix(word, "*")
	switch {
	case prefix && len([]rune(word)) < minPrefix:
		return nil, rule.within(l.at, "rule of %s: %q would match almost any word: expected %d letters or more before the *", topic, l.text, minPrefix)
	case strings.Contains(word, "*"):
		return nil, rule.within(l.at, "rule of %s: %q: * stands at the end of a word only; a word that is written so stands in double quotes", topic, l.text)
	}
	terms := spelt(word, func(kind token.Kind, form, _ string) term {
		if exact || kind != token.Word {
			return term{termExact, form}
		}
		return term{termWord, form}
	})
	if len(terms) == 0 {
		return nil, rule.within(l.at, "rule of %s: %q has no word in it: punctuation is skipped in texts", topic, l.text)
	}
	if prefix {
		last := &terms[len(terms)-1]
		last.kind = termPrefix
	}
	return terms, nil
}

// quotedTerms are the terms of what stands in double quotes.
func quotedTerms(rule text, topic string, l lexeme) ([]term, error) {
	terms := spelt(l.text, func(_ token.Kind, _, raw string) term { return term{termCased, raw} })
	if len(terms) == 0 {
		return nil, rule.within(l.at, "rule of %s: \"%s\" has no word in it: expected one between the quotes", topic, l.text)
	}
	return terms, nil
}

// spelt makes a term of each form of a text.
func spelt(text string, make func(kind token.Kind, form, raw string) term) []term {
	var s speller
	tokens := token.Append(nil, text)
	s.read(text, tokens, token.Range{To: len(tokens)})
	var terms []term
	for _, f := range s.forms {
		form := string(s.buf[f.from:f.to])
		raw := text[f.raw.Start:f.raw.End]
		if raw == "" {
			raw = form
		}
		terms = append(terms, make(f.kind, form, raw))
	}
	return terms
}

// normal is the form under which a cased term is looked up.
func (t term) normal() string {
	if t.kind != termCased {
		return t.form
	}
	var s speller
	s.fold(t.form, 0, keepTwo)
	return string(s.buf)
}
