package language

import (
	"unicode"
	"unicode/utf8"
)

// longest is how many symbols of a text are read.
const longest = 320

// Symbols that letters are folded to. Those of a to z are 1 to 26, those of the
// letters in accented follow at firstAccented.
const (
	space         = 0
	apostrophe    = 27
	firstAccented = 28
	inverted      = 60 // ¿ and ¡
	turkish       = 61
	foreign       = 62 // any other Latin letter
	vietnamese    = 63
)

// accented are the letters of the languages we know, and a few of their
// neighbours, that have a symbol of their own.
const accented = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýœß"

// Tables from runes below tableSize to symbols; 255 is no letter.
const (
	tableSize = 0x250
	noLetter  = 255
)

var (
	table = symbolTable()
	ascii = asciiTable()
)

// asciiTable is table for the bytes of ASCII, and no letter for the others.
func asciiTable() (t [256]byte) {
	for i := range t {
		t[i] = noLetter
		if i < utf8.RuneSelf {
			t[i] = table[i]
		}
	}
	return t
}

func symbolTable() (t [tableSize]byte) {
	for i := range t {
		t[i] = noLetter
		if r := rune(i); r >= 0xC0 && unicode.IsLetter(r) {
			t[i] = foreign
		}
	}
	for c := range 26 {
		t['a'+c], t['A'+c] = byte(1+c), byte(1+c)
	}
	at := byte(firstAccented)
	for _, r := range accented {
		t[r] = at
		if u := unicode.ToUpper(r); u < tableSize {
			t[u] = at
		}
		at++
	}
	for _, r := range "ğĞıİşŞ" {
		t[r] = turkish
	}
	for _, r := range "ăĂđĐơƠưƯ" {
		t[r] = vietnamese
	}
	t['ª'], t['º'] = noLetter, noLetter
	return t
}

// reading is a text as symbols. Words stand between single spaces, one before
// the first and one behind the last.
type reading struct {
	symbols [longest + 4]byte
	n       int
	// Letters by script.
	latin, arabic, foreignArabic, devanagari, other int
	// hashtags says that hashtags are read as words.
	hashtags bool
}

func (r *reading) letters() int { return r.latin + r.arabic + r.devanagari + r.other }

// read folds text until the symbols are full, or as many letters of other
// scripts were counted.
func (r *reading) read(text string) {
	r.n = 1
	r.symbols[0] = space
	for i := 0; i < len(text) && r.n < longest && r.arabic+r.devanagari+r.other < longest; {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			i += r.wide(text[i:])
		case ascii[c] == noLetter:
			i += r.mark(text, i)
		default:
			if !r.inWord() && (c|0x20 == 'h' || c|0x20 == 'w') {
				if n := addressLen(text[i:]); n > 0 {
					i += n
					continue
				}
			}
			i += r.plain(text[i:])
		}
	}
	r.put(space)
}

// plain reads letters of ASCII, and the space behind them if there is one.
func (r *reading) plain(text string) int {
	n, i := r.n, 0
	last := r.symbols[n-1]
	for ; i < len(text) && n < longest; i++ {
		s := ascii[text[i]]
		if s == noLetter {
			break
		}
		if s != last || r.symbols[n-2] != s {
			r.symbols[n] = s
			n++
		}
		last = s
	}
	r.latin += i
	if i < len(text) && text[i] == ' ' {
		r.symbols[n] = space
		n++
		i++
	}
	r.n = n
	return i
}

// put appends a symbol; three or more of one become two, spaces one.
func (r *reading) put(s byte) {
	last := r.symbols[r.n-1]
	if s == last && (s == space || r.n > 1 && r.symbols[r.n-2] == s) {
		return
	}
	r.symbols[r.n] = s
	r.n++
}

// mark reads an ASCII byte that is no letter, and what it starts. It returns how
// many bytes that is.
func (r *reading) mark(text string, i int) int {
	rest := text[i+1:]
	c := text[i]
	if c == '\'' && r.inWord() && startsWithLetter(rest) {
		r.put(apostrophe)
		return 1
	}
	word := r.inWord()
	r.put(space)
	if c == ' ' {
		return 1
	}
	switch c {
	case '@':
		if word { // an e-mail address
			r.takeBack()
			return 1 + visibleLen(rest)
		}
		return 1 + nameLen(rest)
	case '.':
		if word && startsWithLetter(rest) && endsAddress(rest) {
			r.takeBack()
			return 1 + visibleLen(rest)
		}
	case '#':
		if !r.hashtags {
			return 1 + nameLen(rest)
		}
	case '<':
		return 1 + markupLen(rest, '>')
	case '&':
		return 1 + markupLen(rest, ';')
	}
	return 1
}

// wide reads a rune outside ASCII and returns its length.
func (r *reading) wide(rest string) int {
	c, n := utf8.DecodeRuneInString(rest)
	switch {
	case c < tableSize:
		switch s := table[c]; {
		case s != noLetter:
			r.latin++
			r.put(s)
		case c == '¿' || c == '¡':
			r.put(space)
			r.put(inverted)
			r.put(space)
		case c == softHyphen:
		default:
			r.put(space)
		}
	case c == '’' || c == '‘' || c == 'ʼ':
		if r.inWord() && startsWithLetter(rest[n:]) {
			r.put(apostrophe)
		} else {
			r.put(space)
		}
	case c >= 0x300 && c <= 0x36F:
		last := &r.symbols[r.n-1]
		*last = composed(*last, c)
	case c >= 0x1E00 && c <= 0x1EFF:
		r.latin++
		if c >= 0x1EA0 {
			r.put(vietnamese)
		} else {
			r.put(foreign)
		}
	case c >= 0x200B && c <= 0x200F || c >= 0x202A && c <= 0x202E || c >= 0x2060 && c <= 0x2069 || c == 0xFEFF:
		// Nothing is seen of these.
	default:
		r.put(space)
		r.count(c)
	}
	return n
}

const softHyphen = 0xAD

// count counts a letter of another script.
func (r *reading) count(c rune) {
	switch {
	case c > 'ـ' && c <= 'ي' || c >= 'ا' && c < 'ـ':
		r.arabic++
	case c < 0x600 || c >= 0x2000 && c < 0x2C00:
		if unicode.IsLetter(c) {
			r.other++
		}
	case c <= 0x6FF || c >= 0x750 && c <= 0x77F || c >= 0xFB50 && c <= 0xFDFF || c >= 0xFE70 && c <= 0xFEFC:
		if !unicode.IsLetter(c) {
			return
		}
		r.arabic++
		switch c {
		case 'پ', 'چ', 'ژ', 'گ', 'ک', 'ی', 'ٹ', 'ڈ', 'ڑ', 'ں', 'ہ', 'ھ', 'ے', 'ۀ', 'ې', 'ۆ', 'ە':
			r.foreignArabic++
		}
	case c >= 0x900 && c <= 0x97F:
		if c < '।' || c > '॰' { // not a danda or a digit; vowel signs count
			r.devanagari++
		}
	case c >= 0x2E80 && c < 0xFB00:
		if unicode.IsLetter(c) {
			r.other += 3 // nearly a word each
		}
	default:
		if unicode.IsLetter(c) {
			r.other++
		}
	}
}

func (r *reading) inWord() bool { return r.symbols[r.n-1] != space }

// takeBack removes the last word, behind which a space stands.
func (r *reading) takeBack() {
	n := r.n - 1
	for n > 0 && r.symbols[n-1] != space {
		n--
		r.latin = max(r.latin-1, 0)
	}
	r.n = max(n, 1)
}

// byScript names the language that the script tells, with the script's share of
// the letters; an empty code leaves it to the Latin letters.
func (r *reading) byScript() (string, float64) {
	all := r.letters()
	share := func(n int) float64 { return float64(n) / float64(all) }
	switch {
	case all == 0:
		return Und, 0
	case r.other > max(r.latin, r.arabic, r.devanagari):
		return Und, 0
	// A name in Latin letters takes more of them than a word of these.
	case r.arabic >= r.devanagari && 2*r.arabic > r.latin:
		if 12*r.foreignArabic > r.arabic {
			return Und, 0 // Persian, Urdu, Kurdish
		}
		return Arabic, share(r.arabic)
	case 2*r.devanagari > r.latin:
		return Hindi, share(r.devanagari)
	}
	return "", 0
}

// startsWithLetter tells whether text starts with a letter of the table.
func startsWithLetter(text string) bool {
	if text == "" {
		return false
	}
	if text[0] < utf8.RuneSelf {
		return table[text[0]] != noLetter
	}
	c, _ := utf8.DecodeRuneInString(text)
	return c < tableSize && table[c] != noLetter
}

// addressLen is the length of a web address that text starts with, or 0. What
// data sets put in its place, a bare "http", counts.
func addressLen(text string) int {
	if hasPrefixFold(text, "http") && !startsWithLetter(text[len("http"):]) ||
		hasPrefixFold(text, "https:") || hasPrefixFold(text, "www.") {
		return visibleLen(text)
	}
	return 0
}

// endsAddress tells whether text, which stands behind a word and a dot, makes an
// address of them: a well-known last part, or a path.
func endsAddress(text string) bool {
	for _, top := range [...]string{"com", "net", "org", "io", "co"} {
		if hasPrefixFold(text, top) && !startsWithLetter(text[len(top):]) {
			return true
		}
	}
	n := 0
	for n < len(text) && n < 5 && text[n] < utf8.RuneSelf && table[text[n]] != noLetter {
		n++
	}
	return n >= 2 && n+1 < len(text) && text[n] == '/' && text[n+1] > ' '
}

// hasPrefixFold is strings.HasPrefix but for the case of text; prefix is in
// lower case.
func hasPrefixFold(text, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// visibleLen is how many bytes stand before the first white space.
func visibleLen(text string) int {
	for i := range len(text) {
		if text[i] <= ' ' {
			return i
		}
	}
	return len(text)
}

// nameLen is the length of a handle or hashtag behind its mark.
func nameLen(text string) int {
	for i, c := range text {
		if c < utf8.RuneSelf {
			if table[c] == noLetter && c != '_' && (c < '0' || c > '9') {
				return i
			}
		} else if !unicode.IsLetter(c) && !unicode.Is(unicode.M, c) {
			return i
		}
	}
	return len(text)
}

// markupLen is how many bytes a tag or entity takes behind its first; 0 if there
// is none.
func markupLen(text string, end byte) int {
	const longestMarkup = 40
	for i := range min(len(text), longestMarkup) {
		switch c := text[i]; {
		case c == end:
			return i + 1
		case c == '<' || c == '&' || end == ';' && c <= ' ':
			return 0
		}
	}
	return 0
}

// composed is the symbol of a letter and an accent that stands behind it as a
// rune of its own.
func composed(letter byte, accent rune) byte {
	if letter == space || letter > 26 {
		return letter
	}
	var to string
	switch accent {
	case 0x300:
		to = "aàeèiìoòuù"
	case 0x301:
		to = "aáeéiíoóuúyý"
	case 0x302:
		to = "aâeêiîoôuû"
	case 0x303:
		to = "aãnñoõ"
	case 0x308:
		to = "aäeëiïoöuü"
	case 0x30A:
		to = "aå"
	case 0x327:
		to = "cç"
	}
	base := false
	for _, c := range to {
		if base {
			return table[c]
		}
		base = c == rune('a'+letter-1)
	}
	return foreign
}
