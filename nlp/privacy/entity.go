package privacy

import (
	"strings"

	"earshot/nlp/speech"
)

// window is how many words on either side of a candidate the recogniser reads.
const window = 10

// mostAsked is how many candidates of one text the recogniser is asked about: its
// price must not grow with the text.
const mostAsked = 2

// askEntities asks the recogniser, whose model the whole process shares, about what may be a name and no rule decides: two
// or three capitals in a row inside of a sentence that no list knows, in a text
// that also has words without capitals, with a word near them that speaks of a
// person. It tells whether a name was found.
func (s *search) askEntities() (found bool) {
	if s.shouted || len(s.capitals) < 2 {
		return false
	}
	asked := 0
	for c := 0; c+1 < len(s.capitals) && asked < mostAsked; c++ {
		a := s.capitals[c]
		b := a
		for c+1 < len(s.capitals) && s.capitals[c+1] == b+1 && s.words[b+1].gap == gapSpace {
			c, b = c+1, b+1
		}
		if b == a || b-a > 2 || !s.mayBePerson(a, b) {
			continue
		}
		asked++
		from, to := max(0, a-window), min(len(s.words)-1, b+window)
		name := s.text[s.words[a].start:s.words[b].end]
		persons, err := speech.Persons(s.text[s.words[from].start:s.words[to].end])
		if err != nil {
			return found // the rules' finds are what there is
		}
		for _, person := range persons {
			if person == name || len(person) > 6 && strings.Contains(person, " ") && strings.HasPrefix(name, person) {
				s.found(Name, s.words[a].start, s.words[b].end, certainEntity, "name.entity")
				found = true
				break
			}
		}
	}
	return found
}

// mayBePerson tells whether words a to b pass the test.
func (s *search) mayBePerson(a, b int) bool {
	for i := a; i <= b; i++ {
		w := &s.words[i]
		if w.has(first) || w.has(upper) || w.has(owner) && i < b || w.cue != 0 || s.natureOf(w) != 0 || w.end-w.start < 3 {
			return false
		}
	}
	if s.words[a].gap != gapSpace && s.words[a].gap != gapComma || s.covered(s.words[a].start, s.words[b].end, certainEntity) {
		return false
	}
	const near = 3
	for i := max(0, a-near); i <= min(len(s.words)-1, b+near); i++ {
		if s.words[i].cue&(cueTalk|cueRole|cueKin) != 0 || oneOf(s.of(i), " he she his her him who himself herself ") {
			return true
		}
	}
	return false
}
