package taxonomy

import (
	"slices"
	"strings"
)

// inflections are the forms of an English word, itself first: of a noun its
// plural, of a verb its endings, of some adjectives their comparison. A form that
// doesn't exist ("informationed") does no harm, since nobody writes it, so the
// rules err on the side of too many, but never make another word's form. Words
// that are themselves an irregular form ("came"), function words and words with
// other than the letters a to z are only themselves.
func inflections(word string) []string {
	forms := []string{word}
	if table := irregularForms(); table[word] != nil {
		return append(forms, table[word]...)
	}
	if len(word) < 3 && !slices.Contains(shortWords[:], word) || isUninflected(word) || strings.TrimLeft(word, lowerLetters) != "" {
		return forms
	}
	if isPast(word) {
		return forms
	}
	forms = append(forms, plural(word))
	if strings.HasSuffix(word, "o") {
		forms = append(forms, word+"es")
	}
	if slices.Contains(nouns[:], word) {
		return forms
	}
	forms = append(forms, comparison(word)...)
	if !isGerund(word) {
		forms = append(forms, verbForms(word)...)
	}
	return unique(forms)
}

// unique are forms without those that are there before.
func unique(forms []string) []string {
	for i := len(forms) - 1; i > 0; i-- {
		if slices.Contains(forms[:i], forms[i]) {
			forms = slices.Delete(forms, i, i+1)
		}
	}
	return forms
}

const lowerLetters = "abcdefghijklmnopqrstuvwxyz"

// shortWords are words of two letters that have other forms.
var shortWords = [...]string{"ad", "tv", "pc", "id", "ok", "ox"}

// nouns are words whose endings would make another word: "fee" and "feed".
var nouns = [...]string{
	"ad", "tv", "pc", "id", "fee", "bee", "tree", "knee", "car", "bus", "wed", "sea", "tax", "fun", "day", "way",
	"anything", "everything", "nothing", "something", "thing", "evening", "morning", "king", "wing", "string", "spring",
}

// isPast tells words that are a verb's past already: "charged".
func isPast(word string) bool {
	return len(word) > 4 && strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "eed")
}

// isGerund tells words that have a plural at most: "billing".
func isGerund(word string) bool {
	return len(word) > 5 && strings.HasSuffix(word, "ing") && strings.ContainsAny(word[:len(word)-3], "aeiouy")
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// plural is the form with an s, of nouns and verbs.
func plural(word string) string {
	n := len(word)
	switch {
	case strings.HasSuffix(word, "y") && !isVowel(word[n-2]):
		return word[:n-1] + "ies"
	case strings.HasSuffix(word, "s"), strings.HasSuffix(word, "x"), strings.HasSuffix(word, "z"),
		strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "sh"):
		return word + "es"
	}
	return word + "s"
}

// verbForms are the forms with "ed" and "ing", in both spellings where there are
// two.
func verbForms(word string) []string {
	n := len(word)
	last := word[n-1]
	switch {
	case strings.HasSuffix(word, "ie"):
		return []string{word + "d", word[:n-2] + "ying"} // tied, tying
	case strings.HasSuffix(word, "ee"), strings.HasSuffix(word, "oe"), strings.HasSuffix(word, "ye"):
		return []string{word + "d", word + "ing"} // agreed, agreeing
	case last == 'e':
		return []string{word + "d", word[:n-1] + "ing"} // charged, charging
	case last == 'y' && !isVowel(word[n-2]):
		return []string{word[:n-1] + "ied", word + "ing"} // carried, carrying
	case last == 'c':
		return []string{word + "ked", word + "king"} // panicked, panicking
	}
	once := []string{word + "ed", word + "ing"}
	twice := []string{word + string(last) + "ed", word + string(last) + "ing"}
	switch {
	case isVowel(last) || strings.IndexByte("wxy", last) >= 0 || !isVowel(word[n-2]):
		return once
	case n > 2 && isVowel(word[n-3]) && !strings.HasSuffix(word[:n-1], "qui"):
		if last == 'l' { // dialed and dialled
			return append(once, twice...)
		}
		return once // waited
	case syllables(word) == 1:
		return twice // stopped: with one letter it could be another verb's, as "hoped" is
	}
	return append(once, twice...) // delivered, referred; cancelled and canceled
}

// syllables counts the groups of vowels.
func syllables(word string) int {
	count, before := 0, false
	for i := range len(word) {
		vowel := isVowel(word[i]) || word[i] == 'y' && i > 0
		if vowel && !before {
			count++
		}
		before = vowel
	}
	return count
}

// comparison is the comparative and superlative of adjectives that are compared by
// endings.
func comparison(word string) []string {
	if !adjectives()[word] {
		return nil
	}
	n := len(word)
	stem := word
	switch {
	case strings.HasSuffix(word, "e"):
		stem = word[:n-1]
	case strings.HasSuffix(word, "y") && !isVowel(word[n-2]):
		stem = word[:n-1] + "i"
	case syllables(word) == 1 && isVowel(word[n-2]) && !isVowel(word[n-3]) && !isVowel(word[n-1]) && word[n-1] != 'w' && word[n-1] != 'y':
		stem = word + word[n-1:]
	}
	return []string{stem + "er", stem + "est"}
}
