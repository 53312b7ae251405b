package privacy

import "strings"

const longestName = 4 // words, particles aside

// readName returns the last word of the name that begins at word j, and whether t
// trusts it.
func (s *search) readName(j int, t trust) (last int, sure bool) {
	last = j - 1
	if j >= len(s.words) {
		return last, false
	}
	if w := &s.words[j]; !w.has(capital) || s.shouted {
		return s.readLower(j, t)
	}
	known, unknown := 0, 0
	particles := 0 // since the last name
	for b := j; b < len(s.words) && known+unknown < longestName; b++ {
		w := &s.words[b]
		if b > j && !within(w.gap, " -'") && (!s.initial(b-1) || !within(w.gap, ".s")) {
			break
		}
		if !w.has(capital) || w.has(digits) {
			if last == b-1-particles && b > j && s.nameParticle(b) {
				particles++
				continue
			}
			break
		}
		particles = 0
		if b == j && w.has(owner) && t == trustListed && ownedFirm(s.keyOf(w)) {
			return j - 1, false
		}
		if s.initial(b) && w.end < len(s.text) && s.text[w.end] == '.' && b+1 < len(s.words) && (s.words[b+1].has(capital) || s.nameParticle(b+1)) && within(s.words[b+1].gap, "s.") {
			last = b
			continue
		}
		n := s.natureOf(w)
		if n == 0 && (w.end-w.start > 1 && masked(s.of(b)) || w.has(upper) && t == trustListed) {
			return last, last >= j && s.trusted(t, known, unknown)
		}
		first := n&(givenName|doubtfulName) != 0
		if n&placeWord != 0 && n&surname == 0 {
			return j - 1, false
		}
		if b > j && w.cue&cueRole != 0 && !first && n&surname == 0 {
			return last, s.trusted(t, known, unknown)
		}
		switch {
		case n&firmWord != 0 && n&(givenName|surname) == 0:
			if b == j && n&doubtfulName == 0 || b > j && w.gap != gapHyphen {
				return last, false
			}
		case n&commonWord != 0 && (b > j || !first) && (b == j || n&surname == 0 || !s.properBefore(b)):
			return last, last >= j && s.trusted(t, known, unknown)
		case w.cue&^(cueItem|cueTalk|cueStreet|cueHome|cueIs|cueCard|cueSign|cueKin|cueRole|cueCode|cueSecret|cuePhone|cueVersion|cueUnit|cueID|cueStrasse) != 0 && !first && n&surname == 0:
			return last, last >= j && s.trusted(t, known, unknown)
		}
		if n&(givenName|surname) != 0 || n&doubtfulName != 0 && (t > trustListed || b > j || n&firmWord == 0) {
			known++
		} else if w.end-w.start > 1 {
			unknown++
		}
		last = b
		if w.has(owner) {
			break
		}
	}
	if last < j || s.isFirm(j, last) {
		return j - 1, false
	}
	return last, s.trusted(t, known, unknown)
}

// trusted tells whether words of which so many are known to be names make one.
func (s *search) trusted(t trust, known, unknown int) bool {
	return known > 0 || t > trustListed && unknown > 0 || unknown > 1 && !s.titled
}

// masked tells whether a word is made of X alone, as what others have hidden.
func masked(word string) bool { return strings.Trim(word, "xX") == "" }

// properBefore tells whether the word before word b is a first name.
func (s *search) properBefore(b int) bool {
	return s.natureOf(&s.words[b-1])&(givenName|doubtfulName) != 0
}

// initial tells whether word i is one capital.
func (s *search) initial(i int) bool {
	w := &s.words[i]
	return w.end-w.start == 1 && w.has(capital)
}

// nameParticle tells whether word b stands inside of names: "van", "de la", "bin".
func (s *search) nameParticle(b int) bool {
	const particles = " van von de der den del della di da dos do la le el al bin ibn bint y ten ter zu af "
	if !strings.Contains(particles, " "+s.of(b)+" ") || b+1 >= len(s.words) {
		return false
	}
	next := &s.words[b+1]
	return next.has(capital) && within(next.gap, " -'") || b+2 < len(s.words) && next.gap == gapSpace && strings.Contains(particles, " "+s.of(b+1)+" ") && s.words[b+2].has(capital)
}

// readLower reads a name where capitals say nothing: a first name of the list, and
// a family name after it.
func (s *search) readLower(j int, t trust) (last int, sure bool) {
	w := &s.words[j]
	n := s.natureOf(w)
	if t < trustLower && (n&givenName == 0 || !s.shouted && t < trustAny) || n&(givenName|doubtfulName) == 0 || n&(commonWord|firmWord) != 0 && n&givenName == 0 {
		return j - 1, false
	}
	if j+1 < len(s.words) && within(s.words[j+1].gap, " -") {
		if s.isFirm(j, j+1) {
			return j - 1, false
		}
		next := &s.words[j+1]
		m := s.natureOf(next)
		ends := j+2 >= len(s.words) || s.words[j+2].gap != gapSpace || foldedIs(s.of(j+2), "and") || foldedIs(s.of(j+2), "from")
		if m&surname != 0 && m&commonWord == 0 || ends && m&(commonWord|firmWord) == 0 && next.cue == 0 && !next.has(digits) && next.end-next.start > 2 {
			return j + 1, true
		}
	}
	return j, true
}
