package privacy

// series is a run of digits in groups, as phones are written.
type series struct {
	a, b       int // words, both included
	start, end int // bytes, with the plus and the bracket before it
	plus       bool
	bracket    bool // the first group, or the one after the country, is in brackets
	digits     []byte
	groups     []byte // their lengths: "334"
	gaps       []byte // what separates them
}

const longestPhone = 15 // E.164

// findPhones looks for phones among the numbers, the longest from each place.
func (s *search) findPhones() {
	past := -1
	for _, n := range s.numbers {
		if n <= past || !s.words[n].number() {
			continue
		}
		if n > 0 && s.words[n-1].has(digits) && within(s.words[n].gap, "-./_") && n-1 > past {
			continue // the middle of something longer
		}
		if b := s.phoneFrom(n); b >= 0 {
			past = b
		}
	}
}

// phoneFrom looks for a phone that begins at word a and returns its last word, −1
// if there is none.
func (s *search) phoneFrom(a int) int {
	c := series{a: a, start: s.words[a].start, digits: s.joined[:0], groups: s.shape[:0]}
	var gaps [12]byte
	c.gaps = gaps[:0]
	if !s.opening(&c) {
		return -1
	}
	if p := a - 1; p >= 0 && !c.plus && !c.bracket && s.words[p].has(digits) && s.words[a].gap == gapSpace && s.words[p].end-s.words[p].start > 2 {
		return -1 // the middle of something longer
	}
	if s.insideIBAN(a) {
		return -1
	}
	asked := s.asked(a, a, cuePhone) || s.numberIs(a)
	var ends [12]int // digits up to each word
	last := a - 1
	for b := a; b < len(s.words) && b-a < len(ends); b++ {
		w := &s.words[b]
		if b > a && (!w.number() || !within(w.gap, " -./()d")) || len(c.digits)+w.end-w.start > longestPhone+2 {
			break
		}
		if b > a {
			c.gaps = append(c.gaps, byte(w.gap))
			c.bracket = c.bracket || w.gap == gapClose
		}
		c.digits = append(c.digits, s.text[w.start:w.end]...)
		c.groups = append(c.groups, lengthDigit(w.end-w.start))
		ends[b-a] = len(c.digits)
		last = b
	}
	if last < a || ends[last-a] < 7 {
		return -1
	}
	for _, loose := range [...]bool{false, true} {
		if loose && (!asked || s.itemBefore(a, cueItem|cueAccount) && !s.itemBefore(a, cuePhone)) {
			continue
		}
		for b := last; b >= a; b-- {
			p := c
			p.b, p.digits, p.groups = b, c.digits[:ends[b-a]], c.groups[:b-a+1]
			p.gaps = c.gaps[:b-a]
			if len(p.digits) < 7 {
				break
			}
			if b+1 < len(s.words) && s.goesOn(b+1) {
				continue
			}
			if !loose && p.written(asked) && (asked || p.plus || !s.itemBefore(a, cueItem|cueAccount)) || loose && p.plausible() {
				p.end = s.words[b].end
				sure := certainShape
				if p.plus || asked {
					sure = certainAsked - 1
				}
				s.found(Phone, p.start, s.extension(b, p.end), sure, "phone")
				return b
			}
		}
	}
	return -1
}

// opening takes the plus and the bracket before the first digit; false if what
// stands there says that no phone begins.
func (s *search) opening(c *series) bool {
	at := c.start - 1
	if at >= 0 && s.text[at] == '(' {
		c.bracket = true
		c.start = at
		at--
	}
	if at >= 0 && s.text[at] == '+' {
		c.plus = true
		c.start = at
		at--
		if at >= 0 && s.text[at] == '(' {
			c.start = at
			at--
		}
	}
	if at < 0 || c.plus {
		return at < 0 || class[s.text[at]]&(isLetter|isDigit) == 0
	}
	switch s.text[at] {
	case '$', '#', '@', '=', '_', '%', '*', '^', '&':
		return false
	case '/', '-', '.':
		return c.start != s.words[c.a].start || class[byteAt(s.text, at-1)]&(isLetter|isDigit) == 0
	}
	if n := len(s.text[:at+1]); n >= 2 && (s.text[n-2:n] == "£" || n >= 3 && s.text[n-3:n] == "€") {
		return false
	}
	return true
}

func byteAt(s string, i int) byte {
	if i < 0 {
		return ' '
	}
	return s[i]
}

// goesOn tells whether word b continues a number, so that the number before it is
// not whole.
func (s *search) goesOn(b int) bool {
	w := &s.words[b]
	if w.number() && w.gap == gapSpace && w.end-w.start > 2 {
		return true
	}
	return w.has(digits) && within(w.gap, "-./_,:") && s.text[w.start-1] != ' ' || w.has(letters) && w.gap == gapHyphen && w.end-w.start < 3
}

// numberIs tells whether "number is" stands before word a, and no word that says
// of what.
func (s *search) numberIs(a int) bool {
	const near = 4
	for i := a - 1; i >= 0 && i >= a-near; i-- {
		if g := s.words[i+1].gap; g == gapEnd || g == gapLine {
			return false
		}
		c := s.words[i].cue
		if c&(cueAccount|cueItem|cueID|cueCard|cueSecret|cueCode|cueDocument) != 0 {
			return false
		}
		if c&cueNumber != 0 {
			before := cue(0)
			for j := i - 1; j >= 0 && j >= i-2; j-- {
				before |= s.words[j].cue
			}
			return before&(cueAccount|cueItem|cueID|cueCard|cueSecret|cueDocument) == 0
		}
	}
	return false
}

// extension returns where a phone with its extension ends: "ext. 204", "x204".
func (s *search) extension(b, end int) int {
	if b+1 >= len(s.words) {
		return end
	}
	w := &s.words[b+1]
	t := s.of(b + 1)
	if len(t) > 1 && len(t) <= 6 && t[0]|0x20 == 'x' && class[t[1]]&isDigit != 0 {
		return w.end
	}
	if !foldedIs(t, "ext") && !foldedIs(t, "extension") && !foldedIs(t, "x") || b+2 >= len(s.words) {
		return end
	}
	if e := &s.words[b+2]; e.number() && e.end-e.start <= 6 {
		return e.end
	}
	return end
}
