package simulate

import (
	"strings"
	"testing"
)

// slangWords betray slang, by language.
var slangWords = map[string]string{
	"en": "tbh ngl smh ffs wtf bruh lol gutted mare shambles chuffed buzzing legends lads faff pls plz thx ta any1",
	"de": "ey alter boah digga lol wtf omg saftladen murks mega feier ehrenmann stabil thx hab wer nice",
	"es": "tío tíos buah joder xq wtf flipando chapuza mola guay cracks porfa grax morro timo frito",
}

func TestCustomersWriteSlangMistypeAndAreSarcastic(t *testing.T) {
	type share struct{ some, of int }
	slang, sarcasm, elsewhere, typos := map[string]share{}, map[string]share{}, share{}, map[string]share{}
	tell := func(s share, yes bool) share {
		s.of++
		if yes {
			s.some++
		}
		return s
	}
	c := New(Options{Seed: 14, Start: start})
	for range 60_000 {
		m := c.Next()
		it := &c.recent[(c.made-1)%len(c.recent)]
		text := said(it)
		if m.Meant.Kind != Original || strings.TrimSpace(text) == "" {
			continue
		}
		lang := m.Meant.Language
		typos[lang] = tell(typos[lang], m.Meant.Typos > 0)
		public := it.channel == review || it.channel == social
		if it.channel == social || it.channel == chat {
			found := false
			words := strings.FieldsFunc(strings.ToLower(text), notInWord)
			for w := range strings.FieldsSeq(slangWords[lang]) {
				for _, got := range words {
					found = found || got == w
				}
			}
			slang[lang] = tell(slang[lang], found)
		}
		switch {
		case m.Meant.Polarity != "negative" && m.Meant.Sarcasm:
			t.Fatalf("sarcasm that isn't meant badly: %s", m.Value)
		case m.Meant.Polarity == "negative" && public:
			sarcasm[lang] = tell(sarcasm[lang], m.Meant.Sarcasm)
		case m.Meant.Polarity == "negative":
			elsewhere = tell(elsewhere, m.Meant.Sarcasm)
		}
	}
	within := func(what string, s share, low, high float64) {
		got := float64(s.some) / float64(max(s.of, 1))
		t.Logf("%s: %.3f of %d", what, got, s.of)
		if got < low || got > high {
			t.Errorf("%s: share %.3f of %d, want %.2f…%.2f", what, got, s.of, low, high)
		}
	}
	for _, lang := range languageNames {
		within("slang in posts and chats, "+lang, slang[lang], 0.04, 0.50)
		within("sarcasm in bad reviews and posts, "+lang, sarcasm[lang], 0.08, 0.25)
		within("texts with typos, "+lang, typos[lang], 0.04, 0.40)
	}
	within("sarcasm in other complaints", elsewhere, 0.005, 0.08)
}
