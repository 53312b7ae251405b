package privacy

import "strings"

// trust says how much of a name an announcement vouches for.
type trust uint8

const (
	trustListed trust = iota // a first or family name of the lists, or two unknown capitals
	trustAny                 // any capital that is nothing else
	trustLower               // the same, and first names in lower case
)

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
			s.afterGreeting(i)
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
