// Package phrase finds the noun phrases of an English text: what it names.
//
// The steps, in order: the text is cut into words with their parts of speech
// (package speech), runs of adjectives and nouns that end in a noun are taken
// (Justeson and Katz 1995), words that say nothing are cut off at both ends, each
// phrase is found again in the text, and its last word made singular.
package phrase

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"earshot/nlp/speech"
	"earshot/nlp/token"
)

const (
	// fewest and most are the words of a phrase: one word is no phrase, and long
	// ones do not come again.
	fewest, most = 2, 4
	// longest is how much of a text is read, in bytes.
	longest = 4000
)

// Phrase is a noun phrase.
type Phrase struct {
	Text       string // in small letters, its last word in the singular
	token.Span        // of the text
}

// Beginning is the part of a text that Find reads: up to 4,000 bytes.
func Beginning(text string) string {
	if len(text) <= longest {
		return text
	}
	end := longest
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// Find finds the phrases of the beginning of a text in their order; each place once.
func Find(text string) ([]Phrase, error) {
	text = Beginning(text)
	words, err := speech.Tags(text)
	if err != nil {
		return nil, err
	}
	var out []Phrase
	at := 0
	places := make([]token.Span, len(words))
	for i, w := range words {
		// The words come without their places, but in order.
		if n := strings.Index(text[at:], w.Text); n >= 0 {
			places[i] = token.Span{Start: at + n, End: at + n + len(w.Text)}
			at = places[i].End
		}
	}
	for from := 0; from < len(words); {
		to := from
		for to < len(words) && nominal(words[to]) && adjacent(text, places, from, to) {
			to++
		}
		if p, ok := phraseOf(text, words[from:to], places[from:to]); ok {
			out = append(out, p)
		}
		from = max(to, from+1)
	}
	return out, nil
}

// adjacent tells whether nothing but a blank or a hyphen stands before word i of a
// run that begins at from.
func adjacent(text string, places []token.Span, from, i int) bool {
	if places[i].End == 0 {
		return false
	}
	if i == from {
		return true
	}
	between := text[places[i-1].End:places[i].Start]
	return between == " " || between == "-"
}

// nominal tells whether a word may be part of a noun phrase.
func nominal(w speech.Word) bool {
	switch w.Tag {
	case "NN", "NNS", "NNP", "NNPS", "JJ":
	default:
		return false
	}
	for _, r := range w.Text {
		if !unicode.IsLetter(r) && r != '-' && r != '\'' {
			return false
		}
	}
	return len(w.Text) > 1
}

// phraseOf makes the phrase of a run, without the words at its ends that say
// nothing.
func phraseOf(text string, words []speech.Word, places []token.Span) (Phrase, bool) {
	for len(words) > 0 && empty(words[0].Text) {
		words, places = words[1:], places[1:]
	}
	for len(words) > 0 && (!strings.HasPrefix(words[len(words)-1].Tag, "NN") || empty(words[len(words)-1].Text)) {
		words, places = words[:len(words)-1], places[:len(places)-1]
	}
	if len(words) > most { // its last words are its head
		words, places = words[len(words)-most:], places[len(places)-most:]
	}
	if len(words) < fewest {
		return Phrase{}, false
	}
	p := Phrase{Span: token.Span{Start: places[0].Start, End: places[len(places)-1].End}}
	for i, w := range words {
		part := strings.ToLower(w.Text)
		if i > 0 {
			p.Text += " "
		}
		if i == len(words)-1 {
			part = singular(part, w.Tag)
		}
		p.Text += part
	}
	return p, !bracketed(text, p.Span)
}

// bracketed tells whether a phrase is what stands for something hidden: "[name]".
func bracketed(text string, s token.Span) bool {
	return s.Start > 0 && text[s.Start-1] == '[' && s.End < len(text) && text[s.End] == ']'
}

func singular(word, tag string) string {
	if tag != "NNS" && tag != "NNPS" {
		return word
	}
	switch {
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "shes"):
		return word[:len(word)-2]
	case strings.HasSuffix(word, "ss"), strings.HasSuffix(word, "us"), strings.HasSuffix(word, "is"):
		return word
	}
	return strings.TrimSuffix(word, "s")
}

// empty tells whether a word says too little to begin or end a phrase.
func empty(word string) bool {
	switch strings.ToLower(word) {
	case "same", "other", "such", "own", "last", "next", "first", "second", "many", "few", "several", "more", "much", "less", "most",
		"good", "great", "bad", "nice", "new", "old", "whole", "entire", "full", "single", "different", "certain", "able", "sure", "due",
		"thing", "things", "time", "times", "day", "days", "week", "weeks", "month", "months", "year", "years", "hour", "hours", "minute", "minutes",
		"lot", "lots", "way", "ways", "bit", "kind", "sort", "part", "end", "fact", "case", "people", "person", "one", "ones", "anyone", "someone",
		"today", "yesterday", "tomorrow", "morning", "afternoon", "evening", "night", "dear", "sir", "madam", "hi", "hello", "please", "thanks", "thank",
		"xxxx", "xx", "i", "im", "ive", "dont", "cant", "didnt", "lol", "omg", "etc":
		return true
	}
	return false
}
