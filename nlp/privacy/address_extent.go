package privacy

import "strings"

// address notes the address whose street and number are words a to b, with what
// belongs to it on both sides: flat, town, postcode. n is the word of its number.
func (s *search) address(n, a, b int) bool {
	a, b = min(a, n), max(b, n)
	start := s.words[a].start
	// "Flat 2, 14 Elm Road"
	if a >= 2 && within(s.words[a].gap, ", ") && s.words[a-2].cue&cueUnit != 0 && s.words[a-1].gap == gapSpace && s.words[a-1].end-s.words[a-1].start <= 4 {
		start = s.words[a-2].start
	}
	last := s.rest(b)
	s.found(Address, start, s.words[last].end, certainAddress, "address")
	return true
}

// farthestTown is how many words behind the street still belong to an address.
const farthestTown = 9

// rest returns the last word of an address whose street and number end at word b.
func (s *search) rest(b int) int {
	last := b
	for i := b + 1; i < len(s.words) && i <= b+farthestTown; {
		w := &s.words[i]
		g := w.gap
		if !within(g, " ,dn#") && (!s.abbreviationEnds(i) || s.words[i-1].cue&(cueStreet|cueUnit) == 0) {
			break
		}
		if n := s.townPart(i, g); n > 0 {
			i += n
			last = i - 1
			continue
		}
		break
	}
	return last
}

// townPart returns how many words from word i on are one part of an address: a
// flat, a compass point, a postcode, a town, a state; 0 if none is.
func (s *search) townPart(i int, g gap) int {
	w := &s.words[i]
	t := s.of(i)
	next := i + 1
	switch {
	case w.cue&cueUnit != 0 && next < len(s.words) && within(s.words[next].gap, " #.o") && (s.words[next].has(digits) && s.words[next].end-s.words[next].start <= 5 || s.words[next].end-s.words[next].start == 1 && s.words[next].has(capital)):
		return 2
	case g == gapNumber && w.has(digits):
		return 1
	case g == gapLine && !w.has(capital) && !w.has(digits):
		return 0
	case w.has(digits):
		if n := s.postcodeLength(i); n > 0 {
			return n
		}
		return 0
	case w.has(upper) && len(t) <= 2 && (strings.Contains(" N S E W NE NW SE SW ", " "+t+" ") || next < len(s.words) && s.words[next].has(digits) || g == gapComma):
		return 1
	case len(t) == 1 && strings.Contains("NSEW", t):
		return 1
	case w.has(capital) && (g == gapComma || g == gapLine || g == 'd') || w.has(capital) && i > 0 && s.postcodeBefore(i):
		return s.town(i)
	case w.has(capital) && g == gapSpace && s.townThenCode(i):
		return s.town(i)
	}
	return 0
}

// town returns how many words from word i on are the name of a town: up to three
// capitals that are not the beginning of a sentence.
func (s *search) town(i int) int {
	n := 0
	for n < 3 && i+n < len(s.words) {
		w := &s.words[i+n]
		if n > 0 && !within(w.gap, " -'") || !w.has(capital) || w.has(digits) || w.has(owner) {
			break
		}
		if s.natureOf(w)&commonWord != 0 || w.cue&(cueSign|cueGreet|cueTitle) != 0 {
			break
		}
		if n > 0 && w.has(upper) && w.end-w.start == 2 {
			break // a state
		}
		n++
	}
	return n
}

// townThenCode tells whether a town that begins at word i is followed by a state
// or a postcode.
func (s *search) townThenCode(i int) bool {
	j := i + s.town(i)
	if j == i || j >= len(s.words) || !within(s.words[j].gap, " ,") {
		return false
	}
	w := &s.words[j]
	return w.has(upper) && w.end-w.start == 2 || s.postcodeLength(j) > 0
}

// postcodeBefore tells whether the words before word i are a postcode.
func (s *search) postcodeBefore(i int) bool {
	return s.words[i].gap == gapSpace && (s.postcodeLength(i-1) == 1 || i > 1 && s.postcodeLength(i-2) == 2)
}

// postcodeLength returns of how many words the postcode that begins at word i is; 0
// if there is none.
func (s *search) postcodeLength(i int) int {
	w := &s.words[i]
	t := s.of(i)
	n := len(t)
	next := ""
	if i+1 < len(s.words) && within(s.words[i+1].gap, " -") {
		next = s.of(i + 1)
	}
	switch {
	case w.number() && n == 5 && len(next) == 4 && s.words[i+1].gap == gapHyphen && s.words[i+1].number(): // ZIP+4
		return 2
	case w.number() && n == 5 && len(next) == 3 && s.words[i+1].gap == gapHyphen: // Brazil
		return 2
	case w.number() && n == 4 && len(next) == 2 && s.words[i+1].has(upper): // Netherlands
		return 2
	case w.number() && n == 4 && len(next) == 3 && s.words[i+1].number() && s.words[i+1].gap == gapHyphen: // Portugal
		return 2
	case w.number() && n == 6 || w.number() && n == 3 && len(next) == 3 && s.words[i+1].number(): // India
		return choose(n == 6, 1) + choose(n == 3, 2)
	case w.number() && (n == 5 || n == 4):
		return 1
	case britishPostcode(t, next):
		return 2
	case britishPostcode(splitPostcode(t)):
		return 1
	}
	return 0
}

func splitPostcode(t string) (string, string) {
	if len(t) < 5 || len(t) > 7 {
		return "", ""
	}
	return t[:len(t)-3], t[len(t)-3:]
}

// britishAreas are the letters with which British postcodes begin.
const britishAreas = " AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE "

// britishPostcode tells whether out and in are the halves of a British postcode, in
// capitals: "SW1A", "2AA".
func britishPostcode(out, in string) bool {
	if len(out) < 2 || len(out) > 4 || len(in) != 3 || class[in[0]] != isDigit {
		return false
	}
	for _, c := range []byte(in[1:]) {
		if class[c]&isCapital == 0 || strings.IndexByte("CIKMOV", c) >= 0 {
			return false
		}
	}
	area := 0
	for area < len(out) && class[out[area]]&isCapital != 0 {
		area++
	}
	if area == 0 || area > 2 || area == len(out) || class[out[area]] != isDigit {
		return false
	}
	return strings.Contains(britishAreas, " "+out[:area]+" ")
}

// box finds "PO Box 123".
func (s *search) box(n int) bool {
	if s.all&cueBox == 0 || n == 0 || !s.words[n].number() {
		return false
	}
	a := n - 1
	if foldedIs(s.of(a), "box") && a > 0 && s.words[a].gap != gapLine {
		a--
		if a > 0 && foldedIs(s.of(a), "o") && foldedIs(s.of(a-1), "p") {
			a--
		} else if !foldedIs(s.of(a), "po") {
			return false
		}
	} else if s.words[a].cue&cueBox == 0 || foldedIs(s.of(a), "box") || foldedIs(s.of(a), "po") || foldedIs(s.of(a), "bp") && !s.words[a].has(upper) {
		return false
	}
	return s.address(n, a, n)
}

// postcode finds a postcode that stands alone: a British one, which is that of a
// few houses, or any that is called one.
func (s *search) postcode(n int) {
	for i := n; i >= 0 && i >= n-1; i-- {
		w := &s.words[i]
		if !w.has(digits) {
			continue
		}
		if i+1 < len(s.words) && s.words[i+1].gap == gapSpace && britishPostcode(s.of(i), s.of(i+1)) || britishPostcode(splitPostcode(s.of(i))) && s.asked(i, i, cuePostcode|cueHome) {
			last := i + s.postcodeLength(i) - 1
			s.found(Address, w.start, s.words[last].end, certainAddress, "address.postcode")
			return
		}
	}
}
