package encoder

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"
)

// Clean brings a text into the form that the model was trained on: \u escapes,
// doubled quotes and HTML entities undone, <br> a space, links "http", user
// names "@user", emoji in words, white space single, and no quotes around the
// whole. nlp/training/clean.py does the same to the texts for training, and
// tests hold the two together.
//
// Texts of 2 GiB and more are not meant to come here.
func Clean(text string) Cleaned {
	d := draft{text: text}
	due := d.due()
	for i := range steps {
		if due>>i&1 != 0 && d.rewrite(i) {
			due = d.due()
		}
	}
	d.trim(' ')
	d.trim('"')
	d.trim(' ')
	return Cleaned{Text: d.text, from: d.from, to: d.to}
}

// step is one of the replacements.
type step struct {
	begins func(byte) bool // whether it may begin with the byte
	// match says how many bytes from i are to be replaced, by what; 0 bytes:
	// none.
	match func(text string, i int) (n int, by string)
}

// steps are in the order in which they are taken: what one makes, the next
// ones see.
var steps = [...]step{
	{func(c byte) bool { return c == '\\' }, escape},
	{func(c byte) bool { return c == '\\' }, escapedQuotes},
	{func(c byte) bool { return c == '"' }, doubledQuotes},
	{func(c byte) bool { return c == '&' }, entity},
	{func(c byte) bool { return c == '<' }, lineBreak},
	{func(c byte) bool { return c|0x20 == 'h' || c|0x20 == 'w' }, link},
	{func(c byte) bool { return c == '@' }, userName},
	{func(c byte) bool { return c >= utf8.RuneSelf }, pictograph},
	{func(c byte) bool { return c >= utf8.RuneSelf || blank(rune(c)) }, spaces},
}

// stepsAt are, of each byte, the steps that may begin with it, a bit each.
var stepsAt = func() (table [256]uint16) {
	for i, s := range steps {
		for c := range table {
			if s.begins(byte(c)) {
				table[c] |= 1 << i
			}
		}
	}
	return table
}()

func (d *draft) trim(c byte) {
	start, end := 0, len(d.text)
	for start < end && d.text[start] == c {
		start++
	}
	for end > start && d.text[end-1] == c {
		end--
	}
	d.cut(start, end)
}

// escape undoes \uXXXX, or the two of a character beyond the first plane.
func escape(text string, i int) (int, string) {
	r, ok := unit(text[i:])
	switch {
	case !ok:
		return 0, ""
	case 0xD800 <= r && r < 0xDC00:
		if low, ok := unit(text[i+6:]); ok && 0xDC00 <= low && low < 0xE000 {
			return 12, string((r-0xD800)<<10 + (low - 0xDC00) + 0x10000)
		}
	}
	return 6, string(r) // half of a pair makes U+FFFD
}

func unit(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' || digits(text[2:6], hexDigit) != 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// escapedQuotes and doubledQuotes undo what exports of CSV leave.
func escapedQuotes(text string, i int) (int, string) {
	if strings.HasPrefix(text[i:], `\""`) {
		return 3, `"`
	}
	return 0, ""
}

func doubledQuotes(text string, i int) (int, string) {
	if strings.HasPrefix(text[i:], `""`) {
		return 2, `"`
	}
	return 0, ""
}

func lineBreak(text string, i int) (int, string) {
	j := i + 1
	if len(text) < i+4 || text[j]|0x20 != 'b' || text[j+1]|0x20 != 'r' {
		return 0, ""
	}
	j += 2
	j += blanks(text[j:])
	if strings.HasPrefix(text[j:], "/") {
		j++
	}
	if !strings.HasPrefix(text[j:], ">") {
		return 0, ""
	}
	return j + 1 - i, " "
}

// link finds http://…, https://… and www.…, the last not within a word.
func link(text string, i int) (int, string) {
	n := 0
	for _, start := range [...]string{"http://", "https://", "www."} {
		if len(text)-i >= len(start) && strings.EqualFold(text[i:i+len(start)], start) {
			n = len(start)
		}
	}
	if n == 0 || n == len("www.") && i > 0 && alphanumeric(text[i-1]) {
		return 0, ""
	}
	j := i + n
	for j < len(text) {
		r, size := utf8.DecodeRuneInString(text[j:])
		if blank(r) {
			break
		}
		j += size
	}
	if j == i+n {
		return 0, ""
	}
	return j - i, "http"
}

func userName(text string, i int) (int, string) {
	j := i + 1
	for j < len(text) {
		r, size := utf8.DecodeRuneInString(text[j:])
		if !nameRune(r) {
			break
		}
		j += size
	}
	if j == i+1 {
		return 0, ""
	}
	return j - i, "@user"
}

// nameRune reports whether a user name may have the rune: roughly letters and
// digits, by ranges that do not move with Unicode.
func nameRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || alphanumeric(byte(r))
	}
	return 0xAA <= r && r <= 0x1FFF || 0x2C00 <= r && r <= 0x2DFF || 0x3040 <= r && r <= 0xD7FF ||
		0xF900 <= r && r <= 0xFDFF || 0x20000 <= r && r <= 0x3FFFF
}

// pictograph puts an emoji, with what belongs to it, into words.
func pictograph(text string, i int) (int, string) {
	r, size := utf8.DecodeRuneInString(text[i:])
	j := i + size
	switch {
	case within(emoji, r):
		for j < len(text) {
			n := belonging(text[j:])
			if n == 0 {
				break
			}
			j += n
		}
		return j - i, " " + strings.ToLower(runenames.Name(r)) + " "
	case regional(r):
		for j < len(text) {
			r, size := utf8.DecodeRuneInString(text[j:])
			if !regional(r) {
				break
			}
			j += size
		}
		return j - i, " flag "
	case r == 0xFE0E || r == 0xFE0F || r == 0x20E3: // variation selectors, and what makes a key of a digit
		return size, ""
	}
	return 0, ""
}

// belonging is the number of bytes that only qualify the emoji before them:
// variation selectors, skin tones, tags of regional flags, and joiners, with
// the sign of gender that one may join on. An emoji that is joined on keeps
// its name.
func belonging(text string) int {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case r == 0xFE0E, r == 0xFE0F, 0x1F3FB <= r && r <= 0x1F3FF, 0xE0020 <= r && r <= 0xE007F:
		return size
	case r == 0x200D:
		if sign, n := utf8.DecodeRuneInString(text[size:]); sign == '♀' || sign == '♂' {
			return size + n
		}
		return size
	}
	return 0
}

// regional reports whether a rune is one of the letters that make flags.
func regional(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }

func spaces(text string, i int) (int, string) {
	n := blanks(text[i:])
	if n == 1 && text[i] == ' ' {
		return 0, ""
	}
	return n, " "
}

// blanks is the number of bytes of white space that the text begins with.
func blanks(text string) int {
	for i, r := range text {
		if !blank(r) {
			return i
		}
	}
	return len(text)
}

// blank is white space as clean.py has it too: Go's with the separators of
// ASCII.
func blank(r rune) bool {
	switch {
	case r <= ' ':
		return '\t' <= r && r <= '\r' || 0x1C <= r
	case r == 0x85, r == 0xA0, r == 0x1680, 0x2000 <= r && r <= 0x200A, r == 0x2028, r == 0x2029, r == 0x202F, r == 0x205F, r == 0x3000:
		return true
	}
	return false
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
