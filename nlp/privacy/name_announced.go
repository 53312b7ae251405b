package privacy

// afterName reads the name after "my name is", "a lady called", "full name:".
func (s *search) afterName(i int) {
	key := string(s.keyOf(&s.words[i]))
	switch key {
	case "called", "named":
		who := i - 1
		if who > 0 && s.words[who].cue&cueIs != 0 {
			who-- // "the driver was called"
		}
		if who < 0 || s.words[who].cue&(cueRole|cueKin) == 0 && !oneOf(s.of(who), " someone somebody employee dog cat he she member ") {
			return
		}
		s.nameAt(i+1, trustAny, "name.called")
		return
	case "appelle", "m'appelle", "m’appelle", "llamo", "chiamo", "heet", "heiße", "heisse", "heiss", "hieß":
		s.nameAt(i+1, trustLower, "name.own")
		return
	}
	if i > 0 && oneOf(s.of(i-1), " brand product company domain file user model business street network wifi wi-fi host shop store trade item class column field event team server band big no household game screen nick pet plan page project ") {
		return
	}
	if key == "holder" && (i == 0 || !oneOf(s.of(i-1), " account card policy ticket pass contract ")) {
		return
	}
	told := s.words[i].has(owner) || key == "surname"
	for j := i + 1; j < len(s.words) && j <= i+6; j++ {
		w := &s.words[j]
		told = told || within(w.gap, ":=d") || s.words[j-1].cue&cueIs != 0
		if w.gap == gapEnd || w.gap == gapLine && j > i+1 || w.gap == gapComma {
			return
		}
		t := trustListed
		if told {
			t = trustLower
		}
		if s.nameAt(j, t, "name.own") >= j || w.has(capital) && !s.shouted && s.natureOf(w)&(givenName|doubtfulName|surname) == 0 && w.cue&(cueAccount|cueIs) == 0 {
			return
		}
		if w.cue&cueIs == 0 && !oneOf(s.of(j), " on the account order booking of under here as for in this my reservation for's ticket policy contract card name surname ") {
			return
		}
	}
}

// afterTitle reads the name after "Mr" or "Frau".
func (s *search) afterTitle(i int) {
	w := &s.words[i]
	if i+1 >= len(s.words) || !within(s.words[i+1].gap, " .") && !(s.words[i+1].gap == gapEnd && s.text[w.end] == '.') {
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

// afterSign reads the name under a letter: "Regards, Ann Lee" at the end of the
// text or of a line.
func (s *search) afterSign(i int) {
	j := i + 1
	for j < len(s.words) && s.words[j].cue&cueSign != 0 && s.words[j].gap == gapSpace {
		j++
	}
	if j < len(s.words) && j == i+1 && oneOf(s.of(j), " regards wishes you again so sincerely in ") && s.words[j].gap == gapSpace {
		j++
		if j < len(s.words) && oneOf(s.of(j), " advance much again regards ") && s.words[j].gap == gapSpace {
			j++
		}
	}
	if j >= len(s.words) {
		return
	}
	w := &s.words[j]
	if !within(w.gap, ",nds.") && !(w.gap == gapSpace && foldedIs(s.of(j-1), "regards")) || w.has(digits) {
		return
	}
	formal := oneOf(s.of(i), " regards sincerely faithfully respectfully cordially truly yours signed gruß grüße cordialement saludos atentamente saluti groet groeten ")
	t := trustListed
	if formal || w.gap == gapLine {
		t = trustAny
	}
	if formal {
		t = trustLower
	}
	last, sure := s.readName(j, t)
	if !sure || last < j || !s.endsLine(last) || last-j > 3 {
		return
	}
	if n := s.natureOf(w); last == j && n&(commonWord|firmWord) != 0 && n&(givenName|doubtfulName) == 0 {
		return
	}
	s.found(Name, w.start, s.nameEnd(last), certainAnnounced, "name.signature")
}

// endsLine tells whether nothing but marks follows word last on its line, or a
// phone, an address or a role.
func (s *search) endsLine(last int) bool {
	if last+1 >= len(s.words) {
		return true
	}
	next := &s.words[last+1]
	return within(next.gap, "ns(,d") || next.has(digits) || next.gap == gapOther
}

// afterThisIs reads the name after "I am", "I'm", "this is", "it's"; word i is the
// verb.
func (s *search) afterThisIs(i int) {
	if i+1 >= len(s.words) || s.words[i+1].gap != gapSpace {
		return
	}
	if !foldedIs(s.of(i), "it's") && !oneOf(s.of(i-1), " this speaking here hier das ce i ") {
		return
	}
	s.selfAt(i + 1)
}

// selfAt reads a name with which somebody presents himself.
func (s *search) selfAt(j int) {
	w := &s.words[j]
	n := s.natureOf(w)
	if n&(givenName|doubtfulName) == 0 {
		return
	}
	last, sure := s.readName(j, trustLower)
	if !sure || last < j {
		return
	}
	if n&givenName == 0 || !w.has(capital) {
		// "this is Jordan calling", "i'm sarah and …"
		if last == j && (last+1 >= len(s.words) || !oneOf(s.of(last+1), " calling here from speaking and again ")) {
			return
		}
	}
	s.found(Name, w.start, s.nameEnd(last), certainAnnounced, "name.own")
}
