// Package sentence finds the sentences of a tokenised text.
//
// A sentence ends after a closing mark (". ! ? …" and their like in other
// scripts, with the quotes and brackets that close after it), at a blank line, at
// a line break before a list item, a capital or a speaker's name or after a short
// line, and after emoji where a new sentence clearly starts. Full stops of
// abbreviations, initials, ordinals and list numbers end nothing, nor does an
// ellipsis that goes on in lower case.
package sentence

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"earshot/nlp/token"
)

// Append finds the sentences among the tokens of part and appends them to dst.
// Together they hold every token of it, in order; none is empty. The cost is
// linear in the number of tokens.
func Append(dst []token.Range, text string, tokens []token.Token, part token.Range) []token.Range {
	from, line := part.From, part.From // where the sentence and the line begin
	tokens = tokens[:part.To]
	for i := from; i < len(tokens); i++ {
		if tokens[i].Has(token.Broken) {
			if i > from && startsLine(text, tokens, line, i) {
				dst = append(dst, token.Range{From: from, To: i})
				from = i
			}
			line = i
		}
		if (tokens[i].Kind == token.Punct || tokens[i].Kind == token.Emoji || tokens[i].Kind == token.Emoticon) && ends(text, tokens, from, i) {
			dst = append(dst, token.Range{From: from, To: i + 1})
			from = i + 1
		}
	}
	if from < len(tokens) {
		dst = append(dst, token.Range{From: from, To: len(tokens)})
	}
	return dst
}

// margin is the length in bytes from which on a line may have been broken for its
// length alone.
const margin = 40

// startsLine tells whether a sentence starts at token i because of the line
// break before it; the line before began at token line.
func startsLine(text string, tokens []token.Token, line, i int) bool {
	t := tokens[i]
	if t.Has(token.Blank) || t.Kind != token.Word && t.Kind != token.Punct || bullet(text, t) {
		return true
	}
	if t.Kind == token.Word && i+1 < len(tokens) && !tokens[i+1].Has(token.Spaced) && tokens[i+1].Of(text) == ":" {
		return true // a speaker
	}
	before := tokens[i-1]
	if t.Kind == token.Word && startsLower(text, t) {
		// A text that was broken at a margin goes on in lower case; in chats and
		// notes each line is one by itself.
		return before.End-tokens[line].Start < margin && before.Of(text) != ","
	}
	return t.Kind == token.Word || !closes(text, t)
}

func bullet(text string, t token.Token) bool {
	switch t.Of(text) {
	case "-", "*", "•", "–", "—", "·", "+", "->", ">", "■", "●":
		return true
	}
	return false
}

// ends tells whether the sentence that began at token from ends with token i.
func ends(text string, tokens []token.Token, from, i int) bool {
	if i+1 == len(tokens) {
		return true
	}
	t, next := tokens[i], tokens[i+1]
	if t.Kind != token.Punct {
		return next.Kind == token.Word && next.Has(token.Spaced|token.Title) && i > from
	}
	switch mark := endMark(text, t); mark {
	case 0:
		// quotes and brackets after the closing mark
		return i > from && next.Has(token.Spaced) && endMark(text, tokens[i-1]) != 0 && closes(text, t) && !closes(text, next) && opens(text, next)
	case '.':
		return endsAtStop(text, tokens, from, i)
	default:
		if closes(text, next) || endMark(text, next) != 0 {
			return false
		}
		if mark == '…' {
			return opens(text, next) && (next.Has(token.Spaced) || next.Has(token.Title) || !t.Has(token.ASCII))
		}
		// "wow!great", but not "R!" or "!important"
		return next.Has(token.Spaced) || !t.Has(token.ASCII) || next.Kind != token.Word ||
			i > from && tokens[i-1].Kind == token.Word && tokens[i-1].End-tokens[i-1].Start > 1 && next.End-next.Start > 1
	}
}

// endMark is the mark that t ends a sentence with: '.' for a single full stop,
// which may mean other things, '…' for an ellipsis, '!' for those that are sure, 0
// if it is none.
func endMark(text string, t token.Token) rune {
	if t.Kind != token.Punct {
		return 0
	}
	if c := text[t.Start]; c < utf8.RuneSelf {
		switch c {
		case '.':
			if t.End-t.Start == 1 {
				return '.'
			}
			return '…'
		case '!', '?':
			return '!'
		}
		return 0
	}
	switch r, _ := utf8.DecodeRuneInString(text[t.Start:t.End]); r {
	case '…', '⋯':
		return '…'
	case '。', '！', '？', '｡', '．', '؟', '۔', '।', '॥', '‼', '⁇', '⁈', '⁉', '‽', '\u037e', '։', '።', '။', '។', '།':
		return '!'
	}
	return 0
}

// closes tells quotes and brackets that belong to what stands before them.
func closes(text string, t token.Token) bool {
	if t.Kind != token.Punct || t.Has(token.Spaced) {
		return false
	}
	switch r, _ := utf8.DecodeRuneInString(text[t.Start:t.End]); r {
	case ')', ']', '"', '\'', '”', '’', '»', '』', '」', '）', '］', '】', '“', '‘', '«', '›', '‹':
		return true // German closes with what English opens with
	}
	return false
}

// opens tells whether a sentence may start with t: anything but a word in lower
// case and marks that go on.
func opens(text string, t token.Token) bool {
	switch t.Kind {
	case token.Word:
		return !startsLower(text, t)
	case token.Punct:
		switch text[t.Start] {
		case ',', ';', ':', ')':
			return false
		}
	}
	return true
}

// endsAtStop decides about a single full stop at token i that is not the last
// token.
func endsAtStop(text string, tokens []token.Token, from, i int) bool {
	next := tokens[i+1]
	if closes(text, next) || endMark(text, next) != 0 || next.Kind == token.Punct && text[next.Start] == ',' {
		return false
	}
	if i == from {
		return next.Has(token.Spaced)
	}
	before := tokens[i-1]
	if !next.Has(token.Spaced) {
		// "end.Start" in hasty writing, but not "example.org", "U.S.A" or "Ph.D"
		if before.Kind != token.Word || next.Kind != token.Word || !next.Has(token.Title) || before.Has(token.Upper) {
			return next.Kind == token.Emoji || next.Kind == token.Handle || next.Kind == token.Hashtag
		}
		n := before.End - before.Start
		return n > 2 || n == 2 && !before.Has(token.Title)
	}
	switch before.Kind {
	case token.Number:
		return endsAtNumber(text, tokens, from, i)
	case token.Time:
		if strings.HasSuffix(before.Of(text), ".m") || strings.HasSuffix(before.Of(text), ".M") {
			return opens(text, next)
		}
	case token.Word:
		return endsAtWord(text, tokens, from, i)
	}
	return true
}

// endsAtNumber decides about a full stop after a number: a list's number at the
// start, or an ordinal ("am 3. Mai"), ends nothing.
func endsAtNumber(text string, tokens []token.Token, from, i int) bool {
	number, next := tokens[i-1], tokens[i+1]
	if number.End-number.Start > 3 || strings.ContainsAny(number.Of(text), "./,:") {
		return true
	}
	if i-1 == from {
		return false
	}
	if ordinalBefore(text, next) {
		return false
	}
	ordinal := tokens[i-2].Kind == token.Word && next.Kind == token.Word && ordinalsFollow[tokens[i-2].Of(text)]
	return !ordinal || starts(text, next)
}

// endsAtWord decides about a full stop with white space after it that follows a
// word.
func endsAtWord(text string, tokens []token.Token, from, i int) bool {
	before, next := tokens[i-1], tokens[i+1]
	word := before.Of(text)
	if i-3 >= from && isDotted(text, tokens, i) {
		chain := text[tokens[i-3].Start:before.End]
		for _, d := range dotted {
			if strings.EqualFold(chain, d) {
				return false
			}
		}
		if before.Has(token.Title) { // "U.S. customers", "the U.S. They"
			return starts(text, next)
		}
		return opens(text, next) && next.Kind != token.Number
	}
	if before.Has(token.Title) && len(word) == 1 && word != "I" {
		return starts(text, next) // an initial, "M. Dupont"; but "plan B. It"
	}
	switch abbreviation(word) {
	case always:
		return false
	case unlessStarter:
		return starts(text, next)
	case unlessCapital:
		return opens(text, next) && next.Kind != token.Number
	case beforeNumber:
		return next.Kind != token.Number
	}
	return true
}

// isDotted tells whether the full stop at i is the last of an abbreviation with
// stops inside: "a.m.", "U.S."
func isDotted(text string, tokens []token.Token, i int) bool {
	last, stop, first := tokens[i-1], tokens[i-2], tokens[i-3]
	return !last.Has(token.Spaced) && !stop.Has(token.Spaced) && stop.Of(text) == "." &&
		first.Kind == token.Word && short(text, first) && short(text, last)
}

func short(text string, t token.Token) bool {
	n := t.End - t.Start
	return n <= 4 && utf8.RuneCountInString(t.Of(text)) <= 2
}

// ordinalBefore tells the German names of months, before which a number with a
// full stop is an ordinal although the name has a capital.
func ordinalBefore(text string, t token.Token) bool {
	switch t.Of(text) {
	case "Januar", "Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember":
		return true
	}
	return false
}

func startsLower(text string, t token.Token) bool {
	if c := text[t.Start]; c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z'
	}
	r, _ := utf8.DecodeRuneInString(text[t.Start:])
	return unicode.IsLower(r)
}
