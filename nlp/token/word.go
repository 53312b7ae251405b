package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// letters is what was seen of a word.
type letters struct {
	count, capitals int
	last            rune // in lower case
	run             int  // how often last stands in a row
}

// word moves over a word: letters, marks, digits, inner apostrophes, and marks
// that hide letters.
func (s *scanner) word() Token {
	t := Token{Kind: Word, Flags: ASCII}
	start := s.at
	var l letters
	for {
		s.asciiLetters(&t, &l)
		if s.at == len(s.text) {
			break
		}
		c := s.text[s.at]
		if class[c]&(cSpace|cControl) != 0 {
			break
		}
		if c < utf8.RuneSelf {
			n, kind := s.inside(c, start, &t, &l)
			if n == 0 {
				break
			}
			s.at += n
			if kind != Word {
				return Token{Kind: kind}
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s.text[s.at:])
		if ideographic(r) {
			if s.at > start {
				break
			}
			s.at += n
			s.marks()
			t.Flags &^= ASCII
			return t
		}
		if !s.wideLetter(r, n, &t, &l) {
			break
		}
		t.Flags &^= ASCII
		s.at += n
	}
	if l.count >= 2 && l.capitals == l.count {
		t.Flags |= Upper
		if s.at-start == 3 && s.moneyAfter(s.text[start:s.at]) {
			return s.number(Price)
		}
	}
	if s.at < len(s.text) && s.text[s.at] == '.' && t.Flags&ASCII != 0 {
		if n := s.host(s.text[start:], s.at-start); n > 0 {
			s.at = start + n
			return Token{Kind: URL}
		}
	}
	return t
}

// asciiLetters moves over ASCII letters.
func (s *scanner) asciiLetters(t *Token, l *letters) {
	text, at := s.text, s.at
	from, last, run := at, l.last, l.run
	for at < len(text) {
		c := text[at]
		k := class[c]
		if k&cLetter == 0 {
			break
		}
		if low := rune(c | 0x20); low == last {
			if run++; run >= 3 {
				t.Flags |= Elongated
			}
		} else {
			last, run = low, 1
		}
		if k&cUpper != 0 {
			l.capitals++
			if l.count+at-from == 0 {
				t.Flags |= Title
			}
		}
		at++
	}
	l.count += at - from
	l.last, l.run = last, run
	s.at = at
}

// wideLetter counts a rune outside ASCII and tells whether it goes on the word.
func (s *scanner) wideLetter(r rune, n int, t *Token, l *letters) bool {
	switch {
	case unicode.IsLetter(r):
		if unicode.IsUpper(r) {
			l.capitals++
			if l.count == 0 {
				t.Flags |= Title
			}
		}
		l.count++
		if r = unicode.ToLower(r); r == l.last {
			if l.run++; l.run >= 3 {
				t.Flags |= Elongated
			}
		} else {
			l.last, l.run = r, 1
		}
		return true
	case unicode.Is(unicode.M, r), unicode.IsDigit(r):
		return true
	case r == '’' || r == '´' || r == '＇' || r == '‘': // an apostrophe
		return s.letterAt(s.at + n)
	case r == 0x200C || r == 0x200D:
		return true
	case r == 0x00AD || r == 0x2060 || r == 0xFEFF: // what joins a word
		return s.letterAt(s.at + n)
	case r == '²' || r == '³' || r >= 0x2080 && r <= 0x2089: // "m²", "CO₂"
		return true
	}
	return false
}

// inside is the length of what stands at an ASCII mark or digit c inside a word
// and belongs to it, 0 if the word ends before it. The kind is Email if the word
// is part of an address.
func (s *scanner) inside(c byte, start int, t *Token, l *letters) (int, Kind) {
	switch {
	case class[c]&cDigit != 0:
		l.last, l.run = 0, 0
		return 1, Word
	case c == '\'' || c == '`':
		if s.letterAt(s.at + 1) {
			return 1, Word
		}
	case c == '*' || c == '@' || c == '#' || c == '$' || c == '%' || c == '!':
		rest := s.text[s.at:]
		if c == '@' {
			if n := s.domain(rest); n > 0 {
				return n, Email
			}
		}
		if n := s.hidden(s.text[start:], s.at-start, l.count); n > 0 {
			t.Flags |= Censored
			l.last, l.run = 0, 0
			return n, Word
		}
	case c == '&':
		if l.capitals == l.count {
			n := initialsLen(s.text[s.at:], l.count)
			if n > 0 {
				l.count, l.capitals = l.count+n-1, l.capitals+n-1
			}
			return n, Word
		}
	}
	return 0, Word
}

// initialsLen is the length of the second half of initials such as "AT&T" or
// "R&B", 0 if none starts rest.
func initialsLen(rest string, before int) int {
	n := 1
	for n < len(rest) && n <= 3 && class[rest[n]]&cUpper != 0 {
		n++
	}
	if n == 1 || before > 3 || startsWith(rest[n:], cLetter|cDigit) || n < len(rest) && rest[n] >= utf8.RuneSelf {
		return 0
	}
	return n
}

// marks moves over combining marks.
func (s *scanner) marks() {
	for s.at < len(s.text) && s.text[s.at] >= utf8.RuneSelf {
		r, n := utf8.DecodeRuneInString(s.text[s.at:])
		if !unicode.Is(unicode.M, r) {
			return
		}
		s.at += n
	}
}

// letterAt tells whether a letter starts at byte i.
func (s *scanner) letterAt(i int) bool {
	if i >= len(s.text) {
		return false
	}
	if c := s.text[i]; c < utf8.RuneSelf {
		return class[c]&cLetter != 0
	}
	r, _ := utf8.DecodeRuneInString(s.text[i:])
	return unicode.IsLetter(r)
}

// ideographic tells the scripts that are written without spaces: each rune with
// its marks is a token of its own.
func ideographic(r rune) bool {
	switch {
	case r < 0x0E00:
		return false
	case r < 0x2E80:
		return r <= 0x0EFF // Thai, Lao
	}
	return r <= 0x2FDF || r >= 0x3005 && r <= 0x3007 || r >= 0x3021 && r <= 0x312F || r >= 0x31F0 && r <= 0x31FF ||
		r >= 0x3400 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF || r >= 0xFF66 && r <= 0xFF9F ||
		r >= 0x1B000 && r <= 0x1B16F || r >= 0x20000 && r <= 0x3FFFF
}

const (
	longestHidden = 16 // bounds the marks that count as hidden letters
	longestHead   = 3  // letters before marks that hide the rest of a word, or its middle
)

// swearing with a mark that else ends a sentence.
var swearing = [...]string{"sh!t", "b!tch", "d!ck", "p!ss", "cr!p"}

// hidden is the length of the marks at byte at of a word that hide letters, 0 if
// they are something else. Stars hide by themselves, two at least at a word's
// end; other marks only between letters. What is a word by itself hides nothing.
func (s *scanner) hidden(word string, at, count int) int {
	if word[at] == '!' {
		for _, w := range swearing {
			if at < len(w) && w[at] == '!' && foldedPrefix(word, w) {
				return 1
			}
		}
		return 0
	}
	n := at
	stars := 0
	for n < len(word) && n-at < longestHidden && strings.IndexByte("*@#$%", word[n]) >= 0 {
		if word[n] == '*' {
			stars++
		}
		n++
	}
	run, tail := n-at, n
	for n < len(word) && n-tail <= longestTag/2 && class[word[n]]&cLetter != 0 {
		n++
	}
	s.looked += n - at
	after := n - tail
	if after == 0 {
		switch {
		case stars > 0 && run >= 2 && count <= longestHead && !s.starred: // "f***", not "**bold**" or "out**"
			if count == 1 || !listed(word[:at]) {
				return run
			}
		case word[at] == '$' && run == 2 && foldedPrefix(word, "a$$"):
			return run
		}
		return 0
	}
	if class[word[tail]]&cUpper != 0 && class[word[at-1]]&(cUpper|cLetter) == cLetter { // "Wal*Mart"
		return 0
	}
	switch {
	case stars == run: // "f***ing", not "trans*women"
		if count < longestHead || !listed(word[:at]) || !listed(word[tail:n]) {
			return run
		}
	case run <= 3 && count <= longestHead && after <= 2*longestHead && count+after > 2: // "a$$hole"
		if word[at] == '$' || !listed(word[:at]) {
			return run
		}
	}
	return 0
}
