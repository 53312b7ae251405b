package privacy

import "strings"

// findAddresses looks around every number for a street. Streets are written in
// three ways: "12 Oak Road", "Lindenweg 12", "calle Mayor 12" or "12 rue Mayor".
// Then it looks for PO boxes and for postcodes.
func (s *search) findAddresses() {
	for _, n := range s.numbers {
		switch {
		case s.houseAt(n) && (s.numberFirst(n) || s.numberLast(n)):
		case s.box(n):
		default:
			s.postcode(n)
		}
	}
}

// houseAt tells whether word n can be the number of a house: up to five digits and
// a letter, "12", "221B", "12a".
func (s *search) houseAt(n int) bool {
	w := &s.words[n]
	t := s.text[w.start:w.end]
	if class[t[0]]&isDigit == 0 || len(t) > 6 || within(w.gap, ".:") && n > 0 && s.words[n-1].has(digits) {
		return false
	}
	if w.start > 0 && strings.IndexByte("$#+=@%", s.text[w.start-1]) >= 0 && s.text[w.start-1] != '#' || strings.HasSuffix(s.text[:w.start], "£") || strings.HasSuffix(s.text[:w.start], "€") {
		return false
	}
	if last := len(t) - 1; class[t[last]]&isDigit == 0 {
		t = t[:last]
	}
	return t != "" && len(t) <= 5 && allDigits([]byte(t))
}

// longestStreet is how many words a street's name has at most, its type aside.
const longestStreet = 4

// numberFirst finds "12 Oak Road" and "12 bis rue de la Paix".
func (s *search) numberFirst(n int) bool {
	j := n + 1
	if j < len(s.words) && (foldedIs(s.of(j), "bis") || foldedIs(s.of(j), "ter")) {
		j++
	}
	if j >= len(s.words) || !within(s.words[j].gap, " ,") {
		return false
	}
	if c := &s.words[j]; c.cue&cueStrasse != 0 && (c.has(capital) || !oneOf(s.of(j), " via corso camino av largo ")) && c.end-c.start > 1 && (c.cue&cueStreet == 0 || j+1 < len(s.words) && (s.isParticle(j+1) || !c.has(capital) && s.words[j+1].has(capital))) {
		if last := s.streetName(j + 1); last > j {
			return s.address(n, n, last)
		}
	}
	if s.words[j].gap != gapSpace && s.words[j].gap != gapComma {
		return false
	}
	home := s.asked(n, n, cueHome|cueUnit)
	for b := j; b < len(s.words) && b-j <= longestStreet; b++ {
		w := &s.words[b]
		if b > j && !within(w.gap, " -") && !s.abbreviationEnds(b) {
			return false
		}
		if b > j && w.cue&cueStreet != 0 && (w.has(capital) || home && oneOf(s.of(b), lowerStreets)) && !s.phrase(j, b) {
			if s.shouted && w.has(upper) && !home && s.rest(b) == b {
				return false
			}
			return s.address(n, n, b)
		}
		if b == j && w.cue&cueStreet != 0 && foldedIs(s.of(b), "broadway") {
			return s.address(n, n, b)
		}
		if !w.has(capital) && !s.ordinal(b) && !home {
			return false
		}
		if w.cue&(cueMoney|cueIs) != 0 && !w.has(capital) {
			return false
		}
	}
	return false
}

// lowerStreets are types of streets that need no capital where a word before them
// says that an address follows.
const lowerStreets = " street road rd avenue ave lane drive boulevard blvd crescent terrace st court "

// notStreets are first words after a number that make it an amount: "5 Star Way".
const notStreets = " star day days hour hours second step point mile minute minutes min mins week weeks month months year years way ways people times more other of in on the a my your their our his her for to from and or out from miles mile i we they could would no is was different more good bad long hrs stars items "

// phrase tells whether the words j to b are no street.
func (s *search) phrase(j, b int) bool {
	if oneOf(s.of(j), notStreets) {
		return !s.words[j].has(capital) || oneOf(s.of(j), " star day hour minute second step point mile ")
	}
	for i := j; i < b; i++ {
		if !s.words[i].has(capital) && s.words[i].cue&(cueHome|cueIs|cueTalk|cueSign) != 0 {
			return true
		}
	}
	return false
}

// of returns the text of word i.
func (s *search) of(i int) string { return s.text[s.words[i].start:s.words[i].end] }

// abbreviated tells whether word i is short enough for the dot after it to be that
// of an abbreviation: "N. Main St."
func (s *search) abbreviated(i int) bool {
	w := &s.words[i]
	return (w.end-w.start <= 3 || w.cue&cueStreet != 0 && w.end-w.start <= 4) && w.end < len(s.text) && s.text[w.end] == '.'
}

// abbreviationEnds tells whether nothing but the dot of an abbreviation, and a
// space, separates word i from the one before it.
func (s *search) abbreviationEnds(i int) bool {
	return s.words[i].gap == gapEnd && s.abbreviated(i-1)
}

// ordinal tells whether word i is "5th" or the like.
func (s *search) ordinal(i int) bool {
	t := s.of(i)
	return len(t) >= 3 && class[t[0]]&isDigit != 0 && strings.Contains(" st nd rd th ST ND RD TH ", " "+t[len(t)-2:]+" ")
}

// particles stand inside of the names of Romance streets.
const particles = " de la le les du des d l del della delle dei degli di do da dos das e y san santa santo saint sainte van den der "

func (s *search) isParticle(i int) bool {
	w := &s.words[i]
	return w.gap == gapSpace && w.end-w.start <= 6 && oneOf(s.of(i), particles)
}

// streetName returns the last word of a name of particles and capitals that begins
// at word j; j−1 if there is none.
func (s *search) streetName(j int) int {
	last := j - 1
	for b := j; b < len(s.words) && b-j <= longestStreet+1; b++ {
		w := &s.words[b]
		if !within(w.gap, " -'./") && !s.abbreviationEnds(b) || w.has(digits) && b == j {
			break
		}
		if w.has(digits) {
			break
		}
		if w.has(capital) || strings.IndexByte(s.of(b), '\'') > 0 {
			last = b
		} else if !s.isParticle(b) {
			break
		}
	}
	return last
}

// streetEndings are what the names of Germanic streets end in.
var streetEndings = []string{"straße", "strasse", "straat", "str", "weg", "platz", "allee", "gasse", "damm", "ufer", "laan", "plein", "gracht", "kade", "singel", "gatan", "vägen", "vej", "gade", "katu", "promenade", "ring", "stieg", "chaussee", "markt", "hof", "dijk", "steeg"}

// numberLast finds "Lindenweg 12", "Lange Straße 12", "Calle Mayor, 12".
func (s *search) numberLast(n int) bool {
	w := &s.words[n]
	prev := n - 1
	if prev >= 0 && (s.words[prev].cue&cueNumber != 0) && prev > 0 { // "nº 12"
		w = &s.words[prev]
		prev--
	}
	if prev < 0 || !s.leadsToHouse(prev, w) {
		return false
	}
	if w.gap != gapComma && s.words[prev].has(capital) && !s.words[prev].has(digits) {
		lower := strings.ToLower(s.of(prev))
		for _, ending := range streetEndings {
			if !strings.HasSuffix(lower, ending) || len(lower) == len(ending) && len(ending) < 3 {
				continue
			}
			if weak := ending == "ring" || ending == "hof" || ending == "markt" || ending == "weg" || ending == "str" && len(lower) > 3 && w.gap == gapSpace; len(lower) != len(ending) && len(lower) < len(ending)+3 && weak {
				continue
			}
			from := prev
			if len(lower) == len(ending) { // "Lange Straße"
				if from == 0 || !s.words[from-1].has(capital) || !within(s.words[from].gap, " -") {
					continue
				}
				from--
			}
			for from > 0 && s.words[from].gap == gapSpace && oneOf(s.of(from-1), " am im an auf zum zur der alte alten alter neue neuer kleine große lange obere untere nieuwe oude grote lange korte gamla nya ") {
				from--
			}
			for from > 0 && s.words[from].gap == gapHyphen && s.words[from-1].has(capital) { // "Karl-Marx-Str"
				from--
			}
			if s.amountAt(n) || (ending == "ring" || ending == "hof" || ending == "markt") && s.rest(n) == n {
				return false
			}
			return s.address(n, from, n)
		}
	}
	for a := prev - 1; a >= 0 && a >= prev-longestStreet-1; a-- {
		if !within(s.words[a+1].gap, " '/.-") && !s.abbreviationEnds(a+1) {
			return false
		}
		c := &s.words[a]
		if c.cue&cueStrasse != 0 && s.romance(a, prev) {
			return s.address(n, a, n)
		}
		if !s.words[a+1].has(capital) && !s.isParticle(a+1) {
			return false
		}
	}
	return false
}

// leadsToHouse tells whether the number w may be that of a house in the street
// whose last word is street.
func (s *search) leadsToHouse(street int, w *word) bool {
	switch w.gap {
	case gapSpace, gapComma:
		return true
	case gapEnd:
		return s.abbreviatedStreet(street)
	case gapOther: // "nº 12"
		return strings.Contains(s.text[s.words[street].end:w.start], "n")
	}
	return false
}

func (s *search) abbreviatedStreet(i int) bool {
	t := s.of(i)
	return (strings.HasSuffix(t, "str") || strings.HasSuffix(t, "Str") || s.abbreviated(i)) && s.words[i].end < len(s.text) && s.text[s.words[i].end] == '.'
}

// romance tells whether word a, a type of street, begins a street's name that
// reaches to word last. Types that are English words as well must be capitals.
func (s *search) romance(a, last int) bool {
	lower := strings.ToLower(s.of(a))
	if !s.words[a].has(capital) && strings.Contains(" via c route passage cours largo ronda corso camino av plaza avenue boulevard ", " "+lower+" ") && !s.asked(a, a, cueHome) {
		return false
	}
	if len(lower) == 1 && (s.words[a].end == len(s.text) || s.text[s.words[a].end] != '/') {
		return false
	}
	return s.words[last].has(capital) && s.streetName(a+1) == last
}
