package privacy

// afterRole reads the name after "agent", "technician", "my wife".
func (s *search) afterRole(i int) {
	w, next := &s.words[i], &s.words[i+1]
	if !within(next.gap, " ,:(d") || w.has(upper) && !s.shouted {
		return
	}
	t := trustAny
	switch {
	case w.cue&cueKin != 0, next.gap != gapSpace, w.has(capital) && !w.has(first), oneOf(s.of(i), " server host boss customer client guest staff owner subscriber employee patient passenger guy man girl woman lady boy driver manager person specialist "):
		t = trustListed
	}
	if next.gap == gapOpen || next.gap == gapColon || next.gap == gapComma || next.gap == gapDash {
		if s.natureOf(next)&(givenName|doubtfulName) == 0 || next.gap == gapComma && s.natureOf(next)&givenName == 0 {
			return
		}
	}
	if t == trustAny && next.has(upper) {
		t = trustListed
	}
	last, sure := s.readName(i+1, t)
	if !sure || last <= i || !next.has(capital) && s.natureOf(next)&(commonWord|doubtfulName) != 0 {
		return
	}
	s.found(Name, next.start, s.nameEnd(last), certainAnnounced, "name.role")
}

// afterTalk reads the name after "spoke to", "helped by", "thanks to".
func (s *search) afterTalk(i int) {
	for j := i + 1; j < len(s.words) && j <= i+4; j++ {
		w := &s.words[j]
		if !within(w.gap, " -") {
			return
		}
		if w.has(capital) || !s.anyCapital() {
			last, sure := s.readName(j, trustListed)
			if sure && last >= j && (w.has(capital) || s.natureOf(w)&givenName != 0) {
				n := s.natureOf(w)
				if n&(givenName|doubtfulName|surname) == 0 && (oneOf(s.of(j-1), " a an the ") || last+1 < len(s.words) && s.words[last+1].cue&cueRole != 0) {
					return // "a Freedom Mortgage representative"
				}
				if last == j && n&givenName == 0 && (n&(firmWord|commonWord|placeWord) != 0 || n&doubtfulName == 0) {
					return
				}
				s.found(Name, w.start, s.nameEnd(last), certainAnnounced, "name.spoken")
				s.andAnother(last)
				return
			}
			if w.has(capital) && w.cue&cueTitle == 0 {
				return
			}
		}
		if !oneOf(s.of(j), " to with by for from w you a an the your our my very much so again and go goes agent rep advisor adviser representative manager especially particularly out both mr mrs ms dr me us ") {
			return
		}
	}
}

// andAnother reads a second name: "thanks to Ana and Tom".
func (s *search) andAnother(last int) {
	j := last + 2
	if j < len(s.words) && (oneOf(s.of(j-1), " and & y und et e ")) && s.words[j-1].gap == gapSpace && s.words[j].gap == gapSpace && s.words[j].has(capital) {
		s.nameAt(j, trustListed, "name.spoken")
	}
}

// anyCapital tells whether the text's writer uses capitals.
func (s *search) anyCapital() bool { return len(s.capitals) > 0 }
