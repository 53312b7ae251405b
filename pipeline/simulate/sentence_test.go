package simulate

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// sameness takes out of a sentence what two may differ in and still be the
// same: numbers, names, dates and places of one language.
type sameness struct {
	products *strings.Replacer
	words    map[string]bool
}

var numberWords = map[string]string{
	"en": "a an one two three four five six seven eight nine ten eleven twelve fourteen fifteen twenty once twice times first second third fourth fifth sixth seventh half",
	"de": "ein eine einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig einmal zweimal dreimal viermal fünfmal erster zweiter dritter vierter fünfter zweite dritte vierte fünfte zweiten dritten vierten fünften sechsten",
	"es": "un una uno dos tres cuatro cinco seis siete ocho nueve diez once doce veinte vez veces primera segunda tercera cuarta quinta sexta primer segundo tercer cuarto quinto",
}

func (l *language) sameness() sameness {
	s := sameness{words: map[string]bool{}}
	add := func(words string) {
		for w := range strings.FieldsFuncSeq(strings.ToLower(words), notInWord) {
			s.words[w] = true
		}
	}
	add(numberWords[l.name])
	add(strings.Join(l.months, " "))
	for _, rule := range []int{l.city, l.first, l.last, l.weekday} {
		for _, ph := range l.grammar.rules[rule] {
			add(ph[0].text)
		}
	}
	var pairs []string
	for _, names := range productNames {
		for _, n := range slices.Backward(names) { // the longer first
			pairs = append(pairs, strings.ToLower(n), " ")
		}
	}
	s.products = strings.NewReplacer(pairs...)
	return s
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }

var (
	sentenceEnd = regexp.MustCompile(`[.!?:]+(\s|$)|\n`)
	address     = regexp.MustCompile(`[@#]\S+|\S+@\S+`)
)

// sentences of a text, each as its words in lower case.
func (s sameness) sentences(text string, yield func(string)) {
	text = address.ReplaceAllString(s.products.Replace(strings.ToLower(text)), " ")
	for _, part := range sentenceEnd.Split(text, -1) {
		words := slices.DeleteFunc(strings.FieldsFunc(part, notInWord), func(w string) bool { return s.words[w] })
		if len(words) > 0 {
			yield(strings.Join(words, " "))
		}
	}
}

// said is what the customer says in an item: staff don't count.
func said(it *item) string {
	if len(it.turns) == 0 {
		if it.channel == call {
			return "" // a note
		}
		return string(it.title) + "\n" + string(it.text)
	}
	var b strings.Builder
	for _, t := range it.turns {
		if t.role == "customer" {
			b.Write(it.text[t.start:t.end])
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestTheGrammarHasTenThousandSentences(t *testing.T) {
	c := New(Options{Seed: 9, Start: start})
	all := map[string]map[string]int{}
	byChannel := map[channel]map[string]int{}
	for i, l := range c.languages {
		same := l.sameness()
		distinct := map[string]int{}
		all[l.name] = distinct
		for n := range 30_000 {
			u := &c.customers[n%len(c.customers)]
			u.language = uint8(i)
			u.casual, u.shouts, u.sloppy = false, false, 0
			c.feedback(c.clock.AddDate(0, 0, n/1000))
			it := &c.recent[(c.made-1)%len(c.recent)]
			if it.writtenInLanguage != l.name || it.who.sloppy > 0 || it.who.casual || it.who.shouts {
				continue
			}
			if byChannel[it.channel] == nil {
				byChannel[it.channel] = map[string]int{}
			}
			same.sentences(said(it), func(s string) {
				distinct[s]++
				byChannel[it.channel][s]++
			})
		}
	}
	total := 0
	for name, distinct := range all {
		t.Logf("%s: %d distinct sentences", name, len(distinct))
		if len(distinct) < 1000 {
			t.Errorf("%s: %d distinct sentences, want 1,000", name, len(distinct))
		}
		total += len(distinct)
	}
	for ch, distinct := range byChannel {
		t.Logf("%s: %d distinct sentences", channelNames[ch], len(distinct))
	}
	if total < 10_000 {
		t.Errorf("%d distinct sentences, want 10,000", total)
	}
}
