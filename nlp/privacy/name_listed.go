package privacy

import "strings"

// findListedNames looks at every capital for a first name: alone, or with the
// capitals after it; and for a family name after a capital that is nothing else.
func (s *search) findListedNames() {
	past := -1
	for _, i := range s.capitals {
		if i <= past {
			continue
		}
		w := &s.words[i]
		n := s.natureOf(w)
		if n&(givenName|doubtfulName|surname) == 0 {
			continue
		}
		if last := s.listed(i, n); last >= i && !s.placeAhead(last) {
			start := i
			if n&(givenName|doubtfulName) == 0 {
				start-- // the family name after an unknown first name
			}
			s.found(Name, s.words[start].start, s.nameEnd(last), certainListed, "name.list")
			past = last
		}
	}
}

// listed returns the last word of the name that word i, a capital of that nature,
// is part of; −1 if it is of none.
func (s *search) listed(i int, n nature) int {
	w := &s.words[i]
	if s.shouted && (w.has(upper) || n&givenName == 0) || s.afterPlace(i) || w.start > 0 && strings.IndexByte("@#_$/&", s.text[w.start-1]) >= 0 {
		return -1
	}
	if i+1 < len(s.words) && within(s.words[i+1].gap, " -") && s.isFirm(i, i+1) || i > 0 && within(w.gap, " -") && s.isFirm(i-1, i) {
		return -1
	}
	next, m := nature(0), false
	if i+1 < len(s.words) && within(s.words[i+1].gap, " -") && s.words[i+1].has(capital) && !s.words[i+1].has(digits) && !w.has(owner) {
		next, m = s.natureOf(&s.words[i+1]), true
	}
	switch {
	case n&(givenName|doubtfulName) == 0:
		// "Thulani Nkosi": an unknown capital in front.
		if i == 0 || !within(w.gap, " ") || !s.words[i-1].has(capital) || s.words[i-1].has(first) || s.words[i-1].has(upper) || s.words[i-1].cue != 0 || n&(commonWord|firmWord|placeWord) != 0 || m && next&placeWord != 0 {
			return -1
		}
		before := s.natureOf(&s.words[i-1])
		if before != 0 || s.words[i-1].has(owner) || s.titled || s.isFirm(i-1, i) || masked(s.of(i-1)) || w.cue&cueStreet != 0 && len(s.of(i)) < 3 {
			return -1
		}
		return i
	case n&givenName == 0:
		// A doubtful first name wants a family name, or an unknown capital.
		if w.has(first) && s.actsAsPerson(i) {
			return i
		}
		if !m || next&surname == 0 || next&(commonWord|firmWord) != 0 && next&surname == 0 || s.isFirm(i, i+1) || w.has(upper) != s.words[i+1].has(upper) || n&commonWord != 0 && w.has(first) || n&firmWord != 0 && next&(firmWord|placeWord) != 0 {
			return -1
		}
		if i+2 < len(s.words) && s.words[i+2].gap == gapSpace && s.words[i+2].has(capital) && s.natureOf(&s.words[i+2])&placeWord != 0 {
			return -1
		}
	case m && (next&placeWord != 0 && next&surname == 0 || s.words[i+1].cue&cueStreet != 0 && s.words[i+1].has(capital) && next&surname == 0):
		return -1 // "Martin Place", "Victoria Station"
	case m && next&firmWord != 0 && next&surname == 0 && next&commonWord == 0:
		return -1 // "Stella Beer"
	case w.has(owner) && ownedFirm(s.keyOf(w)):
		return -1
	}
	last, sure := s.readName(i, trustListed)
	if !sure {
		if n&givenName == 0 || s.isFirm(i, min(i+1, len(s.words)-1)) {
			return -1
		}
		last = i
	}
	if n&givenName != 0 && last == i && (s.isFirm(i, i) || w.has(upper) && w.end-w.start < 4) {
		return -1
	}
	return last
}

// actsAsPerson tells whether the word behind word i, and a pronoun after that, speak
// of a person: "Grace was brilliant, give her a raise".
func (s *search) actsAsPerson(i int) bool {
	if i+2 >= len(s.words) || s.words[i+1].gap != gapSpace || !oneOf(s.of(i+1), " was is has had helped went did took made fixed came explained sorted served answered listened at from in on and who ") {
		return false
	}
	const near = 9
	for j := i + 2; j < len(s.words) && j < i+near; j++ {
		if g := s.words[j].gap; g == gapEnd || g == gapLine {
			return false
		}
		if oneOf(s.of(j), " he she her his him ") {
			return true
		}
	}
	return false
}

// placeAhead tells whether the name whose last word is last is that of a place:
// "Charles de Gaulle Airport", "Celia's restaurant".
func (s *search) placeAhead(last int) bool {
	const most = 4
	owns := s.words[last].has(owner)
	for j := last + 1; j < len(s.words) && j <= last+most && s.words[j].gap == gapSpace; j++ {
		w := &s.words[j]
		if oneOf(s.of(j), " airport restaurant café cafe bistro hotel hospital theatre theater museum stadium ") {
			return true
		}
		if owns || !w.has(capital) && !s.nameParticle(j) || w.has(digits) {
			return false
		}
	}
	return false
}

// afterPlace tells whether the word before word i makes it part of a place or of a
// title of nobility: "St Mary", "San Diego", "Queen Elizabeth".
func (s *search) afterPlace(i int) bool {
	const places = " são santo la st saint san santa los las new port fort mount lake point cape north south east west royal king queen prince princess lord saint- cafe café hotel restaurant casa bistro chez villa trattoria ristorante pizzeria hostel salon "
	if i > 0 && oneOf(s.of(i-1), " hurricane storm cyclone typhoon code stat stats ") {
		return true // "Hurricane Irma"; "Code Ann.": a code with its annotations
	}
	if i == 0 || !within(s.words[i].gap, " -") && s.words[i].gap != gapEnd || !s.words[i-1].has(capital) && !foldedIs(s.of(i-1), "san") {
		return false
	}
	if s.words[i].gap == gapEnd && !s.abbreviated(i-1) {
		return false
	}
	return strings.Contains(places, " "+string(s.keyOf(&s.words[i-1]))+" ")
}

// ownedFirm tells whether a first name with 's is mostly a firm: "Wendy's".
func ownedFirm(key []byte) bool {
	switch string(key) {
	case "wendy", "denny", "joe", "john", "jimmy", "victoria", "harry", "ben", "jerry", "dave", "casey", "carl", "freddy", "annie", "amy", "katie", "angie", "craig", "claire", "charlie", "nando", "tony", "barney", "dominic", "christie", "louie", "jamie", "alfredo", "antonio", "luigi", "mario", "bob":
		return true
	}
	return false
}
