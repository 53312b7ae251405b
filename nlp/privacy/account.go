package privacy

import "strings"

// findAccounts looks at every word that announces an account, order, policy … for
// the number after it, and at every passport and licence.
func (s *search) findAccounts() {
	if s.all&(cueAccount|cueDocument) == 0 {
		return
	}
	for _, i := range s.cues {
		switch c := s.words[i].cue; {
		case c&cueDocument != 0:
			s.findNumbered(i, NationalID, "document")
		case c&cueAccount != 0:
			s.findNumbered(i, Account, "account")
		}
	}
}

// numberFillers are words that may stand between the announcement and its number.
const numberFillers = " the my your our is was are code with for this that and it its ends customer's of under have having a new old online bank current savings service mobile phone broadband original email billing lautet meine mein mi mon ma numéro id de du del di da la der die das "

// findNumbered finds the number that word i announces, at most five words on.
func (s *search) findNumbered(i int, kind, rule string) {
	w := &s.words[i]
	explicit := strings.HasSuffix(strings.ToLower(s.text[w.start:w.end]), "nummer") || oneOf(s.of(i), " pnr acct ") || w.cue&cueNumber != 0
	for j := i - 1; j >= 0 && j >= i-2 && s.words[j+1].gap == gapSpace; j-- {
		explicit = explicit || s.words[j].cue&cueNumber != 0 // "numéro de client"
	}
	of := false
	if i > 0 && foldedIs(s.of(i-1), "for") && w.cue&cueNumber != 0 {
		return // "for reference"
	}
	for j := i + 1; j < len(s.words) && j <= i+5; j++ {
		w := &s.words[j]
		switch w.gap {
		case gapNumber, gapColon, gapAssign:
			explicit = true
		case gapLine:
			if j > i+1 && !explicit {
				return
			}
		case gapEnd:
			if s.words[j-1].cue&cueNumber == 0 || s.text[s.words[j-1].end] != '.' { // "No. 1234"
				return
			}
		case gapOther, gapOpen:
			if strings.ContainsAny(s.text[s.words[j-1].end:w.start], "#№°º") {
				explicit = true
			} else if w.gap == gapOther && strings.ContainsAny(s.text[s.words[j-1].end:w.start], "$€£%@") {
				return
			}
		}
		if w.has(digits) || explicit && w.has(upper) && !s.shouted || j+1 < len(s.words) && s.words[j+1].gap == gapHyphen && s.words[j+1].has(digits) {
			if end := s.numberedEnd(j, explicit, of); end > 0 {
				start := w.start
				if start > 0 && s.text[start-1] == '#' {
					start--
				}
				s.found(kind, start, end, certainNumbered, rule)
				return
			}
			if w.has(digits) {
				return
			}
		}
		t := s.text[w.start:w.end]
		switch {
		case w.cue&cueNumber != 0:
			explicit = true
		case w.cue&(cueAccount|cueIs) != 0:
		case len(t) > 10 || !oneOf(t, numberFillers):
			return
		case foldedIs(t, "of") || foldedIs(t, "for") || foldedIs(t, "a"):
			of = true
		}
	}
}

// numberedEnd returns where the number that begins at word j ends; 0 if it is none.
// explicit says that a word such as "number" announced one.
func (s *search) numberedEnd(j int, explicit, of bool) int {
	n, parts, mixed := 0, 0, false
	last := j
	for b := j; b < len(s.words); b++ {
		w := &s.words[b]
		if b > j && !within(w.gap, "-/_.") {
			if w.gap != gapSpace || !explicit || mixed || !w.number() || w.end-w.start < 3 && w.end-w.start != s.words[b-1].end-s.words[b-1].start && (w.end-w.start < 2 || s.words[b-1].end-s.words[b-1].start != 4) || s.amountAt(b) || n > 12 {
				break
			}
		}
		if b > j && w.gap == gapDot && !w.has(digits) || w.has(owner) {
			break
		}
		for i := w.start; i < w.end; i++ {
			switch c := class[s.text[i]]; {
			case c&isDigit != 0:
				n++
			case c&isLetter != 0:
				mixed = true
			default:
				return 0
			}
		}
		parts++
		last = b
	}
	length := s.words[last].end - s.words[j].start
	if length > 34 || s.amountAt(last) || s.isDate(j, last) {
		return 0
	}
	end := s.words[last].end
	if end < len(s.text) && (strings.IndexByte("%$", s.text[end]) >= 0 || strings.HasPrefix(s.text[end:], "€")) {
		return 0
	}
	letters := mixed && s.words[j].has(upper)
	switch {
	case n == 0: // a booking's letters
		return choose(explicit && letters && parts == 1 && length >= 5 && length <= 8 && s.words[j].cue == 0 && s.words[j].gap != gapNumber && s.bookingAt(j), end)
	case parts == 2 && s.words[last].gap == gapDot: // a decimal
		return 0
	case mixed:
		return choose(n >= 3 && length >= 5 || explicit && n >= 2 && length >= 5 && letters, end)
	case explicit:
		return choose(n >= 4 || n == 3 && s.words[j].start > 0 && s.text[s.words[j].start-1] == '#', end)
	}
	round := n <= 6 && s.text[end-2:end] == "00"
	return choose(!of && !round && s.words[j].gap != gapComma && n >= 6 || parts > 1 && n >= 7 && !of, end)
}

func choose(yes bool, end int) int {
	if yes {
		return end
	}
	return 0
}

// bookingAt tells whether one of the words before word j is of bookings, whose
// references may have letters alone.
func (s *search) bookingAt(j int) bool {
	for i := j - 1; i >= 0 && i >= j-4; i-- {
		switch w := &s.words[i]; strings.ToLower(s.text[w.start:w.end]) {
		case "pnr", "booking", "reservation", "confirmation", "reference", "ref":
			return true
		}
	}
	return false
}

// amountAt tells whether the word after word b makes it an amount.
func (s *search) amountAt(b int) bool {
	return b+1 < len(s.words) && s.words[b+1].gap == gapSpace && s.words[b+1].cue&cueMoney != 0
}

// isDate tells whether words a to b are the three parts of a date, or a year.
func (s *search) isDate(a, b int) bool {
	number := func(i int) int { return value([]byte(s.text[s.words[i].start:s.words[i].end])) }
	for i := a; i <= b; i++ {
		if !s.words[i].number() || s.words[i].end-s.words[i].start > 4 {
			return false
		}
	}
	switch b - a {
	case 0:
		return number(a) >= 1950 && number(a) <= 2050
	case 1: // "07/2023"
		return s.words[b].gap == gapSlash && number(a) <= 31 && number(b) <= 2100
	case 2:
		x, y, z := number(a), number(a+1), number(b)
		return y <= 31 && (x <= 31 && (z < 100 || z > 1900 && z < 2100) || x > 1900 && x < 2100 && z <= 31) && s.words[b].gap == s.words[a+1].gap
	}
	return false
}

// findKnownForms finds numbers whose form alone says what they are: orders of a
// large shop (3-7-7 digits), parcels ("1Z…").
func (s *search) findKnownForms(n int) {
	w := &s.words[n]
	if w.end-w.start == 18 && strings.HasPrefix(s.text[w.start:w.end], "1Z") {
		s.found(Account, w.start, w.end, certainNumbered, "account.parcel")
		return
	}
	if n+2 >= len(s.words) || w.gap == gapHyphen && n > 0 && s.words[n-1].number() {
		return
	}
	for i, length := range [...]int{3, 7, 7} {
		if p := &s.words[n+i]; !p.number() || p.end-p.start != length || i > 0 && p.gap != gapHyphen {
			return
		}
	}
	s.found(Account, w.start, s.words[n+2].end, certainChecked, "account.order")
}
