package token

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// seeds are texts that have gone wrong, here or elsewhere.
var seeds = []string{
	"", " ", "\x00", "\xff", "\xf0\x9f", "a\xffb", "\u200d", "\ufeff", "\u202e\u202c", "é", "e\u0301", "\u0301\u0301",
	"Our engineer never turned up, and I pay €45 a month for this!!! 😡",
	"don't can’t don`t rock'n'roll 'quoted' 90's", "soooo AT&T f***ing sh*t b!tch a$$hole **bold** tod@s",
	"👍🏽 👨‍👩‍👧‍👦 🇩🇪🇫🇷🇩 1️⃣ #️⃣ *️⃣ ❤️ ☹ ™️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "a) 1) (see 8) note:(x) :-) :'( (: xD o_O <3 ¯\\_(ツ)_/¯ \\o/ ^_^",
	"https://example.org/a_(b)?c=d. (www.example.org) bit.ly/3x example.com <https://a.b>", "https://", "www.", "http://!!!",
	"first.last+tag@mail.example.co.uk, 50@x.com a@b @b ..@c.de a..b@c.de", "$12.99 12,50 € EUR 20 20,- 10€50 $.99 R$ 5 $5k 5 $20",
	"10:30 9am 7 p.m. 14h30 9 Uhr 3:1 2024-01-05", "&amp; &#39; &nbsp <br /> <a href='x'> <sigh> </p> <!-- x --> \\u2019 \\n C:\\new",
	"#worstserviceever #BMWService #5Gspeed #4th #_ #__a_1 ##x ＃été #日本 #１２a @me ＠you", "很好用 ไทยดี 한국어 TOEICを5回 नहीं।",
	"1e5 x² H₂O ½ Ⅳ ٣٤ 5\u0301 soft\u00adhyphen a\u2060b a\u200cb", "\r\n\r\n \u2028 \u0085 \u00a0 \u3000", "<<<a<b<c <a\n>", "&&&a;&#;&#x;", "A&",
	"⛛" + strings.Repeat("\x9b", 100), "😂" + strings.Repeat("\u0301", 100),
}

func FuzzTokens(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := Append(nil, text)
		checkTokens(t, text, tokens, Span{0, len(text)})
		if again := Append(nil, text); !slices.Equal(tokens, again) {
			t.Errorf("the second time %v, the first %v", again, tokens)
		}
		half := runeFloor(text, len(text)/2)
		checkTokens(t, text, AppendSpan(nil, text, Span{half, len(text)}), Span{half, len(text)})
		checkTokens(t, text, AppendSpan(nil, text, Span{0, half}), Span{0, half})
	})
}

// checkTokens checks what holds of the tokens of any text.
func checkTokens(t *testing.T, text string, tokens []Token, part Span) {
	t.Helper()
	boundary := map[int]bool{part.End: true}
	for i := range text[part.Start:part.End] {
		boundary[part.Start+i] = true
	}
	last := part.Start
	for _, k := range append(slices.Clone(tokens), Token{Start: part.End, End: part.End + 1}) {
		for _, r := range text[last:min(k.Start, part.End)] {
			if !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Z, r) && !invisible(r) {
				t.Fatalf("%q before %d is in no token of %q", r, k.Start, text)
			}
		}
		if k.Start == part.End {
			return
		}
		if k.Start < last || k.End <= k.Start || k.End > part.End || !boundary[k.Start] || !boundary[k.End] {
			t.Fatalf("token %d…%d behind %d in %q", k.Start, k.End, last, text)
		}
		if k.Has(ASCII) && k.Kind == Word {
			for _, c := range []byte(k.Of(text)) {
				if c >= utf8.RuneSelf {
					t.Fatalf("%q is not ASCII", k.Of(text))
				}
			}
		}
		if k.Start == last && k.Start > part.Start && k.Flags&(Spaced|Broken|Blank) != 0 {
			t.Fatalf("no white space stands before %q", k.Of(text))
		}
		last = k.End
	}
}

func FuzzHashtagWords(f *testing.F) {
	for _, s := range []string{"#worstserviceever", "#BMWService", "#iPhone15", "#4thOfJuly", "#5Gspeed", "#été_2024", "#__", "#a\u0301b", "＃TOPs", "#WORSTSERVICE", "#ŒUVRE", "#İstanbul"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		boundary := map[int]bool{len(text): true}
		for i := range text {
			boundary[i] = true
		}
		for _, k := range Append(nil, text) {
			words := HashtagWords(nil, text, k)
			if k.Kind == Hashtag && len(words) == 0 {
				t.Fatalf("no words in %q", k.Of(text))
			}
			last := k.Start
			for _, w := range words {
				if w.Start < last || w.End <= w.Start || w.End > k.End || !boundary[w.Start] || !boundary[w.End] {
					t.Fatalf("words %v of %q in %q", words, k.Of(text), text)
				}
				for _, r := range text[last:w.Start] {
					if r != '_' && r != '#' && r != '＃' {
						t.Fatalf("%q is in none of the words %v of %q", r, words, k.Of(text))
					}
				}
				last = w.End
			}
		}
	})
}
