package clause

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp/token"
)

// clauses writes the clauses of a sentence with bars between them; before one
// that turns stand how, and its cue.
func clauses(language, text string) string {
	tokens := token.Append(nil, text)
	var out []string
	for _, c := range Append(nil, text, tokens, token.Range{From: 0, To: len(tokens)}, language) {
		s := text[tokens[c.From].Start:tokens[c.To-1].End]
		if c.Turn != Plain {
			s = fmt.Sprintf("%v<%s> %s", c.Turn, text[tokens[c.Cue.From].Start:tokens[c.Cue.To-1].End], s)
		}
		out = append(out, s)
	}
	return strings.Join(out, " | ")
}

func TestSentenceIsCutWherePolarityMayTurn(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][][3]string{
		"contrast": {
			{"en", "The staff were kind, but the app crashes.", "The staff were kind, | contrast<but> but the app crashes."},
			{"en", "good but dear", "good | contrast<but> but dear"},
			{"en", "Everything came except the charger", "Everything came | contrast<except> except the charger"},
			{"en", "Nice phone (but slow to start)", "Nice phone | contrast<but> (but slow to start)"},
			{"en", "Five stars, only problem is the price", "Five stars, | contrast<only problem> only problem is the price"},
			{"de", "Der Techniker war nett, aber das Internet geht nicht", "Der Techniker war nett, | contrast<aber> aber das Internet geht nicht"},
			{"de", "gut ABER teuer", "gut | contrast<ABER> ABER teuer"},
			{"fr", "Le personnel est gentil mais le service est lent", "Le personnel est gentil | contrast<mais> mais le service est lent"},
			{"fr", "Rapide, par contre le prix est haut", "Rapide, | contrast<par contre> par contre le prix est haut"},
			{"es", "El personal es amable pero la app no funciona", "El personal es amable | contrast<pero> pero la app no funciona"},
			{"it", "Il personale è gentile ma l'app non funziona", "Il personale è gentile | contrast<ma> ma l'app non funziona"},
			{"pt", "O atendimento é bom, mas o aplicativo trava", "O atendimento é bom, | contrast<mas> mas o aplicativo trava"},
		},
		"a cue that opens the sentence": {
			{"en", "But the app crashes", "contrast<But> But the app crashes"},
			{"en", "However, the app crashes", "contrast<However> However, the app crashes"},
			{"en", "Still, the app crashes", "contrast<Still,> Still, the app crashes"},
			{"en", "Still no call", "Still no call"},
			{"de", "Leider kam niemand", "contrast<Leider> Leider kam niemand"},
		},
		"concession": {
			{"en", "Although the staff were kind, nobody could help", "concession<Although> Although the staff were kind, | nobody could help"},
			{"en", "And although late, it works", "concession<although> And although late, | it works"},
			{"en", "Nobody could help, although they were kind, polite and quick", "Nobody could help, | concession<although> although they were kind, polite and quick"},
			{"en", "While the food was good, the waiter was rude", "concession<While> While the food was good, | the waiter was rude"},
			{"de", "Obwohl ich dreimal anrief, kam niemand", "concession<Obwohl> Obwohl ich dreimal anrief, | kam niemand"},
			{"fr", "Bien qu'il soit tard, personne n'est venu", "concession<Bien qu'il> Bien qu'il soit tard, | personne n'est venu"},
			{"fr", "À part le prix, tout est bien", "concession<À part> À part le prix, | tout est bien"},
			{"es", "Aunque llamé tres veces, nadie vino", "concession<Aunque> Aunque llamé tres veces, | nadie vino"},
			{"it", "Anche se ho chiamato, nessuno è venuto", "concession<Anche se> Anche se ho chiamato, | nessuno è venuto"},
			{"pt", "Apesar do preço, gostei muito", "concession<Apesar do> Apesar do preço, | gostei muito"},
		},
		"adverbs inside a clause": {
			{"en", "I paid, yet nobody came", "I paid, | contrast<yet> yet nobody came"},
			{"en", "It hasn't arrived yet and nobody calls", "It hasn't arrived yet and nobody calls"},
			{"en", "I waited for a while and left", "I waited for a while and left"},
			{"de", "Der Service war jedoch schlecht", "contrast<jedoch> Der Service war jedoch schlecht"},
			{"it", "Il prezzo è però troppo alto", "contrast<però> Il prezzo è però troppo alto"},
			{"es", "La app, sin embargo, falla siempre", "La app, | contrast<sin embargo> sin embargo, falla siempre"},
		},
		"what looks like a cue": {
			{"en", "nothing but trouble with them", "nothing but trouble with them"},
			{"en", "anything but helpful", "anything but helpful"},
			{"en", "not only slow but also rude", "not only slow but also rude"},
			{"en", "However long it takes I will wait", "However long it takes I will wait"},
			{"de", "Das ist aber schön geworden", "Das ist aber schön geworden"},
			{"en", "It works though", "It works though"},
			{"fr", "the app but slow", "the app but slow"},
		},
		"marks": {
			{"en", "Nice food; service was slow", "Nice food; | service was slow"},
			{"en", "Great phone - the battery lasts", "Great phone - | the battery lasts"},
			{"en", "Great phone—but it dies", "Great phone— | contrast<but> but it dies"},
			{"en", "the room was clean... the bed was hard", "the room was clean... | the bed was hard"},
			{"en", "a well-known shop, open 10 - 12", "a well-known shop, open 10 - 12"},
			{"xx", "foo bar but baz; quux corge", "foo bar but baz; | quux corge"},
			{"ar", "الخدمة جيدة؛ السعر مرتفع جدا", "الخدمة جيدة؛ | السعر مرتفع جدا"},
		},
		"what has too few words": {
			{"en", "but", "contrast<but> but"}, {"en", "; ; a ; b", "; ; a ; b"}, {"en", "!", "!"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				if diff := cmp.Diff(c[2], clauses(c[0], c[1])); diff != "" {
					t.Errorf("%q in %s:\n%s", c[1], c[0], diff)
				}
			}
		})
	}
}

func TestEveryCueIsFound(t *testing.T) {
	t.Parallel()
	for language, table := range byLanguage {
		for first, cues := range table.cues {
			for _, q := range cues {
				text := strings.TrimSpace(first + " " + q.then)
				tokens := token.Append(nil, text)
				if _, n := table.at(text, tokens, 0, len(tokens)); n == 0 {
					t.Errorf("%s: %q is no cue", language, text)
				}
			}
		}
	}
}

func TestLookingAheadGrowsWithTheLengthOfTheSentenceAlone(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"but ", "a b ; ", "a, ", "although a, ", "; ", "a b; #x ; @y; ", "a b - ", "but , , ", "😂 but ", "(but ", "\" but ", "only ", "on the other ", "1 ; ", "a b ; ! ! "} {
		looked := func(n int) int {
			text := strings.Repeat(unit, n)
			tokens := token.Append(nil, text)
			c := cutter{text: text, tokens: tokens, cues: cuesOf("en")}
			c.cut(token.Range{From: 0, To: len(tokens)})
			if c.looked > 4*len(tokens) {
				t.Errorf("%q: %d looks ahead for %d tokens", unit, c.looked, len(tokens))
			}
			return c.looked
		}
		if once, twice := looked(5_000), looked(10_000); twice > 2*once+8 {
			t.Errorf("%q: %d looks ahead, %d for twice the length", unit, once, twice)
		}
	}
}

func TestClausesAreFoundWithoutAllocating(t *testing.T) {
	text := "Although the staff were kind, On The Other Hand the app crashes; I paid, YET nobody came - bien qu'il"
	tokens := token.Append(nil, text)
	all := token.Range{From: 0, To: len(tokens)}
	dst := Append(nil, text, tokens, all, "en")
	if n := testing.AllocsPerRun(20, func() { dst = Append(dst[:0], text, tokens, all, "en") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzClauses(f *testing.F) {
	for _, s := range []string{"", "but", "a but b", "Although a, b; c - d", "aber obwohl, mais bien qu'il; sin embargo (ma però) mas só que", "; ; - … but , , but", "BUT İ but", "À part a, b", "only problem", "in spite", "\xff but \x00 but"} {
		for _, language := range []string{"en", "de", "fr", "es", "it", "pt", "und"} {
			f.Add(s, language)
		}
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		tokens := token.Append(nil, text)
		for _, part := range []token.Range{{From: 0, To: len(tokens)}, {From: len(tokens) / 3, To: len(tokens) - len(tokens)/3}} {
			if part.From == part.To {
				continue // a sentence has a token
			}
			got := Append(nil, text, tokens, part, language)
			at := part.From
			for _, c := range got {
				if c.From != at || c.To <= c.From || c.To > part.To {
					t.Fatalf("clauses %v of the tokens %v of %q", got, part, text)
				}
				if (c.Turn == Plain) != (c.Cue == token.Range{}) || c.Turn != Plain && (c.Cue.From < c.From || c.Cue.To > c.To || c.Cue.From >= c.Cue.To) {
					t.Fatalf("the cue %v of the %v clause %v of %q", c.Cue, c.Turn, c.Range, text)
				}
				at = c.To
			}
			if at != part.To {
				t.Fatalf("clauses %v end before the tokens %v of %q", got, part, text)
			}
			if diff := cmp.Diff(got, Append(nil, text, tokens, part, language)); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
