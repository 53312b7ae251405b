package clause

import (
	"strings"
	"unicode"

	"earshot/nlp/token"
)

// place says where a word is a cue.
type place uint8

const (
	anywhere place = iota // a conjunction
	opening               // only at a clause's start: behind a mark or an "and"
	within                // opens a clause there, and else marks the one that it stands in
)

// cue is a word of contrast or concession; then is the words that must follow. A
// Plain one looks like a cue and is none ("but also").
type cue struct {
	then  string
	turn  Turn
	place place
}

// cueTable is the cues of a language by their first word in lower case.
type cueTable struct {
	cues map[string][]cue
	// lengths has the bits of the lengths of the first words that start with a
	// byte, so that few words are looked up.
	lengths [256]uint32
	// never are the words after which a conjunction is no cue ("nothing but").
	never map[string]bool
	// and are the words that join clauses: behind them one opens.
	and map[string]bool
}

// list is the cues of a language: words between bars.
type list struct {
	contrast        string // conjunctions of contrast
	contrastOpening string // adverbs of contrast that must open a clause
	contrastWithin  string // adverbs of contrast that may stand inside their clause
	concession      string
	concOpening     string
	plain           string
	never, and      string
}

func cuesOf(language string) *cueTable { return byLanguage[language] }

// byLanguage holds the words of contrast and of concession of each language.
var byLanguage = map[string]*cueTable{
	"en": table(list{
		contrast:        "but|except|whereas|only problem|only downside|only complaint|only issue|only gripe|that said|having said that|on the other hand|on the downside|on the plus side|then again",
		contrastOpening: "yet|otherwise|unfortunately|sadly|regrettably|instead|even so|too bad|shame|pity|mind you|still ,",
		contrastWithin:  "however|nevertheless|nonetheless",
		concession:      "although|though|even though|albeit|despite|in spite of|apart from|aside from|other than|notwithstanding",
		concOpening:     "while|whilst",
		plain:           "but also|but not least|but not limited|but then again|however much|however many|however long|however hard|however often|yet another|yet again|instead of|while ago|while waiting|otherwise known",
		never:           "nothing|anything|none|all|everything|nobody|anyone|last",
		and:             "and|but|so",
	}),
	"de": table(list{
		contrast:        "aber|sondern|außer|wohingegen|nur leider|einziges manko|einziger kritikpunkt|einziger nachteil|auf der anderen seite",
		contrastOpening: "doch|leider|schade|dagegen|bloß|nur dass",
		contrastWithin:  "jedoch|allerdings|dennoch|trotzdem|andererseits|hingegen|dafür",
		concession:      "obwohl|obgleich|obschon|wenngleich|trotz|abgesehen von|bis auf",
		plain:           "sondern auch|aber auch nicht zuletzt|bis auf weiteres|dafür dass",
		never:           "ist|war|hat|habe|bin|sind|waren|wäre|wird|das|jetzt|nun|oder",
		and:             "und|aber|doch",
	}),
	"fr": table(list{
		contrast:        "mais|sauf|tandis que|par contre|en revanche|seul bémol|seul hic|seul problème|seul défaut|seul point négatif",
		contrastOpening: "malheureusement|hélas|dommage|excepté",
		contrastWithin:  "cependant|pourtant|toutefois|néanmoins",
		concession:      "bien que|malgré|quoique|même si|hormis|à part|en dépit de|mis à part",
		plain:           "mais aussi|mais également|mais surtout",
		never:           "non|ah|oui",
		and:             "et|mais|or",
	}),
	"es": table(list{
		contrast:        "pero|sino|excepto|salvo|mientras que|en cambio|lo único malo|única pega|único problema",
		contrastOpening: "lástima|desgraciadamente|lamentablemente|desafortunadamente|por desgracia",
		contrastWithin:  "sin embargo|no obstante",
		concession:      "aunque|a pesar de|a pesar del|pese a|pese al|si bien|aparte de",
		plain:           "sino también|sino que también|pero también",
		never:           "",
		and:             "y|e|pero",
	}),
	"it": table(list{
		contrast:        "ma|eppure|tranne|eccetto|mentre invece|unica pecca|unico neo|unico difetto|unico problema",
		contrastOpening: "purtroppo|peccato|sfortunatamente|solo che",
		contrastWithin:  "però|tuttavia|ciononostante|invece",
		concession:      "anche se|sebbene|benché|nonostante|malgrado|a parte|pur essendo",
		plain:           "ma anche|ma soprattutto|invece di|invece che",
		never:           "",
		and:             "e|ed|ma",
	}),
	"pt": table(list{
		contrast:        "mas|só que|exceto|enquanto que|em compensação|por outro lado|único problema|único defeito|única coisa ruim",
		contrastOpening: "infelizmente|pena|lamentavelmente",
		contrastWithin:  "porém|contudo|todavia|entretanto|no entanto",
		concession:      "embora|apesar de|apesar do|apesar da|apesar dos|apesar das|ainda que|mesmo que|tirando|fora isso",
		plain:           "mas também|mas principalmente",
		never:           "",
		and:             "e|mas",
	}),
}

func table(l list) *cueTable {
	t := &cueTable{cues: map[string][]cue{}, never: words(l.never), and: words(l.and)}
	add := func(list string, turn Turn, at place) {
		for words := range strings.SplitSeq(list, "|") {
			first, then, _ := strings.Cut(words, " ")
			if first == "" {
				continue
			}
			t.cues[first] = append(t.cues[first], cue{then: then, turn: turn, place: at})
			t.lengths[first[0]] |= 1 << len(first)
			if c := first[0]; 'a' <= c && c <= 'z' {
				t.lengths[c-0x20] |= 1 << len(first)
			}
			for _, r := range first { // "À part"
				upper := string(unicode.ToUpper(r))
				t.lengths[upper[0]] |= 1 << len(first)
				break
			}
		}
	}
	// What looks like a cue comes before what is one.
	add(l.plain, Plain, anywhere)
	add(l.contrast, Contrast, anywhere)
	add(l.contrastOpening, Contrast, opening)
	add(l.contrastWithin, Contrast, within)
	add(l.concession, Concession, anywhere)
	add(l.concOpening, Concession, opening)
	return t
}

func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.SplitSeq(list, "|") {
		set[w] = true
	}
	return set
}

// longestCue bounds the first words of cues that are looked up, in bytes.
const longestCue = 31

// lower is word in lower case, in buf if it fits.
func lower(buf *[longestCue + 1]byte, word string) []byte {
	out := buf[:0]
	for _, r := range word {
		if len(out)+4 > len(buf) {
			return nil
		}
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		} else if r >= 0x80 {
			r = unicode.ToLower(r)
		}
		out = append(out, string(r)...)
	}
	return out
}

// at is the cue that starts at token i and how many tokens it has, 0 if none
// does.
func (c *cueTable) at(text string, tokens []token.Token, i, to int) (cue, int) {
	t := tokens[i]
	n := t.End - t.Start
	if n > longestCue || c.lengths[text[t.Start]]&(1<<n) == 0 {
		return cue{}, 0
	}
	word := t.Of(text)
	found, ok := c.cues[word]
	if !ok && t.Flags&(token.Title|token.Upper) != 0 {
		var buf [longestCue + 1]byte
		found = c.cues[string(lower(&buf, word))]
	}
	for _, q := range found {
		if n := q.follows(text, tokens[i+1:to]); n > 0 {
			return q, n
		}
	}
	return cue{}, 0
}

// follows is the number of tokens of the cue if its further words are the next
// tokens, 0 if they aren't.
func (q cue) follows(text string, next []token.Token) int {
	n := 1
	for rest := q.then; rest != ""; n++ {
		if n > len(next) {
			return 0
		}
		var want string
		want, rest, _ = strings.Cut(rest, " ")
		if got := next[n-1].Of(text); (len(got) != len(want) || !strings.EqualFold(got, want)) && !elided(got, want) {
			return 0
		}
	}
	return n
}

// elided tells whether a French word ends in an elision of want: "qu'il" of "que".
func elided(got, want string) bool {
	return want == "que" && len(got) > 3 && strings.EqualFold(got[:2], "qu") && (got[2] == '\'' || strings.HasPrefix(got[2:], "’"))
}
