package privacy

import (
	"slices"
	"strings"
)

// checked is a kind of number whose digits can be checked.
type checked struct {
	rule    string
	kind    string
	lengths []int // of digits and letters
	// open are the shapes that need no announcement; nil: all shapes.
	open []string
	// closed says that every shape needs an announcement: the check is weak.
	closed  bool
	grouped bool // parts of four, or two letters, two digits and parts of four
	asked   cue  // what announces it
	sure    certainty
	valid   func(number []byte) bool
}

// checkedByLength are the rules by the number of digits and letters.
var checkedByLength = newChecked()

func newChecked() (byLength [longestNumber + 1][]*checked) {
	for _, list := range [][]checked{bankNumbers, americanIDs, europeanIDs, otherIDs} {
		for i := range list {
			for _, n := range list[i].lengths {
				byLength[n] = append(byLength[n], &list[i])
			}
		}
	}
	return byLength
}

// apply notes a candidate that the rule finds valid, and that is announced where
// the rule wants that.
func (s *search) apply(r *checked, c *numbering) {
	if r.grouped && !inFours(c.shape) || !r.valid(c.joined) {
		return
	}
	if r.kind == NationalID && s.inSeries(c) || r.kind != IBAN && s.insideIBAN(c.a) {
		return
	}
	sure := r.sure
	if r.closed && string(c.shape) == "3-2-4" {
		return // written as a social security number, and not a valid one
	}
	if r.closed || r.open != nil && !slices.Contains(r.open, string(c.shape)) {
		if !s.asked(c.a, c.b, r.asked) {
			return
		}
		sure = max(sure, certainAsked)
	} else if r.kind != IBAN && !s.asked(c.a, c.b, r.asked) && s.itemBefore(c.a, cueItem|cueAccount) && within(gap(c.shape[len(c.shape)-1]), "89abcdefghij") {
		return // "order 4111111111111111"
	}
	s.found(r.kind, c.start, c.end, sure, r.rule)
}

// inSeries tells whether groups of digits like its own stand before or behind a
// candidate, so that it is part of something longer.
func (s *search) inSeries(c *numbering) bool {
	like := func(i, other int) bool {
		w, o := &s.words[i], &s.words[other]
		return w.number() && w.end-w.start > 2 && w.end-w.start <= o.end-o.start
	}
	return c.a > 0 && s.words[c.a].gap == gapSpace && like(c.a-1, c.a) || c.b+1 < len(s.words) && s.words[c.b+1].gap == gapSpace && like(c.b+1, c.b)
}

// insideIBAN tells whether the number at word a goes on what begins as an IBAN does,
// right or not: "DE12 3456 …".
func (s *search) insideIBAN(a int) bool {
	for i := a; i > 0 && i > a-8 && within(s.words[i].gap, " -"); i-- {
		w := &s.words[i-1]
		if w.end-w.start == 4 && !w.number() {
			t := s.text[w.start:w.end]
			_, known := ibanLengths[strings.ToUpper(t[:2])]
			return known && allDigits([]byte(t[2:]))
		}
		if !w.number() {
			return false
		}
	}
	return false
}

// inFours tells whether a number is written in one piece or in parts of four, the
// last of which may be shorter, with the country or country and check digits apart.
func inFours(shape []byte) bool {
	if len(shape) > 3 && shape[0] == '2' && shape[2] == '2' && shape[1] == ' ' {
		shape = shape[4:]
	}
	for i := 0; i < len(shape)-1; i += 2 {
		if shape[i] != '4' && (i > 0 || shape[i] != '2') {
			return len(shape) <= 3 && shape[i] == '2' || len(shape) == 3 && i == 0
		}
	}
	return len(shape) > 0 && (len(shape) == 1 || shape[len(shape)-1] <= '4' || len(shape) == 3)
}

// The checks below are of numbers of the right length; what is no digit where one
// must stand makes a number invalid.

// allDigits tells whether every byte is a digit.
func allDigits(n []byte) bool {
	for _, c := range n {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// value is the number that digits write, at most 18 of them.
func value(digits []byte) (v int) {
	for _, c := range digits {
		v = 10*v + int(c-'0')
	}
	return v
}

// weighed is the sum of the digits, each times its weight.
func weighed(digits []byte, weights ...int) (sum int) {
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return sum
}

// luhn tells whether the last digit is the check digit of those before it.
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// uniform tells whether all digits are the same, as in what is made up.
func uniform(digits []byte) bool {
	for _, c := range digits {
		if c != digits[0] {
			return false
		}
	}
	return true
}

// day tells whether month and day can be of one date.
func day(month, day []byte) bool {
	m, d := value(month), value(day)
	return m >= 1 && m <= 12 && d >= 1 && d <= 31
}
