// Package token cuts text into tokens that keep their byte offsets.
//
// One pass from left to right: at each place the scanner looks for mark-up and
// entities, addresses (URL, e-mail), @handles and #hashtags, emoticons, prices,
// times and numbers, words (with contractions, censored letters, elongations),
// emoji sequences, and else takes one rune as punctuation. White space is no
// token; a token knows whether any stood before it.
package token

// Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	Word     Kind = iota // letters, marks and digits with their apostrophes: "don't", "f***ing", "3rd"
	Number               // "42", "1,250.00", "3/5"
	Price                // "$12.99", "12,50 €"
	Time                 // "10:30", "9am", "14h30"
	URL                  // "https://…", "www.…"
	Email                // "ann@example.org"
	Handle               // "@support"
	Hashtag              // "#WorstServiceEver"; its words are found by HashtagWords
	Emoji                // one emoji with its modifiers, joined sequences as one
	Emoticon             // ":-)", "<3", "xD"
	Markup               // "<br />", "&amp;", "\u2019"
	Punct                // one punctuation mark or symbol, or a run of one such mark
)

func (k Kind) String() string {
	names := [...]string{"word", "number", "price", "time", "url", "email", "handle", "hashtag", "emoji", "emoticon", "markup", "punct"}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// Flags are what the writing of a token tells.
type Flags uint8

// The flags of a token. Upper, Title and Elongated are of words alone.
const (
	Spaced    Flags = 1 << iota // white space stands before it
	Broken                      // a line break is among that white space
	Blank                       // a blank line is among it
	Upper                       // all capitals, two letters or more
	Title                       // its first letter is a capital
	Elongated                   // a letter three times in a row: "soooo"
	Censored                    // letters hidden behind marks: "sh*t"
	ASCII                       // nothing but ASCII
)

// Token is a span of the text it was cut from.
type Token struct {
	Start, End int // byte offsets, on rune boundaries
	Kind       Kind
	Flags      Flags
}

// Has tells whether all of the flags are set.
func (t Token) Has(f Flags) bool { return t.Flags&f == f }

// Of returns the token's own text.
func (t Token) Of(text string) string { return text[t.Start:t.End] }

// Span is a half-open range of byte offsets [Start, End) into a text. Both ends
// lie on rune boundaries.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Range is a run of tokens: those from From up to, not including, To. Sentences
// and clauses are ranges of a text's tokens.
type Range struct{ From, To int }
