package privacy

import (
	"strings"
	"unicode/utf8"
)

// valueStart is where a value begins that may begin with marks: behind the spaces,
// colons and opening quotes between two words.
func (s *search) valueStart(from, to int) int {
	for from < to {
		switch c := s.text[from]; {
		case c == ' ' || c == ':' || c == '=' || c == '\t' || c == '"' || c == '\'' || c == '`' || c == '(' || c == ',' || c == '\n':
			from++
		case strings.HasPrefix(s.text[from:], "“") || strings.HasPrefix(s.text[from:], "”") || strings.HasPrefix(s.text[from:], "„") || strings.HasPrefix(s.text[from:], "‘") || strings.HasPrefix(s.text[from:], "«"):
			_, n := utf8.DecodeRuneInString(s.text[from:])
			from += n
		case c == '-' && from+1 < len(s.text) && s.text[from+1] == ' ':
			from++
		default:
			return from
		}
	}
	return from
}

// isSecret notes what begins at from as the secret that word i announces, if it
// can be one: digits for a PIN; else what has digits or marks in it, or stands in
// quotes, or, where the value was told, a word that says nothing about passwords.
func (s *search) isSecret(i, from int, digitsOnly, told, loose bool) bool {
	end := from
	for end < len(s.text) && s.text[end] > ' ' && end-from < 80 {
		end++
	}
	quoted := from > 0 && quoteBefore(s.text[:from])
	if quoted {
		if n := strings.IndexAny(s.text[from:min(len(s.text), from+60)], "\"'”’»`“"); n > 0 && strings.Count(s.text[from:from+n], " ") <= 4 {
			end = from + n
		} else {
			quoted = false
		}
	}
	if !quoted {
		for end > from && strings.IndexByte(".,;:!?)\"'`", s.text[end-1]) >= 0 && (s.text[end-1] != '!' || !sentenceGoesOn(s.text[end:])) {
			end--
		}
		for end > from && (strings.HasSuffix(s.text[from:end], "”") || strings.HasSuffix(s.text[from:end], "’")) {
			end -= len("”")
		}
	}
	value := s.text[from:end]
	if len(value) < 3 || placeholder(s.text[from:]) > 0 || strings.Contains(value, "://") {
		return false
	}
	if digitsOnly {
		return s.isPIN(i, from, end, told)
	}
	w := s.text[s.words[i].start:s.words[i].end]
	weak := foldedIs(w, "pass") || foldedIs(w, "secret") || foldedIs(w, "token") || foldedIs(w, "clave") || foldedIs(w, "parole") || foldedIs(w, "passwords") || foldedIs(w, "key")
	if weak && !told {
		return false
	}
	if strength := strengthOf(value); strength < 2 && !quoted {
		if strength == 0 || !loose || weak || !s.endsThere(end) || sayingWord(value) {
			return false
		}
	} else if !told && !quoted && class[value[0]]&isDigit != 0 && len(value) < 6 {
		return false
	}
	s.found(Password, from, end, certainSecret, "password")
	return true
}

// quoteBefore tells whether s ends in an opening quote.
func quoteBefore(s string) bool {
	for _, q := range [...]string{"\"", " '", "`", "“", "„", "‘", "«", ":'", "('"} {
		if strings.HasSuffix(s, q) {
			return true
		}
	}
	return false
}

// sentenceGoesOn tells whether what follows an exclamation mark is of the same
// sentence, so that the mark is part of the secret.
func sentenceGoesOn(rest string) bool {
	if rest == "" {
		return false
	}
	return strings.IndexByte(".,;?", rest[0]) >= 0 || rest[0] == ' ' && len(rest) > 1 && 'a' <= rest[1] && rest[1] <= 'z'
}

// isPIN notes digits, or digits and letters of a code, as the one that word i
// announces.
func (s *search) isPIN(i, from, end int, told bool) bool {
	n, other := 0, 0
	for j := from; j < end; j++ {
		switch c := class[s.text[j]]; {
		case c&isDigit != 0:
			n++
		case c&isLetter != 0:
			other++
		case s.text[j] != '-':
			return false
		}
	}
	// "482 913"
	if rest := s.text[end:]; n == 3 && other == 0 && len(rest) >= 4 && rest[0] == ' ' && allDigits([]byte(rest[1:4])) && (len(rest) == 4 || class[rest[4]] == 0) {
		end, n = end+4, 6
	}
	if n < 3 || n > 12 || other > 0 && (!told || n+other < 5) || other > 8 || s.followedByUnit(end) {
		return false
	}
	s.found(Password, from, end, certainSecret, "pin")
	return true
}

// followedByUnit tells whether the word after a number makes it an amount.
func (s *search) followedByUnit(end int) bool {
	for i := range s.words {
		if w := &s.words[i]; w.start >= end {
			return w.gap == gapSpace && w.cue&cueMoney != 0
		}
	}
	return false
}

// strengthOf tells how much a value looks like a secret: 0 not at all, 1 as any
// word does, 2 as no word does.
func strengthOf(value string) int {
	var has uint8
	marks, capitals := 0, 0
	for i := range len(value) {
		c := class[value[i]]
		has |= c
		if c == 0 && strings.IndexByte("!@#$%^&*_+=?~<>|\\", value[i]) >= 0 {
			marks++
		}
		if c == 0 && strings.IndexByte(",;()[]{}\"", value[i]) >= 0 {
			return 0
		}
		if i > 0 && c&isCapital != 0 {
			capitals++
		}
	}
	switch {
	case has&isDigit != 0:
		if len(value) >= 4 {
			return 2
		}
		return 0
	case has&(isLetter|isHigh) == 0:
		return 0
	case marks > 0 && len(value) >= 5:
		return 2
	case capitals > 0 && capitals < len(value)-1 && !strings.Contains(value, "-"):
		return 2
	case len(value) >= 4:
		return 1
	}
	return 0
}

// endsThere tells whether the sentence ends at end, or goes on in a way that a
// value allows.
func (s *search) endsThere(end int) bool {
	rest := strings.TrimLeft(s.text[end:], " ")
	return rest == "" || strings.IndexByte(".,;!?\n\r)", rest[0]) >= 0 || strings.HasPrefix(rest, "and ") || strings.HasPrefix(rest, "but ") || strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "/ ")
}

// sayings are words that say something about a password.
const sayings = ` wrong right correct incorrect invalid valid fine good okay weak strong short long simple secure insecure unsafe safe old expired
	required mandatory optional missing empty blank case sensitive case-sensitive unknown different same lost gone dead down stuck broken bad compromised leaked
	useless impossible pointless annoying ridiculous stupid crazy tough hard easy there here back mine yours working accepted private secret public
	reset help needed change changed login problem problems issue issues error failed failure please again that this what which none null hidden above below
	never always still already temporary default automatic necessary enough confidential personal protected encrypted true false only once twice everything nothing
	later soon today tomorrow yesterday yes mandatory falsch richtig ungültig abgelaufen incorrecta incorrecto correcta inválida incorrect faux fausse invalide verkeerd errada
	over ridiculously complicated similar common listed the not same recent simply very just recovery being unavailable `

// sayingWord tells whether a word says something about a password rather than being
// one.
func sayingWord(value string) bool {
	lower := strings.ToLower(value)
	if strings.Contains(sayings, " "+lower+" ") || strings.Contains(sayings, "\n\t"+lower+" ") {
		return true
	}
	for _, ending := range [...]string{"ed", "ing", "ly", "able", "ible", "n't", "n’t", "ful", "less", "ous"} {
		if strings.HasSuffix(lower, ending) && !strings.HasSuffix(lower, "fly") {
			return true
		}
	}
	return false
}
