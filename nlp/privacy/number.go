package privacy

import "strings"

// numbering is a candidate: the words a to b read as one number.
type numbering struct {
	a, b       int // words, both included
	start, end int // bytes
	// joined are the digits and letters, in upper case; shape is the length of
	// each part, with what separates them: "3-2-4". Both are good until the next
	// candidate.
	joined, shape []byte
}

// longestNumber is the length of the longest IBAN.
const longestNumber = 34

// findNumbers looks at every number, with up to two short words of letters before
// it ("GB 29 …", "RSS MRA 85…"): first for numbers with check digits, then for
// addresses of computers, then for phones.
func (s *search) findNumbers() {
	for _, n := range s.numbers {
		from := n
		for back := 1; back <= 2 && n-back >= 0; back++ {
			w := &s.words[n-back]
			if w.has(digits) || w.end-w.start > 6 || !within(s.words[n-back+1].gap, " -.") {
				break
			}
			from = n - back
		}
		for a := from; a <= n; a++ {
			s.checkFrom(a, n)
		}
		s.findIPv4(n)
		s.findKnownForms(n)
		s.findToken(n)
	}
	s.findPhones()
}

// checkFrom looks for numbers with check digits that begin at word a and reach at
// least to word n.
func (s *search) checkFrom(a, n int) {
	first := &s.words[a]
	if first.start > 0 && within(gap(s.text[first.start-1]), "$€£+/._=&@") {
		return
	}
	if a > 0 && first.gap == gapHyphen && s.words[a-1].has(digits) {
		return // the middle of something longer
	}
	c := numbering{a: a, start: first.start, joined: s.joined[:0], shape: s.shape[:0]}
	for b := a; b < len(s.words) && b-a < 12; b++ {
		w := &s.words[b]
		if b > a {
			if !within(w.gap, " -./'") || b > n && !w.has(digits) && w.end-w.start > 6 {
				return
			}
			c.shape = append(c.shape, byte(w.gap))
		}
		if len(c.joined)+w.end-w.start > longestNumber || w.has(owner) {
			return
		}
		for i := w.start; i < w.end; i++ {
			x := s.text[i]
			if class[x]&isLetter != 0 {
				x &^= 0x20
			} else if class[x]&isDigit == 0 {
				return
			}
			c.joined = append(c.joined, x)
		}
		c.shape = append(c.shape, lengthDigit(w.end-w.start))
		if b < n || len(c.joined) < 8 {
			continue
		}
		if b+1 < len(s.words) && within(s.words[b+1].gap, "-/._@") && s.words[b+1].has(digits) {
			continue // it goes on
		}
		c.b, c.end = b, w.end
		for i := range checkedByLength[len(c.joined)] {
			s.apply(checkedByLength[len(c.joined)][i], &c)
		}
	}
}

// lengthDigit writes the length of a part of a number: 1 to 9, then a, b …
func lengthDigit(n int) byte {
	if n <= 9 {
		return '0' + byte(n)
	}
	return 'a' + byte(n-10)
}

// within tells whether g is one of the marks.
func within(g gap, marks string) bool {
	for i := range len(marks) {
		if byte(g) == marks[i] {
			return true
		}
	}
	return false
}

// reach is how many words before a number, and how many after it, may announce it.
const reachBefore, reachAfter = 7, 4

// asked tells whether words near the words a to b announce what they are. The
// words before it must stand in the same sentence, or in the question or the line
// before it; those after it in the same sentence.
func (s *search) asked(a, b int, what cue) bool {
	if s.all&what == 0 {
		return false
	}
	ends := 0
	for i := a - 1; i >= 0 && i >= a-reachBefore; i-- {
		if g := s.words[i+1].gap; g == gapEnd || g == gapLine {
			between := s.text[s.words[i].end:s.words[i+1].start]
			abbreviated := g == gapEnd && between[0] == '.' && s.words[i].cue&(what|cueNumber) != 0 // "No. 12"
			if !abbreviated {
				ends++
			}
			if ends > 1 || !abbreviated && strings.IndexByte(between, '?') < 0 && (g == gapEnd || strings.IndexByte(between, '.') >= 0) {
				break
			}
		}
		if s.words[i].cue&what != 0 {
			return true
		}
	}
	return s.askedAfter(b, what)
}

func (s *search) askedAfter(b int, what cue) bool {
	for i := b + 1; i < len(s.words) && i <= b+reachAfter; i++ {
		if g := s.words[i].gap; g == gapEnd || g == gapLine {
			return false
		}
		if s.words[i].cue&what != 0 {
			return true
		}
	}
	return false
}

// itemBefore tells whether the word right before word a, or one of the two before
// that, says that a thing is numbered, as "model" does.
func (s *search) itemBefore(a int, what cue) bool {
	if s.all&what == 0 {
		return false
	}
	for i := a - 1; i >= 0 && i >= a-3; i-- {
		if g := s.words[i+1].gap; g == gapEnd || g == gapLine || g == gapComma {
			return false
		}
		if s.words[i].cue&what != 0 {
			return true
		}
	}
	return false
}
