package privacy

// afterTitle reads the name after "Mr" or "Frau".
func (s *search) afterTitle(i int) {
	w := &s.words[i]
	if i+1 >= len(s.words) || !within(s.words[i+1].gap, " .") && (s.words[i+1].gap != gapEnd || s.text[w.end] != '.') {
		return
	}
	next := &s.words[i+1]
	if i > 0 && s.words[i-1].has(digits) && !w.has(capital) {
		return // "9 ms"
	}
	switch key := string(s.keyOf(w)); key {
	case "miss", "sir", "lady", "don", "madam", "madame", "master", "mister", "doctor", "rev", "professor", "signor", "señor", "monsieur", "sig":
		if !w.has(capital) {
			return
		}
		if key == "miss" && w.has(first) && s.natureOf(next)&(givenName|doubtfulName|surname) == 0 {
			return
		}
		s.nameAt(i+1, trustAny, "name.title")
	case "ms", "dr", "mr", "mrs", "sr":
		if key == "ms" && (w.has(upper) || !w.has(capital)) && s.text[w.end] != '.' && s.natureOf(next)&(givenName|doubtfulName|surname) == 0 {
			return
		}
		if n := s.natureOf(next); key == "dr" && w.gap == gapSpace && i > 0 && s.words[i-1].has(capital) && s.words[i-1].cue&cueGreet == 0 && n&(givenName|surname) == 0 {
			return // "Oak Dr"
		}
		if oneOf(s.of(i+1), " pepper martens oetker who porter muscle sheen kipling mobile word office ") {
			return
		}
		t := trustAny
		if s.nameParticle(i + 1) {
			s.particlesThenName(i + 1)
			return
		}
		if !next.has(capital) {
			if s.natureOf(next)&(givenName|surname) != 0 && next.cue == 0 {
				s.found(Name, next.start, s.nameEnd(i+1), certainAnnounced, "name.title")
			}
			return
		}
		if s.nameAt(i+1, t, "name.title") <= i && s.natureOf(next)&surname != 0 {
			s.found(Name, next.start, s.nameEnd(i+1), certainAnnounced, "name.title")
		}
	default:
		if s.nameParticle(i + 1) {
			s.particlesThenName(i + 1)
			return
		}
		s.nameAt(i+1, trustAny, "name.title")
	}
}

// particlesThenName reads the name after "Mr" that begins with particles at word j:
// "van den Berg".
func (s *search) particlesThenName(j int) {
	name := j
	for s.nameParticle(name) {
		name++
	}
	if last, sure := s.readName(name, trustAny); sure {
		s.found(Name, s.words[j].start, s.nameEnd(last), certainAnnounced, "name.title")
	}
}
