package token

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kinds writes the tokens of a text as "token:kind", words without their kind,
// with bars between them.
func kinds(text string) string {
	var out []string
	for _, t := range Append(nil, text) {
		s := t.Of(text)
		if t.Kind != Word {
			s += ":" + t.Kind.String()
		}
		out = append(out, s)
	}
	return strings.Join(out, " | ")
}

func TestTextIsCutIntoTokens(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][][2]string{
		"nothing": {{"", ""}, {" \t\r\n\u00a0\u3000", ""}, {"\x00\x01\u200b\ufeff\u202e", ""}},
		"words": {
			{"It works well", "It | works | well"},
			{"naïve Ünïcödé привет", "naïve | Ünïcödé | привет"},
			{"3rd 4g mp3 90's 1.5GB", "3rd | 4g | mp3 | 90's | 1.5GB"},
			{"x² H₂O", "x² | H₂O"},
			{"AT&T R&B Q&A a&b", "AT&T | R&B | Q&A | a | &:punct | b"},
			{"well-known and/or", "well | -:punct | known | and | /:punct | or"},
		},
		"contractions": {
			{"don't can’t don`t don´t", "don't | can’t | don`t | don´t"},
			{"l'app d’accord rock'n'roll", "l'app | d’accord | rock'n'roll"},
			{"dogs' 'quoted' “it's”", "dogs | ':punct | ':punct | quoted | ':punct | “:punct | it's | ”:punct"},
		},
		"emoji": {
			{"👍🏽 👨‍👩‍👧‍👦 🤷‍♀️", "👍🏽:emoji | 👨‍👩‍👧‍👦:emoji | 🤷‍♀️:emoji"},
			{"🇩🇪🇫🇷", "🇩🇪:emoji | 🇫🇷:emoji"},
			{"1️⃣#️⃣*️⃣", "1️⃣:emoji | #️⃣:emoji | *️⃣:emoji"},
			{"😂😂 great👍", "😂:emoji | 😂:emoji | great | 👍:emoji"},
			{"❤️ ❤ ™️ ™", "❤️:emoji | ❤:emoji | ™️:emoji | ™:punct"},
			{"★★☆", "★:emoji | ★:emoji | ☆:emoji"},
		},
		"emoticons": {
			{":-) :( ;P :'( =D :))) (: :/", ":-):emoticon | :(:emoticon | ;P:emoticon | :'(:emoticon | =D:emoticon | :))):emoticon | (::emoticon | :/:emoticon"},
			{"<3 </3 xD o_O \\o/ ¯\\_(ツ)_/¯ -_-", "<3:emoticon | </3:emoticon | xD:emoticon | o_O:emoticon | \\o/:emoticon | ¯\\_(ツ)_/¯:emoticon | -_-:emoticon"},
			{"thanks:) yes:D", "thanks | :):emoticon | yes | :D:emoticon"},
		},
		"no emoticons": {
			{"a) 1) (see 8)", "a | ):punct | 1:number | ):punct | (:punct | see | 8:number | ):punct"},
			{"note:Paris size:S id=3", "note | ::punct | Paris | size | ::punct | S | id | =:punct | 3:number"},
			{"note:(see (as follows:)", "note | ::punct | (:punct | see | (:punct | as | follows | ::punct | ):punct"},
			{"C:\\users a:b", "C | ::punct | \\:punct | users | a | ::punct | b"},
			{"exDrive <30", "exDrive | <:punct | 30:number"},
		},
		"addresses": {
			{"see https://a.org/b?c=d#e, ok", "see | https://a.org/b?c=d#e:url | ,:punct | ok"},
			{"(www.a.org/x_(y))", "(:punct | www.a.org/x_(y):url | ):punct"},
			{"<https://a.b/c> \"HTTP://X.Y\"", "<:punct | https://a.b/c:url | >:punct | \":punct | HTTP://X.Y:url | \":punct"},
			{"https://t.co/AbC… then", "https://t.co/AbC:url | …:punct | then"},
			{"https://t.co/很好", "https://t.co/:url | 很 | 好"},
			{"example.com. bit.ly/3x amazon.de/dp", "example.com:url | .:punct | bit.ly/3x:url | amazon.de/dp:url"},
			{"end.Start node.js casa.de", "end | .:punct | Start | node | .:punct | js | casa | .:punct | de"},
			{"www. http:// https", "www | .:punct | http | ::punct | //:punct | https"},
			{"first.last+x@mail.example.co.uk, 50@x.com.", "first.last+x@mail.example.co.uk:email | ,:punct | 50@x.com:email | .:punct"},
			{"Write to.ann_b@x.de", "Write | to.ann_b@x.de:email"},
		},
		"handles and hashtags": {
			{"@ann: .@user_1 (@bob)", "@ann:handle | ::punct | .:punct | @user_1:handle | (:punct | @bob:handle | ):punct"},
			{"#tag #été #日本 ＃wide ##double", "#tag:hashtag | #été:hashtag | #日本:hashtag | ＃wide:hashtag | #:punct | #double:hashtag"},
			{"#1 #1fan a@ @", "#:punct | 1:number | #1fan:hashtag | a | @:punct | @:punct"},
		},
		"prices": {
			{"$12.99 12,50 € 5£ €20", "$12.99:price | 12,50 €:price | 5£:price | €20:price"},
			{"EUR 20 20 EUR 20EUR EURO", "EUR 20:price | 20 EUR:price | 20EUR:price | EURO"},
			{"$5k R$ 20,00 20,- € $.99 10€50", "$5k:price | R | $ 20,00:price | 20,- €:price | $.99:price | 10€50:price"},
			{"5 $20 10€/month", "5:number | $20:price | 10€:price | /:punct | month"},
		},
		"times and numbers": {
			{"10:30 9am 9:30 pm 14h30 9 Uhr 7 p.m.", "10:30:time | 9am:time | 9:30 pm:time | 14h30:time | 9 Uhr:time | 7 p.m:time | .:punct"},
			{"um 9 am Bahnhof", "um | 9:number | am | Bahnhof"},
			{"3:1 24/7 1,250.00 2024-01-05 9-5", "3:1:number | 24/7:number | 1,250.00:number | 2024-01-05:number | 9:number | -:punct | 5:number"},
			{"½ Ⅳ ٣٤ ５", "½:number | Ⅳ:number | ٣٤:number | ５:number"},
		},
		"hidden letters": {
			{"f***ing sh*t b!tch a$$hole cr@p f***", "f***ing | sh*t | b!tch | a$$hole | cr@p | f***"},
			{"**bold** *sigh* wow!great out** f***!!", "**:punct | bold | **:punct | *:punct | sigh | *:punct | wow | !:punct | great | out | **:punct | f*** | !!:punct"},
			{"is@the me#smile Wal*Mart", "is | @the:handle | me | #smile:hashtag | Wal | *:punct | Mart"},
		},
		"mark-up": {
			{"&amp; AT&amp;T &#39; &nbsp x", "&amp;:markup | AT | &amp;:markup | T | &#39;:markup | &nbsp:markup | x"},
			{"<br /> </p> <a href=\"x\">t</a>", "<br />:markup | </p>:markup | <a href=\"x\">:markup | t | </a>:markup"},
			{"a<b 3<5 <sigh>", "a | <:punct | b | 3:number | <:punct | 5:number | <:punct | sigh | >:punct"},
			{"don\\u2019t end.\\nStart", "don | \\u2019:markup | t | end | .:punct | \\n:markup | Start"},
			{"C:\\new \\U0001F600 \\x65", "C | ::punct | \\:punct | new | \\U0001F600:markup | \\x65:markup"},
		},
		"punctuation": {
			{"wait... no!!! ?! -- …", "wait | ...:punct | no | !!!:punct | ?:punct | !:punct | --:punct | …:punct"},
			{"¿Qué? «Bof»", "¿:punct | Qué | ?:punct | «:punct | Bof | »:punct"},
		},
		"scripts": {
			{"很好用 ไทยดี カタ", "很 | 好 | 用 | ไ | ท | ย | ดี | カ | タ"},
			{"私はTOEICを5回", "私 | は | TOEIC | を | 5:number | 回"},
			{"한국어 हिन्दी में नहीं। مرحبا", "한국어 | हिन्दी | में | नहीं | ।:punct | مرحبا"},
		},
		"damaged text": {
			{"bad\xffbyte \xff\xff", "bad | \xff:punct | byte | \xff\xff:punct"},
			{"a\x00b", "a | b"},
			{"Z̷a̶l̸g̵o̴ ́", "Z̷a̶l̸g̵o̴ | ́"},
			{"\u200eleft\u200f soft\u00adhyphen \ufeffbom", "left | soft\u00adhyphen | bom"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				if diff := cmp.Diff(c[1], kinds(c[0])); diff != "" {
					t.Errorf("%q:\n%s", c[0], diff)
				}
			}
		})
	}
}

func TestTokensKnowHowTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string // the last token counts
		want Flags
	}{
		{"word", Spaced | ASCII},
		{"a b", Spaced | ASCII},
		{"a.b", ASCII},
		{"a\nb", Spaced | Broken | ASCII},
		{"a\r\nb", Spaced | Broken | ASCII},
		{"a\rb", Spaced | Broken | ASCII},
		{"a\n \nb", Spaced | Broken | Blank | ASCII},
		{"a\u2028b", Spaced | Broken | ASCII},
		{"LOUD", Spaced | ASCII | Upper | Title},
		{"USA'S", Spaced | ASCII | Upper | Title},
		{"I", Spaced | ASCII | Title},
		{"iPhone", Spaced | ASCII},
		{"McDonald", Spaced | ASCII | Title},
		{"Ärger", Spaced | Title},
		{"ÄRGER", Spaced | Upper | Title},
		{"soooo", Spaced | ASCII | Elongated},
		{"Sooo", Spaced | ASCII | Title | Elongated},
		{"soo", Spaced | ASCII},
		{"naïïïve", Spaced | Elongated},
		{"1000", Spaced},
		{"sh*t", Spaced | ASCII | Censored},
		{"4G", Spaced | ASCII},
		{"#tag", Spaced | ASCII},
		{"#été", Spaced},
		{"write a.b@c.de", Spaced},
	} {
		tokens := Append(nil, c.text)
		if got := tokens[len(tokens)-1].Flags; got != c.want {
			t.Errorf("%q: flags %08b, want %08b", c.text, got, c.want)
		}
	}
}

func TestPartOfATextKeepsOffsetsOfTheWhole(t *testing.T) {
	t.Parallel()
	text := "Agent: hello\nme: my line is dead"
	part := Span{17, len(text)}
	got := AppendSpan([]Token{{End: 5}}, text, part)
	if len(got) != 5 || got[0].End != 5 {
		t.Fatalf("%v does not go on what was there with four words", got)
	}
	if first := got[1]; first.Of(text) != "my" || !first.Has(Spaced) {
		t.Errorf("the first token is %q, flags %b", first.Of(text), first.Flags)
	}
	checkTokens(t, text, got[1:], part)
}

func TestAddressTakesNothingFromBeforeItsPart(t *testing.T) {
	t.Parallel()
	text := "ann.b@example.org"
	before := Append(nil, text[:4])
	got := AppendSpan(before, text, Span{4, len(text)})
	if n := len(before); len(got) != n+1 || got[n].Of(text) != "b@example.org" {
		t.Errorf("%v", got)
	}
}

func TestTokensAreCutWithoutAllocating(t *testing.T) {
	text := strings.Join(seeds, " ")
	dst := Append(nil, text)
	if n := testing.AllocsPerRun(20, func() { dst = Append(dst[:0], text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
