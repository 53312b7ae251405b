package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tagLen is the length of a @handle or #hashtag whose mark has n bytes, 0 if the
// mark stands alone. A tag holds a letter: "#1" is a number. The flags are ASCII
// or none.
func (s *scanner) tagLen(rest string, n int) (int, Flags) {
	letters := 0
	flags := ASCII
	if n > 1 {
		flags = 0
	}
	for n < len(rest) {
		c := rest[n]
		switch {
		case class[c]&cLetter != 0:
			letters++
			n++
			continue
		case class[c]&cDigit != 0 || c == '_':
			n++
			continue
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(rest[n:])
			letter := unicode.IsLetter(r)
			if letter || letters > 0 && (unicode.Is(unicode.M, r) || unicode.IsDigit(r)) {
				if letter {
					letters++
				}
				flags = 0
				n += size
				continue
			}
		}
		break
	}
	s.looked += n
	if letters == 0 {
		return 0, 0
	}
	return n, flags
}

// longestMarkup bounds the bytes of one tag or entity.
const longestMarkup = 512

// markup is the length of a tag ("<br />"), an entity ("&amp;") or an escape
// ("\u2019", "\n") at the start of rest, 0 if there is none.
func (s *scanner) markup(rest string) int {
	switch rest[0] {
	case '&':
		return s.entity(rest)
	case '\\':
		return s.escape(rest)
	}
	return s.tag(rest)
}

// tag is the length of a tag or comment at the start of rest, 0 if there is none.
// A name in angle brackets that HTML doesn't know is a writer's own ("<sigh>")
// unless it has attributes.
func (s *scanner) tag(rest string) int {
	n := 1
	sure := true
	switch {
	case strings.HasPrefix(rest, "<!"):
		if !strings.HasPrefix(rest, "<!--") && !foldedPrefix(rest, "<!doctype") && !strings.HasPrefix(rest, "<![CDATA[") {
			return 0
		}
	case strings.HasPrefix(rest, "</"):
		if !startsWith(rest[2:], cLetter) {
			return 0
		}
	default:
		for n < len(rest) && n < longest && (letterOrDigit(rest[n]) || rest[n] == ':' || rest[n] == '-') {
			n++
		}
		s.looked += n
		if n == len(rest) || n == 1 || class[rest[1]]&cLetter == 0 || rest[n] != '>' && rest[n] != '/' && class[rest[n]]&cSpace == 0 {
			return 0
		}
		if rest[n] == '/' && !strings.HasPrefix(rest[n:], "/>") {
			return 0 // an address in angle brackets
		}
		sure = isElement(rest[1:n])
	}
	// A tag's end is looked for up to the next tag, so that no byte is looked at
	// twice.
	name := n
	end := min(len(rest), longestMarkup)
	for n < end && rest[n] != '>' && rest[n] != '<' {
		sure = sure || rest[n] == '='
		n++
	}
	s.looked += n - name
	if n == end || rest[n] != '>' || !sure {
		return 0
	}
	return n + 1
}

// isElement tells the elements of HTML that stray into feedback.
func isElement(name string) bool {
	var lower [10]byte
	if len(name) > len(lower) {
		return false
	}
	for i := range len(name) {
		lower[i] = name[i]
		if class[name[i]]&cUpper != 0 {
			lower[i] |= 0x20
		}
	}
	switch string(lower[:len(name)]) {
	case "a", "b", "i", "p", "u", "s", "q", "br", "hr", "em", "li", "ul", "ol", "td", "th", "tr", "dd", "dl", "dt",
		"h1", "h2", "h3", "h4", "h5", "h6", "div", "img", "pre", "sub", "sup", "svg", "nav", "big", "del", "ins",
		"strong", "span", "font", "code", "body", "html", "head", "form", "link", "meta", "main", "small", "style",
		"table", "tbody", "thead", "title", "input", "label", "video", "aside", "center", "script", "strike",
		"header", "footer", "button", "iframe", "select", "option", "section", "article", "textarea", "blockquote", "o:p":
		return true
	}
	return false
}

// longest bounds names, numbers and hosts that are looked at ahead.
const longest = 64

// entity is the length of "&amp;" or "&#39;", or of one of the common names whose
// semicolon is lost.
func (s *scanner) entity(rest string) int {
	n := 1
	if strings.HasPrefix(rest, "&#") {
		n++
	}
	name := n
	for n < len(rest) && n < longest/2 && letterOrDigit(rest[n]) {
		n++
	}
	s.looked += n
	if n == name || n == name+1 && name == 1 || n == longest/2 {
		return 0
	}
	if n < len(rest) && rest[n] == ';' {
		return n + 1
	}
	switch rest[:n] {
	case "&amp", "&nbsp", "&lt", "&gt", "&quot":
		return n
	}
	return 0
}

// escape is the length of a character written as source code writes it.
func (s *scanner) escape(rest string) int {
	if len(rest) < 2 {
		return 0
	}
	var digits int
	switch rest[1] {
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case 'x':
		digits = 2
	case 'n', 'r', 't':
		// "end.\nStart", but not "C:\new"
		if s.at > s.from && s.text[s.at-1] == ':' || startsWith(rest[2:], cLetter) && class[rest[2]]&cUpper == 0 {
			return 0
		}
		return 2
	default:
		return 0
	}
	if len(rest) < 2+digits {
		return 0
	}
	for _, c := range []byte(rest[2 : 2+digits]) {
		if class[c]&cDigit == 0 && (c|0x20 < 'a' || c|0x20 > 'f') {
			return 0
		}
	}
	return 2 + digits
}

func foldedPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
