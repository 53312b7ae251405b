package taxonomy

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"earshot/nlp/token"
)

// form is a word of a text, or another token that rules can name, as rules see
// it: in lower case, with plain apostrophes, contractions taken apart.
type form struct {
	from, to  int32      // the normal form in the speller's buffer
	token     int32      // index of the token
	kind      token.Kind // of the token
	elongated bool       // a letter stands three times in a row or more
	joined    bool       // belongs to the word before it, as n't does
	raw       token.Span // as it is written; empty of a form that isn't ("not" of "don't")
}

// speller makes forms of tokens. Its buffers are used again by the next read.
type speller struct {
	buf     []byte
	forms   []form
	spans   []token.Span
	written []byte // a form as it is written, for the caller
}

// read makes the forms of the tokens in a range.
func (s *speller) read(text string, tokens []token.Token, r token.Range) {
	s.buf, s.forms = s.buf[:0], s.forms[:0]
	for i := r.From; i < r.To; i++ {
		t := tokens[i]
		switch t.Kind {
		case token.Punct, token.Markup:
		case token.Word:
			s.word(text, token.Span{Start: t.Start, End: t.End}, t, i)
		case token.Hashtag:
			s.spans = token.HashtagWords(s.spans[:0], text, t)
			for _, part := range s.spans {
				s.word(text, part, t, i)
			}
		default:
			f := s.open(t, i)
			f.raw = token.Span{Start: t.Start, End: t.End}
			s.fold(text[t.Start:t.End], token.Flags(0), keepAll)
			s.close(f)
		}
	}
}

func (s *speller) open(t token.Token, i int) form {
	return form{from: int32(len(s.buf)), token: int32(i), kind: t.Kind}
}

func (s *speller) close(f form) {
	f.to = int32(len(s.buf))
	s.forms = append(s.forms, f)
}

// word makes the forms of one word, one or two.
func (s *speller) word(text string, span token.Span, t token.Token, i int) {
	f := s.open(t, i)
	f.kind = token.Word
	f.raw = span
	f.elongated = t.Has(token.Elongated)
	apostrophe := s.fold(text[span.Start:span.End], t.Flags, keepTwo)
	word := s.buf[f.from:]
	first, second, written := contraction(word, apostrophe)
	if first == nil {
		s.close(f)
		return
	}
	if written {
		f.raw.End = min(span.End, span.Start+len(first))
	} else {
		f.raw = token.Span{}
	}
	s.buf = append(s.buf[:f.from], first...)
	s.close(f)
	if second == "" {
		return
	}
	g := s.open(t, i)
	g.kind, g.joined = token.Word, true
	s.buf = append(s.buf, second...)
	s.close(g)
}

// How many letters of a run of three or more equal ones are kept.
const (
	keepOne = 1
	keepTwo = 2
	keepAll = 1 << 30
)

// fold appends s in lower case with plain apostrophes, and long runs of one
// letter cut. It returns where the first apostrophe stands, from the form's
// start, -1 if none does.
func (s *speller) fold(word string, flags token.Flags, keep int) (apostrophe int) {
	start := len(s.buf)
	apostrophe = -1
	if flags&token.ASCII != 0 && flags&token.Elongated == 0 {
		for i := range len(word) {
			c := word[i]
			switch {
			case c-'A' < 26:
				c |= 0x20
			case c == '`' || c == '\'':
				c = '\''
				if apostrophe < 0 {
					apostrophe = i
				}
			}
			s.buf = append(s.buf, c)
		}
		return apostrophe
	}
	var last rune
	run := 0
	for _, r := range word {
		r = unicode.ToLower(r)
		switch r {
		case '’', '‘', '´', '`', '＇', '\'':
			r = '\''
			if apostrophe < 0 {
				apostrophe = len(s.buf) - start
			}
		case 0x00AD, 0x2060, 0xFEFF, 0x200C, 0x200D, 0xFE0F:
			continue // shows nothing
		}
		if r != last {
			last, run = r, 0
		}
		if run++; run > 2 && keep <= 2 {
			if run == 3 && keep == keepOne { // now it is known to be a long run
				s.buf = s.buf[:len(s.buf)-utf8.RuneLen(r)]
			}
			continue
		}
		s.buf = utf8.AppendRune(s.buf, r)
	}
	return apostrophe
}

// contraction takes apart a word in normal form whose first apostrophe is at the
// given byte, -1 if there is none. first is nil where it is no contraction;
// written tells whether first stands in the word as it is.
func contraction(word []byte, apostrophe int) (first []byte, second string, written bool) {
	if apostrophe < 0 {
		whole, second := unmarked(word)
		return whole, second, false
	}
	base, ending := word[:apostrophe], word[apostrophe+1:]
	switch string(ending) {
	case "t":
		if n := len(base) - 1; n > 0 && base[n] == 'n' {
			switch string(base) {
			case "can":
				return base, "not", true
			case "won":
				return []byte("will"), "not", false
			case "shan":
				return []byte("shall"), "not", false
			case "ain":
				return []byte("is"), "not", false
			}
			return base[:n], "not", true
		}
	case "s":
		switch string(base) {
		case "it", "he", "she", "that", "there", "what", "who", "where", "how", "here", "this", "when", "why",
			"everything", "nothing", "something", "anything", "everyone", "nobody", "someone":
			return base, "is", true
		case "let":
			return base, "us", true
		}
		return base, "", true
	case "re":
		return base, "are", true
	case "ve":
		return base, "have", true
	case "ll":
		return base, "will", true
	case "m":
		return base, "am", true
	case "d":
		return base, "would", true
	}
	return nil, "", false
}

// unmarked takes apart contractions that are written without their apostrophe, as
// far as they are no other words.
func unmarked(word []byte) (first []byte, second string) {
	if len(word) < 2 || len(word) > 8 {
		return nil, ""
	}
	switch string(word) {
	case "cannot", "cant":
		return word[:3], "not"
	case "wont":
		return []byte("will"), "not"
	case "aint":
		return []byte("is"), "not"
	case "dont", "didnt", "doesnt", "isnt", "wasnt", "werent", "wouldnt", "couldnt", "shouldnt", "havent", "hasnt", "hadnt", "arent", "mustnt", "neednt":
		return word[:len(word)-2], "not"
	case "im":
		return word[:1], "am"
	case "ive", "weve":
		return word[:len(word)-2], "have"
	case "youre", "theyre":
		return word[:len(word)-2], "are"
	case "youve", "theyve":
		return word[:len(word)-2], "have"
	case "thats", "whats", "theres", "hes", "shes":
		return word[:len(word)-1], "is"
	}
	return nil, ""
}

// shorter makes the form of an elongated word with its long runs cut to one
// letter: "baaad" is "bad", where "soon" stays as it is. It overwrites what the
// last call made.
func (s *speller) shorter(text string, f form) []byte {
	n := len(s.buf)
	s.fold(text[f.raw.Start:f.raw.End], 0, keepOne)
	cut := s.buf[n:]
	s.buf = s.buf[:n]
	return bytes.TrimRight(cut, "'")
}
