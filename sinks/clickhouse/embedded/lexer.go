package embedded

import (
	"strings"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenNumber
	tokenString     // '…' or $tag$…$tag$
	tokenQuotedName // `…` or "…"
	tokenSymbol
	tokenBroken // a string, name or comment that does not end
)

type token struct {
	kind       tokenKind
	start, end int // bytes
}

// lexer cuts a statement into tokens as ClickHouse does, leaving out space and
// comments. It never fails: what it does not understand is a symbol, and the
// engine is the judge of it.
type lexer struct {
	s   string
	pos int
}

func (l *lexer) next() token {
	l.skipSpace()
	start := l.pos
	if start >= len(l.s) {
		return token{tokenEnd, start, start}
	}
	c := l.s[start]
	switch {
	case c == '\'':
		return l.quoted(c, tokenString)
	case c == '`' || c == '"':
		return l.quoted(c, tokenQuotedName)
	case c == '$':
		if t, ok := l.heredoc(); ok {
			return t
		}
	case strings.HasPrefix(l.s[start:], "‘"):
		return l.between("‘", "’", tokenString)
	case strings.HasPrefix(l.s[start:], "“"):
		return l.between("“", "”", tokenQuotedName)
	case c == '/' && strings.HasPrefix(l.s[start:], "/*"):
		// skipSpace stops only at a comment that does not end.
		l.pos = len(l.s)
		return token{tokenBroken, start, l.pos}
	case isWordStart(c):
		for l.pos < len(l.s) && isWordByte(l.s[l.pos]) {
			l.pos++
		}
		return token{tokenWord, start, l.pos}
	case isDigit(c):
		for l.pos < len(l.s) && (isWordByte(l.s[l.pos]) || l.s[l.pos] == '.') {
			l.pos++
		}
		return token{tokenNumber, start, l.pos}
	}
	_, n := utf8.DecodeRuneInString(l.s[start:])
	l.pos += n
	return token{tokenSymbol, start, l.pos}
}

func (l *lexer) skipSpace() {
	for l.pos < len(l.s) {
		rest := l.s[l.pos:]
		switch {
		case isSpace(rest[0]):
			l.pos++
		case strings.HasPrefix(rest, "\u00a0"): // no-break space, common in pasted queries
			l.pos += 2
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "#!"), strings.HasPrefix(rest, "# "):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest) - 1
			}
			l.pos += n + 1
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return
			}
			l.pos += 2 + n + 2
		default:
			return
		}
	}
}

func (l *lexer) quoted(quote byte, kind tokenKind) token {
	start := l.pos
	for i := start + 1; i < len(l.s); i++ {
		switch l.s[i] {
		case '\\':
			i++
		case quote:
			if i+1 < len(l.s) && l.s[i+1] == quote {
				i++ // a doubled quote stands for itself
				continue
			}
			l.pos = i + 1
			return token{kind, start, l.pos}
		}
	}
	l.pos = len(l.s)
	return token{tokenBroken, start, l.pos}
}

// between reads a string or name in typographic quotes, which know no escapes.
func (l *lexer) between(opening, closing string, kind tokenKind) token {
	start := l.pos
	n := strings.Index(l.s[start+len(opening):], closing)
	if n < 0 {
		l.pos = len(l.s)
		return token{tokenBroken, start, l.pos}
	}
	l.pos = start + len(opening) + n + len(closing)
	return token{kind, start, l.pos}
}

// heredoc reads $tag$…$tag$.
func (l *lexer) heredoc() (token, bool) {
	start := l.pos
	n := strings.IndexByte(l.s[start+1:], '$')
	if n < 0 {
		return token{}, false
	}
	tag := l.s[start : start+1+n+1]
	for i := 1; i < len(tag)-1; i++ {
		if !isWordByte(tag[i]) {
			return token{}, false
		}
	}
	end := strings.Index(l.s[start+len(tag):], tag)
	if end < 0 {
		return token{}, false
	}
	l.pos = start + len(tag) + end + len(tag)
	return token{tokenString, start, l.pos}, true
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}
func isDigit(c byte) bool     { return c >= '0' && c <= '9' }
func isWordStart(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isWordByte(c byte) bool  { return isWordStart(c) || isDigit(c) }
