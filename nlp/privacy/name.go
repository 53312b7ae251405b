package privacy

import "strings"

// trust says how much of a name an announcement vouches for.
type trust uint8

const (
	trustListed trust = iota // a first or family name of the lists, or two unknown capitals
	trustAny                 // any capital that is nothing else
	trustLower               // the same, and first names in lower case
)

const longestName = 4 // words, particles aside

// findAnnouncedNames looks behind every word that announces a name.
func (s *search) findAnnouncedNames() {
	for _, i := range s.cues {
		w := &s.words[i]
		c := w.cue
		if c&cueNamed != 0 {
			s.afterName(i)
		}
		if c&cueTitle != 0 {
			s.afterTitle(i)
		}
		if c&(cueRole|cueKin) != 0 && i+1 < len(s.words) {
			s.afterRole(i)
		}
		if c&cueTalk != 0 {
			s.afterTalk(i)
		}
		if c&cueGreet != 0 && i+1 < len(s.words) && within(s.words[i+1].gap, " ,") {
			s.nameAt(i+1, trustListed, "name.greeting")
		}
		if c&cueSign != 0 {
			s.afterSign(i)
		}
		if c&cueIs != 0 && i > 0 {
			s.afterThisIs(i)
		}
		if c&cueSelf != 0 && i+1 < len(s.words) && s.words[i+1].gap == gapSpace {
			s.selfAt(i + 1)
		}
		if c&cueHome != 0 && foldedIs(s.of(i), "at") {
			s.findSpelled(i)
		}
	}
}

// nameAt notes the name that begins at word j, and returns its last word; j−1 if no
// name that t trusts begins there.
func (s *search) nameAt(j int, t trust, rule string) int {
	if j < len(s.words) && s.words[j].cue&cueTitle != 0 && j+1 < len(s.words) && s.words[j].has(capital) {
		j++
	}
	last, sure := s.readName(j, t)
	if last >= j && sure {
		s.found(Name, s.words[j].start, s.nameEnd(last), certainAnnounced, rule)
		return last
	}
	return j - 1
}

// nameEnd is where a name ends whose last word is last: before 's.
func (s *search) nameEnd(last int) int {
	w := &s.words[last]
	if w.has(owner) {
		t := strings.TrimSuffix(s.of(last)[:w.end-w.start-1], "'")
		return w.start + len(strings.TrimSuffix(t, "’"))
	}
	return w.end
}

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
		if b > j && !within(w.gap, " -'") && !(s.initial(b-1) && (w.gap == gapDot || w.gap == gapEnd)) {
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
		case n&commonWord != 0 && !(first && b == j || n&surname != 0 && b > j && s.properBefore(b)):
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
	if t < trustLower && !(s.shouted && n&givenName != 0) && !(t == trustAny && n&givenName != 0) || n&(givenName|doubtfulName) == 0 || n&(commonWord|firmWord) != 0 && n&givenName == 0 {
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

// isFirm tells whether words j to last begin as a firm does that is named like a
// person.
func (s *search) isFirm(j, last int) bool {
	if last > j {
		n := copy(s.pair[:], s.keyOf(&s.words[j]))
		s.pair[n] = ' '
		n++
		n += copy(s.pair[n:], s.keyOf(&s.words[j+1]))
		if _, yes := firmPairs[string(s.pair[:n])]; yes {
			return true
		}
	}
	return false
}

var firmPairs = newFirmPairs()

func newFirmPairs() map[string]struct{} {
	pairs := map[string]struct{}{}
	for f := range strings.SplitSeq(firms, ";") {
		pairs[strings.TrimSpace(f)] = struct{}{}
	}
	return pairs
}

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
		if last := s.listed(i, n); last >= i {
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
	if i+1 < len(s.words) && s.words[i+1].gap == gapSpace && s.isFirm(i, i+1) || i > 0 && w.gap == gapSpace && s.isFirm(i-1, i) {
		return -1
	}
	next, m := nature(0), false
	if i+1 < len(s.words) && within(s.words[i+1].gap, " -") && s.words[i+1].has(capital) && !s.words[i+1].has(digits) && !w.has(owner) {
		next, m = s.natureOf(&s.words[i+1]), true
	}
	switch {
	case n&(givenName|doubtfulName) == 0:
		// "Thulani Nkosi": an unknown capital in front.
		if i == 0 || !within(w.gap, " ") || !s.words[i-1].has(capital) || s.words[i-1].has(first) || s.words[i-1].has(upper) || s.words[i-1].cue != 0 || n&(commonWord|firmWord) != 0 || m && next&placeWord != 0 {
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

// afterPlace tells whether the word before word i makes it part of a place or of a
// title of nobility: "St Mary", "San Diego", "Queen Elizabeth".
func (s *search) afterPlace(i int) bool {
	const places = " são santo st saint san santa los las new port fort mount lake point cape north south east west royal king queen prince princess lord saint-"
	if i > 0 && oneOf(s.of(i-1), " hurricane storm cyclone typhoon ") {
		return true
	}
	if i == 0 || !within(s.words[i].gap, " -") && s.words[i].gap != gapEnd || !s.words[i-1].has(capital) {
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
