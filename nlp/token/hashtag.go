package token

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// longestTag is the length in bytes, without its mark, of the longest hashtag
// that is split into words.
const longestTag = 60

// HashtagWords splits a hashtag into its words and appends their spans to dst;
// offsets are of text. Words are told apart by underscores, by capitals
// ("#WorstServiceEver", "#BMWService") and by digits ("#Top10", but "#4th" and
// "#5G" are one word); where all is in one case ("#worstserviceever"), they are the
// likeliest sequence of words of a list. A tag of more than 60 bytes, and a token
// that is no hashtag, is one word: all that follows the mark.
func HashtagWords(dst []Span, text string, t Token) []Span {
	at := t.Start
	if at < t.End && text[at] == '#' {
		at++
	} else if strings.HasPrefix(text[at:t.End], wideHash) {
		at += len(wideHash)
	}
	if at == t.End {
		return dst
	}
	if t.End-at > longestTag {
		return append(dst, Span{at, t.End})
	}
	tag := splitter{text: text, dst: dst}
	for at < t.End {
		if text[at] == '_' {
			at++
			continue
		}
		end := at
		for end < t.End && text[end] != '_' {
			end++
		}
		tag.part(Span{at, end})
		at = end
	}
	return tag.dst
}

const wideHash = "＃"

// splitter splits one hashtag.
type splitter struct {
	text string
	dst  []Span
}

// part splits a part without underscores into runs of digits and of letters.
func (s *splitter) part(p Span) {
	for at := p.Start; at < p.End; {
		end := at
		for end < p.End && class[s.text[end]]&cDigit != 0 {
			end++
		}
		if end > at {
			end = s.withSuffix(end, p.End)
			s.dst = append(s.dst, Span{at, end})
			at = end
			continue
		}
		for end < p.End && class[s.text[end]]&cDigit == 0 {
			end++
		}
		s.letters(Span{at, end})
		at = end
	}
}

// withSuffix is the end of a number that ends at byte end with what is written to
// it: the ending of an ordinal ("4th") or one letter ("5G", "4k").
func (s *splitter) withSuffix(end, limit int) int {
	rest := s.text[end:limit]
	letters := 0
	for letters < len(rest) && class[rest[letters]]&cLetter != 0 {
		letters++
	}
	for _, ending := range [...]string{"st", "nd", "rd", "th"} {
		if foldedPrefix(rest, ending) && !goesOn(rest[2:], rest[1]) {
			return end + 2
		}
	}
	switch {
	case letters == 0:
		return end
	case !goesOn(rest[1:], rest[0]): // "5G"
		return end + 1
	case letters > 3 && listed(rest[1:letters]) && !listed(rest[:letters]): // "5Gspeed", not "24hours"
		return end + 1
	}
	return end
}

// goesOn tells whether a word whose last letter is c goes on with rest.
func goesOn(rest string, c byte) bool {
	if rest == "" || class[rest[0]]&cDigit != 0 {
		return false
	}
	return class[c]&cUpper != 0 || class[rest[0]]&cUpper == 0
}

// letters splits letters where their case changes or, if the case tells nothing,
// by the word list.
func (s *splitter) letters(p Span) {
	first := len(s.dst)
	for at := p.Start; at < p.End; {
		end := s.camel(at, p.End)
		s.dst = append(s.dst, Span{at, end})
		at = end
	}
	if len(s.dst)-first == 1 && s.oneCase(p) {
		s.dst = s.dst[:first]
		s.byList(p)
	}
}

// camel is the end of the word at byte at: capitals with the lower-case letters
// that follow.
func (s *splitter) camel(at, limit int) int {
	capitals, last := 0, at // of the first run of capitals
	i := at
	for i < limit {
		r, n := utf8.DecodeRuneInString(s.text[i:])
		if !unicode.IsUpper(r) {
			break
		}
		capitals, last = capitals+1, i
		i += n
	}
	top := i
	for i < limit {
		r, n := utf8.DecodeRuneInString(s.text[i:])
		if unicode.IsUpper(r) {
			break
		}
		i += n
	}
	switch {
	case i == top || capitals == 1: // "SERVICE", "Service"
		return i
	case capitals == 0:
		if i < limit && i-at == 1 { // "iPhone", "eSIM"
			return s.camel(i, limit)
		}
		return i
	case s.text[top:i] == "s": // "BMWs"
		return i
	}
	// "BMWService": the last capital goes with what follows, unless only what
	// follows is a word, as in "BMWfail".
	if listed(s.text[top:i]) && !listed(s.text[last:i]) {
		return top
	}
	return last
}

// oneCase tells whether all letters but the first are of one case.
func (s *splitter) oneCase(p Span) bool {
	capitals, others := 0, 0
	for i, r := range s.text[p.Start:p.End] {
		switch {
		case i == 0:
		case unicode.IsUpper(r):
			capitals++
		default:
			others++
		}
	}
	return capitals == 0 || others == 0
}

// byList splits letters of one case into the sequence of words that is likeliest
// if each word comes independently of the others.
func (s *splitter) byList(p Span) {
	var lower [longestTag]byte
	if !lowered(&lower, s.text[p.Start:p.End]) {
		s.dst = append(s.dst, p)
		return
	}
	n := p.End - p.Start
	list := wordList()
	title := s.text[p.Start] != lower[0] && s.text[p.End-1] == lower[n-1]
	// best[i] is the cost of the first i bytes, from[i] where their last word
	// starts.
	var best [longestTag + 1]int32
	var from [longestTag + 1]int8
	for i := 1; i <= n; i++ {
		best[i] = math.MaxInt32
	}
	for i := range n {
		if !utf8.RuneStart(lower[i]) {
			continue
		}
		h := uint32(offset32)
		for j := i + 1; j <= n; j++ {
			h = (h ^ uint32(lower[j-1])) * prime32
			if j < n && !startsLetter(lower[j:n]) {
				continue
			}
			cost := list.strange[j-i]
			if i == 0 && j == n && title {
				cost -= list.name
			}
			if j-i <= longestListed {
				if known, ok := list.cost(h); ok {
					cost = min(cost, known)
				}
			}
			if c := best[i] + cost; c < best[j] {
				best[j], from[j] = c, int8(i)
			}
		}
	}
	first := len(s.dst)
	for i := n; i > 0; i = int(from[i]) {
		s.dst = append(s.dst, Span{p.Start + int(from[i]), p.Start + i})
	}
	for a, b := first, len(s.dst)-1; a < b; a, b = a+1, b-1 {
		s.dst[a], s.dst[b] = s.dst[b], s.dst[a]
	}
}

// startsLetter tells whether a letter starts s, not the rest of a rune and not a
// mark that belongs to the letter before it.
func startsLetter(s []byte) bool {
	if s[0] < utf8.RuneSelf {
		return true
	}
	if !utf8.RuneStart(s[0]) {
		return false
	}
	r, _ := utf8.DecodeRune(s)
	return !unicode.Is(unicode.M, r)
}

// lowered writes s into buf in lower case, false if that moves its bytes.
func lowered(buf *[longestTag]byte, s string) bool {
	at := 0
	for at < len(s) {
		c := s[at]
		if c < utf8.RuneSelf {
			if class[c]&cUpper != 0 {
				c |= 0x20
			}
			buf[at] = c
			at++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[at:])
		low := unicode.ToLower(r)
		if utf8.RuneLen(low) != n {
			return false
		}
		utf8.EncodeRune(buf[at:], low)
		at += n
	}
	return true
}

// listed tells whether s is a word of the list, in any case.
func listed(s string) bool {
	if len(s) > longestListed {
		return false
	}
	var lower [longestTag]byte
	if !lowered(&lower, s) {
		return false
	}
	h := uint32(offset32)
	for _, c := range lower[:len(s)] {
		h = (h ^ uint32(c)) * prime32
	}
	_, ok := wordList().cost(h)
	return ok
}

//go:generate go run makewords.go

// wordsFile is the words of our own feedback that occur at least twice, the most
// frequent first, with their counts.
//
//go:embed words.txt
var wordsFile string

// longestListed is the length of the longest word in the list, in bytes.
const longestListed = 20

// FNV-1a, which can be carried on from one byte to the next.
const (
	offset32 = 2166136261
	prime32  = 16777619
)

// words is an open hash table from the hash of a word to its cost; two words of
// one hash share the lower cost. A word's cost is the logarithm of its rarity in
// 1/256.
type words struct {
	slots   []slot
	mask    uint32
	total   float64
	strange [longestTag + 1]int32 // cost of an unknown word by its length
	name    int32                 // less, where a capital makes it look like a name
}

type slot struct {
	hash uint32
	cost int32 // 0 where the slot is free
}

var wordList = sync.OnceValue(func() *words {
	lines := strings.Count(wordsFile, "\n")
	size := 1
	for size < 4*lines {
		size *= 2
	}
	w := &words{slots: make([]slot, size), mask: uint32(size - 1)}
	for line := range strings.Lines(wordsFile) {
		_, n := wordLine(line)
		w.total += n
	}
	for line := range strings.Lines(wordsFile) {
		word, n := wordLine(line)
		h := uint32(offset32)
		for i := range len(word) {
			h = (h ^ uint32(word[i])) * prime32
		}
		w.add(h, scaled(w.total/n*rarer[min(utf8.RuneCountInString(word), len(rarer)-1)]))
	}
	for n := range w.strange {
		// As in P. Norvig's "Natural Language Corpus Data", a letter more makes an
		// unknown word so much less likely; by trial on tags of tweets.
		w.strange[n] = scaled(w.total/10) + int32(n)*scaled(7)
	}
	w.strange[1] += scaled(50)
	w.name = scaled(50)
	return w
})

// rarer is how much more rarely a word of so many letters stands in a hashtag
// than chance alone lets it be found in one.
var rarer = [...]float64{1, 12, 4, 2, 1}

func wordLine(line string) (word string, n float64) {
	word, count, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	n, _ = strconv.ParseFloat(count, 64)
	return word, max(n, 1)
}

func scaled(x float64) int32 { return int32(math.Round(math.Log(x) * 256)) }

func (w *words) add(h uint32, cost int32) {
	for i := h & w.mask; ; i = (i + 1) & w.mask {
		switch s := &w.slots[i]; {
		case s.cost == 0:
			*s = slot{h, cost}
			return
		case s.hash == h:
			s.cost = min(s.cost, cost)
			return
		}
	}
}

func (w *words) cost(h uint32) (int32, bool) {
	for i := h & w.mask; w.slots[i].cost != 0; i = (i + 1) & w.mask {
		if w.slots[i].hash == h {
			return w.slots[i].cost, true
		}
	}
	return 0, false
}
