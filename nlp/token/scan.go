package token

import (
	"unicode"
	"unicode/utf8"
)

// Append cuts text and appends its tokens to dst. The tokens are in order and
// don't overlap; between them is nothing but white space, control characters and
// runes that show nothing. Bytes that are no UTF-8 are punctuation. The cost is
// linear in the length of text, whatever it holds.
func Append(dst []Token, text string) []Token {
	return AppendSpan(dst, text, Span{0, len(text)})
}

// AppendSpan is Append for a part of text; offsets are of the whole.
func AppendSpan(dst []Token, text string, part Span) []Token {
	s := scanner{text: text[:part.End], at: part.Start, from: part.Start}
	return s.append(dst)
}

// scanner stands at a byte of the text and moves to the end of what it found.
type scanner struct {
	text    string
	at      int
	from    int   // where it began
	before  Flags // what white space was skipped last
	opened  int   // round brackets that are open
	glued   bool  // a letter, mark or digit stands right before at
	starred bool  // a star stands right before at
	looked  int   // bytes that were looked at beyond those moved over: what tests of the cost count
}

func (s *scanner) append(dst []Token) []Token {
	first := len(dst)
	for {
		end := s.at
		s.skipSpace()
		if s.at >= len(s.text) {
			return dst
		}
		s.glued, s.starred = false, false
		if s.at == end && len(dst) > first {
			switch dst[len(dst)-1].Kind {
			case Word, Number, Price, Time:
				s.glued = true
			case Punct:
				s.starred = s.text[s.at-1] == '*'
			}
		}
		start := s.at
		t := s.next()
		t.Start, t.End = start, s.at
		t.Flags |= s.before
		if t.Kind == Email {
			dst = s.withLocalPart(dst, first, &t)
		}
		dst = append(dst, t)
	}
}

// Classes of ASCII bytes.
const (
	cSpace = 1 << iota
	cLetter
	cDigit
	cUpper
	cControl
	cSpecial // a letter that may start an address or an emoticon
	cLocal   // may stand in the local part of an e-mail address
)

var class = asciiClasses()

func asciiClasses() (table [256]uint8) {
	for c := range 128 {
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			table[c] = cSpace
		case c >= 'a' && c <= 'z':
			table[c] = cLetter | cLocal
		case c >= 'A' && c <= 'Z':
			table[c] = cLetter | cUpper | cLocal
		case c >= '0' && c <= '9':
			table[c] = cDigit | cLocal
		case c < ' ' || c == 0x7f:
			table[c] = cControl
		}
	}
	for _, c := range "hHwWxXoOTuU" {
		table[c] |= cSpecial
	}
	for _, c := range "._+-%" {
		table[c] |= cLocal
	}
	return table
}

func letterOrDigit(c byte) bool { return class[c]&(cLetter|cDigit) != 0 }

// startsWith tells whether a byte of one of the classes starts s.
func startsWith(s string, classes uint8) bool { return s != "" && class[s[0]]&classes != 0 }

func (s *scanner) skipSpace() {
	s.before = 0
	if s.at == s.from {
		s.before = Spaced
	}
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case class[c]&cSpace != 0:
			s.before |= Spaced
			s.at++
			if c == '\n' || c == '\r' && (s.at == len(s.text) || s.text[s.at] != '\n') {
				s.lineBreak()
			}
		case class[c]&cControl != 0:
			s.at++
		case c < utf8.RuneSelf:
			return
		default:
			r, n := utf8.DecodeRuneInString(s.text[s.at:])
			switch {
			case unicode.IsSpace(r) || r >= 0x1680 && unicode.Is(unicode.Z, r):
				s.before |= Spaced
				if r == '\u2028' || r == '\u2029' || r == '\u0085' {
					s.lineBreak()
				}
			case invisible(r):
			default:
				return
			}
			s.at += n
		}
	}
}

func (s *scanner) lineBreak() {
	if s.before&Broken != 0 {
		s.before |= Blank
	}
	s.before |= Broken
}

// invisible tells the runes that show nothing and mean nothing between words:
// byte order marks, directional marks, soft hyphens, zero-width spaces, tags, and
// variation selectors that follow nothing.
func invisible(r rune) bool {
	switch {
	case r < 0x200B:
		return r >= 0x80 && r <= 0x9F || r == 0x00AD || r == 0x061C || r == 0x180E
	case r <= 0x206F:
		return r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060
	}
	return r >= 0xFE00 && r <= 0xFE0F || r == 0xFEFF || r >= 0xFFF9 && r <= 0xFFFB || r >= 0xE0000 && r <= 0xE01EF
}

// next moves over one token that starts at a visible rune.
func (s *scanner) next() Token {
	c := s.text[s.at]
	k := class[c]
	if k&(cLetter|cSpecial) == cLetter {
		return s.word()
	}
	if c >= utf8.RuneSelf {
		return s.nextWide()
	}
	rest := s.text[s.at:]
	switch {
	case k&cLetter != 0:
		if n := s.address(rest); n > 0 {
			s.at += n
			return Token{Kind: URL}
		}
		if n := s.emoticon(rest); n > 0 {
			s.at += n
			return Token{Kind: Emoticon}
		}
		return s.word()
	case k&cDigit != 0:
		if n := keycapLen(rest); n > 0 {
			s.at += n
			return Token{Kind: Emoji}
		}
		return s.number(Number)
	}
	return s.mark(c, rest)
}

// mark moves over a token that starts with an ASCII mark c.
func (s *scanner) mark(c byte, rest string) Token {
	switch c {
	case '<', '&', '\\':
		if n := s.markup(rest); n > 0 {
			s.at += n
			return Token{Kind: Markup}
		}
	case '@', '#':
		if s.glued && c == '@' {
			if n := s.domain(rest); n > 0 {
				s.at += n
				return Token{Kind: Email}
			}
		}
		if n, flags := s.tagLen(rest, 1); n > 0 {
			s.at += n
			if c == '@' {
				return Token{Kind: Handle, Flags: flags}
			}
			return Token{Kind: Hashtag, Flags: flags}
		}
		if n := keycapLen(rest); n > 0 {
			s.at += n
			return Token{Kind: Emoji}
		}
	case '*':
		if n := keycapLen(rest); n > 0 {
			s.at += n
			return Token{Kind: Emoji}
		}
	case '$':
		if n := amountAfter(rest, 1); n > 0 {
			s.at += n
			return s.number(Price)
		}
	}
	if n := s.emoticon(rest); n > 0 {
		s.at += n
		return Token{Kind: Emoticon}
	}
	// A run of one mark is one token: "!!!", "...", "-----".
	n := 1
	for n < len(rest) && rest[n] == c {
		if c == '#' || c == '@' {
			if m, _ := s.tagLen(rest[n:], 1); m > 0 {
				break // "##tag"
			}
		}
		n++
	}
	switch c {
	case '(':
		s.opened++
	case ')':
		s.opened = max(0, s.opened-1)
	}
	s.at += n
	return Token{Kind: Punct, Flags: ASCII}
}

// nextWide moves over a token that starts outside ASCII.
func (s *scanner) nextWide() Token {
	rest := s.text[s.at:]
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case mayStartEmoji(r):
		s.at += emojiLen(rest)
		return Token{Kind: Emoji}
	case unicode.IsLetter(r) || unicode.Is(unicode.M, r):
		return s.word()
	case unicode.IsNumber(r):
		return s.number(Number)
	case unicode.Is(unicode.Sc, r):
		if m := amountAfter(rest, n); m > 0 {
			s.at += m
			return s.number(Price)
		}
	case r == '＃' || r == '＠':
		if m, flags := s.tagLen(rest, n); m > 0 {
			s.at += m
			if r == '＠' {
				return Token{Kind: Handle, Flags: flags}
			}
			return Token{Kind: Hashtag, Flags: flags}
		}
	case r == '¯':
		if m := shrugLen(rest); m > 0 {
			s.at += m
			return Token{Kind: Emoticon}
		}
	}
	if hasVariationSelector(rest[n:]) { // "™️", "▶️": shown as a picture
		s.at += emojiLen(rest)
		return Token{Kind: Emoji}
	}
	s.at += n
	for s.at < len(s.text) {
		again, m := utf8.DecodeRuneInString(s.text[s.at:])
		if again != r {
			break
		}
		s.at += m
	}
	return Token{Kind: Punct}
}
