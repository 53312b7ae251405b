package taxonomy

import (
	"strconv"
	"strings"
)

// lexKind says what a piece of a rule is.
type lexKind uint8

const (
	lexEnd    lexKind = iota
	lexWord           // install, =bill, install*
	lexQuoted         // "O2", without its quotes
	lexMark           // ( ) | ? < >
	lexNear           // NEAR/n
	lexThen           // THEN/n
	lexNot            // NOT, or NOT/n
)

// lexeme is one piece of a rule.
type lexeme struct {
	kind lexKind
	text string
	n    int // of NEAR/n, THEN/n and NOT/n; -1 for NOT
	at   int // byte offset in the rule
}

const maxGap = 50 // the largest n of NEAR/n

// lex cuts a rule; the last lexeme is a lexEnd.
func lex(rule text) ([]lexeme, error) {
	var all []lexeme
	s := rule.value
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.IndexByte("()|?<>", c) >= 0:
			all = append(all, lexeme{lexMark, s[i : i+1], 0, i})
			i++
		case c == '"':
			end := strings.IndexByte(s[i+1:], '"')
			if end < 0 {
				return nil, rule.within(i, "this quote isn't closed: expected another \"")
			}
			all = append(all, lexeme{lexQuoted, s[i+1 : i+1+end], 0, i})
			i += end + 2
		default:
			end := i
			for end < len(s) && strings.IndexByte(" \t\n\r()|?<>\"", s[end]) < 0 {
				end++
			}
			word, err := keyword(rule, s[i:end], i)
			if err != nil {
				return nil, err
			}
			all = append(all, word)
			i = end
		}
	}
	return append(all, lexeme{kind: lexEnd, at: len(s)}), nil
}

// keyword tells the operators from words.
func keyword(rule text, word string, at int) (lexeme, error) {
	name, number, slash := strings.Cut(word, "/")
	var kind lexKind
	switch name {
	case "NEAR":
		kind = lexNear
	case "THEN":
		kind = lexThen
	case "NOT":
		kind = lexNot
	default:
		return lexeme{lexWord, word, 0, at}, nil
	}
	if !slash && kind == lexNot {
		return lexeme{kind, word, -1, at}, nil
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > maxGap {
		return lexeme{}, rule.within(at, "%s wants a number of words, 0 to %d: write %s/4", name, maxGap, name)
	}
	return lexeme{kind, word, n, at}, nil
}
