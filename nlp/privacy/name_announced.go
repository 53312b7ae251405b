package privacy

// afterGreeting reads the name after "Dear" or "Hi". Customers greet firms as well,
// so it must be a known one, except where an agent speaks: "agent: Hi Bronwen, …".
func (s *search) afterGreeting(i int) {
	j := i + 1
	if s.nameAt(j, trustListed, "name.greeting") >= j || i == 0 || s.words[i-1].cue&cueRole == 0 || s.words[i].gap != gapColon {
		return
	}
	w := &s.words[j]
	if w.has(upper) || w.cue != 0 || j+1 < len(s.words) && !within(s.words[j+1].gap, ",sn") || s.natureOf(w) != 0 {
		return
	}
	s.nameAt(j, trustAny, "name.greeting")
}

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
	if i > 0 && oneOf(s.of(i-1), " brand product company city state town street country domain file user model business street network wifi wi-fi host shop store trade item class column field event team server band big no household game screen nick pet plan page project ") {
		return
	}
	if key == "holder" && (i == 0 || !oneOf(s.of(i-1), " account card policy ticket pass contract ")) {
		return
	}
	told := s.words[i].has(owner) || key == "surname"
	for j := i + 1; j < len(s.words) && j <= i+6; j++ {
		w := &s.words[j]
		told = told || within(w.gap, ":=d") || s.words[j-1].cue&cueIs != 0 && !foldedIs(s.of(j-1), "to")
		if w.gap == gapEnd || w.gap == gapHidden || w.gap == gapLine && j > i+1 || w.gap == gapComma {
			return
		}
		t := trustListed
		if told {
			t = trustLower
		}
		if n := s.natureOf(w); !told && n&doubtfulName != 0 && n&commonWord != 0 {
			return // "changed names in May"
		}
		if s.nameAt(j, t, "name.own") >= j || w.has(capital) && !s.shouted && s.natureOf(w)&(givenName|doubtfulName|surname) == 0 && w.cue&(cueAccount|cueIs) == 0 {
			return
		}
		if told && i > 0 && oneOf(s.of(i-1), " my mein mi mon meu ") && s.lowerName(j) {
			return
		}
		if w.cue&cueIs == 0 && !oneOf(s.of(j), " on the account order booking of under here as for in this my reservation for's ticket policy contract card name surname ") {
			return
		}
	}
}

// lowerName notes one or two words without capitals that no list knows, from word j
// on, as the name behind "my name is", where nothing more is said of them.
func (s *search) lowerName(j int) bool {
	const shortest, most = 3, 2
	last := j
	for ; last < len(s.words); last++ {
		w := &s.words[last]
		if last > j && (w.gap != gapSpace || oneOf(s.of(last), " and from my i here ")) {
			break
		}
		if last == j+most || w.cue != 0 || w.has(digits) || w.has(capital) || w.end-w.start < shortest || s.natureOf(w)&(commonWord|firmWord|placeWord) != 0 || sayingWord(s.of(last)) {
			return false
		}
	}
	if last == j || s.words[j].gap != gapSpace && s.words[j].gap != gapColon {
		return false
	}
	s.found(Name, s.words[j].start, s.words[last-1].end, certainAnnounced, "name.own")
	return true
}

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
	if !within(w.gap, ",nds.") && (w.gap != gapSpace || !foldedIs(s.of(j-1), "regards")) || w.has(digits) {
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
