package privacy

import "strings"

// findPasswords looks at every word that announces a password, PIN or code for the
// value after it, and for tokens that nobody would choose.
func (s *search) findPasswords() {
	const announcing = cueSecret | cueCode | cueDocument
	if s.all&announcing == 0 {
		return
	}
	for _, i := range s.cues {
		c := s.words[i].cue
		switch {
		case c&cueSecret != 0:
			s.findSecret(i)
		case c&cueCode != 0 && s.opensSomething(i):
			s.findSecret(i)
		}
	}
}

// opensSomething tells whether the words before "code" or "key" say that it opens
// something: "verification code", "api key".
func (s *search) opensSomething(i int) bool {
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		if s.words[j].cue&(cueOnce|cueSecret) != 0 {
			return true
		}
		if !within(s.words[j+1].gap, " -") {
			return false
		}
	}
	return false
}

// between are words that may stand between the announcement and the value.
const between = " code number no word for the my your this that account login wifi wi-fi router app email website portal it new old current temporary temp i set use used using currently now just which which's key and de den das die mein dein la el le mon ton tu mi su minha meu user admin voicemail card online banking safe door gate one entered typed here "

// farthest is how many words may stand between.
const farthest = 7

// findSecret finds the value of the secret that word i announces.
func (s *search) findSecret(i int) {
	digitsOnly := s.wantsDigits(i)
	told := false // by a colon, "is" and the like
	loose := false
	for j := i + 1; j < len(s.words) && j <= i+farthest; j++ {
		w := &s.words[j]
		switch w.gap {
		case gapColon, gapAssign:
			told, loose = true, true
		case gapEnd, gapLine:
			if !told || j > i+1 {
				return
			}
		case gapComma:
			if !told {
				return
			}
		}
		if told || j == i+1 || digitsOnly {
			if from := s.valueStart(s.words[j-1].end, w.start); s.isSecret(i, from, digitsOnly, told, loose) {
				return
			}
		}
		t := s.text[w.start:w.end]
		switch {
		case w.cue&cueIs != 0:
			told = true
			loose = foldedIs(t, "is") || foldedIs(t, "ist") || foldedIs(t, "es") || foldedIs(t, "est") || foldedIs(t, "é") || foldedIs(t, "lautet")
		case w.has(digits) || len(t) > 14 || !oneOf(t, between):
			return
		}
	}
	// A value of marks alone, or one that begins with a mark at the text's end.
	if last := len(s.words) - 1; i == last {
		s.isSecret(i, s.valueStart(s.words[i].end, len(s.text)), false, false, false)
	}
}

// wantsDigits tells whether word i announces a PIN or a code, which has digits.
func (s *search) wantsDigits(i int) bool {
	w := &s.words[i]
	switch strings.ToLower(s.text[w.start:w.end]) {
	case "pin", "pincode", "otp", "tan", "cvv", "cvc", "cvv2", "csc", "code", "codes", "pin's":
		return true
	}
	return false
}
