package sentiment

import (
	"unicode"
	"unicode/utf8"

	"earshot/nlp/token"
)

// word is a token in the form that features are made of.
type word struct {
	hash     uint64 // of the normal form
	from, to int    // the normal form in the extractor's buffer
	token    int32  // index of the token
	text     bool   // has letters: character n-grams are made of it
	negator  bool
	upper    bool
}

// Hashing is FNV-1a over the bytes of the normal form, mixed (xxHash's
// avalanche) where a feature's place in the table is made of it.
const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
)

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 29
	return h
}

func hashString(s string) uint64 {
	h := uint64(offset64)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime64
	}
	return h
}

// stand-ins for tokens whose own text says nothing about sentiment
const (
	standURL    = "\x01url"
	standUser   = "\x01user"
	standPrice  = "\x01price"
	standTime   = "\x01time"
	standNumber = "\x01number"
	standEmail  = "\x01email"
)

// appendWord normalises a token into buf and returns the word, false if the
// token takes no part (mark-up, commas, quotes). Letters are lower-cased,
// elongations cut to two letters, typographic apostrophes made plain.
func appendWord(buf []byte, text string, t token.Token) ([]byte, word, bool) {
	from := len(buf)
	w := word{from: from}
	switch t.Kind {
	case token.Word, token.Hashtag:
		w.text = true
		w.upper = t.Has(token.Upper)
		buf = appendNormal(buf, t.Of(text), t.Flags)
	case token.Number:
		if t.End-t.Start <= 5 {
			buf = append(buf, t.Of(text)...)
		} else {
			buf = append(buf, standNumber...)
		}
	case token.Price:
		buf = append(buf, standPrice...)
	case token.Time:
		buf = append(buf, standTime...)
	case token.URL:
		buf = append(buf, standURL...)
	case token.Email:
		buf = append(buf, standEmail...)
	case token.Handle:
		buf = append(buf, standUser...)
	case token.Emoji:
		for _, r := range t.Of(text) {
			if r != variation && !skinTone(r) {
				buf = utf8.AppendRune(buf, r)
			}
		}
	case token.Emoticon:
		buf = append(buf, t.Of(text)...)
	case token.Punct:
		r, n := utf8.DecodeRuneInString(text[t.Start:])
		switch r {
		case '!', '?', '…', '%', '+', '/', '؟', '।':
		case '.':
			if t.End-t.Start == 1 {
				return buf, w, false
			}
		default:
			return buf, w, false
		}
		buf = append(buf, text[t.Start:t.Start+n]...)
		if t.End-t.Start > n {
			buf = append(buf, text[t.Start:t.Start+n]...)
		}
	default:
		return buf, w, false
	}
	return buf, w.closed(buf), true
}

// closed returns the word whose normal form ends with buf.
func (w word) closed(buf []byte) word {
	w.to = len(buf)
	w.hash = offset64
	for _, b := range buf[w.from:] {
		w.hash = (w.hash ^ uint64(b)) * prime64
	}
	return w
}

func appendNormal(buf []byte, s string, flags token.Flags) []byte {
	if flags&token.ASCII != 0 && flags&token.Elongated == 0 {
		for i := range len(s) {
			c := s[i]
			if c-'A' < 26 {
				c |= 0x20
			}
			if c == '`' {
				c = '\''
			}
			buf = append(buf, c)
		}
		return buf
	}
	var last rune
	run := 0
	for _, r := range s {
		r = unicode.ToLower(r)
		switch r {
		case '’', '‘', '´', '`', '＇':
			r = '\''
		case 0x00AD, 0x2060, 0xFEFF, 0x200C, 0x200D:
			continue // shows nothing
		}
		if r == last {
			run++
		} else {
			last, run = r, 1
		}
		if run > 2 {
			continue
		}
		buf = utf8.AppendRune(buf, r)
	}
	return buf
}

const variation = 0xFE0F // shows what stands before it as an emoji

func skinTone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
