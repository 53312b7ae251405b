package sentence

import (
	"strings"

	"earshot/nlp/token"
)

// strength says when an abbreviation's full stop doesn't end a sentence.
type strength uint8

const (
	none          strength = iota
	beforeNumber           // only before a number: "No. 5"
	unlessCapital          // may end a sentence, before a capital: "etc.", "approx."
	unlessStarter          // names follow it as well: "St.", "Inc."
	always                 // something always follows: "Dr.", "z.B."
)

// abbreviations in lower case without their last full stop, in the languages
// that earshot hears.
var abbreviations = table(map[strength]string{
	always: "mr mrs ms dr prof vs eg ie fig " +
		"bzw ca evtl ggf inkl sog z " + // German
		"mme mlle sr sra srta pág núm aprox ee sig dott pag exmo exma av", // French, Spanish, Italian, Portuguese
	unlessStarter: "st inc ltd co corp ave blvd rd dept",
	unlessCapital: "etc est approx tel ref min mins max hr hrs acc acct appt re svc bal amt addr msg equip " +
		"cust agt mgr pls tech oz lb lbs jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri " +
		"str usw std d fr mfg mwst zzgl exkl abt allg mind " +
		"env svp p ud uds uu ecc art",
	beforeNumber: "no nos nr num",
})

// dotted are abbreviations with a stop inside that something always follows.
var dotted = [...]string{"e.g", "i.e", "z.b", "d.h", "u.a", "v.a", "p.ex", "т.е"}

func table(lists map[strength]string) map[string]strength {
	t := map[string]strength{}
	for s, words := range lists {
		for w := range strings.FieldsSeq(words) {
			t[w] = s
		}
	}
	return t
}

// longestAbbreviation bounds the words that are looked up, in bytes.
const longestAbbreviation = 8

func abbreviation(word string) strength {
	var lower [longestAbbreviation]byte
	if len(word) > len(lower) {
		return none
	}
	for i := range len(word) {
		c := word[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	return abbreviations[string(lower[:len(word)])]
}

// starters are words with which a sentence starts more likely than a name goes on,
// as they are written there.
var starters = set("I It The This That These Those There They He She We You My Our Your His Her Their Its A An And But So Then " +
	"No Not If When What Why How Who Where Which Now Also After Before Still Just Very All In On At For As Is Was Are Do Did " +
	"Don't Didn't Can Will Would Please Thanks Thank Never Nobody Nothing " +
	"Ich Es Das Der Die Den Wir Sie Er Ihr Ein Eine Kein Keine Und Aber Dann Nun Jetzt Wer Wie Warum Wann Wo Hier Danke Bitte Nie " +
	"Je J'ai Il Elle Nous Vous Le La Les Un Une Ce C'est Et Mais Donc On Pas Merci " +
	"Yo El Los Las Lo No Muy Pero Y Se Me Nunca Gracias " +
	"Io Gli Non Ma E Mi Si Poi Grazie Eu O Os As Não Mas Muito Obrigado Obrigada")

// ordinalsFollow are German words after which a number with a full stop is an
// ordinal: "der 3. Termin".
var ordinalsFollow = set("am der die das dem den des im vom zum zur beim ab bis und oder jeder jede jedes mein meine dein sein ihr ihre unser unsere " +
	"Am Der Die Das Dem Den Im Vom Zum Zur Beim Ab Bis Jeder Mein Meine")

func set(words string) map[string]bool {
	s := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		s[w] = true
	}
	return s
}

func starts(text string, t token.Token) bool {
	return t.Kind == token.Word && t.Has(token.Title) && starters[t.Of(text)]
}
