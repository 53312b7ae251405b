package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an address (RFC 5321).
const (
	longestLocal  = 64
	longestDomain = 253
)

// findEmails looks at every '@': for an address around it, and for one with spaces
// around it. Addresses with "at" or "(at)" are left to findSpelled.
func (s *search) findEmails() {
	past := 0
	for _, at := range s.ats {
		if at < past {
			continue
		}
		start := s.localPart(at, past)
		end := s.domainPart(at + 1)
		if start < at && end > at+1 {
			s.found(Email, start, end, certainWritten, "email")
			past = end
			continue
		}
		if end = s.spacedEmail(at, past); end > 0 {
			past = end
		}
	}
}

// localPart returns where the part of an address before the '@' at begins; at if
// there is none.
func (s *search) localPart(at, past int) int {
	start := at
	for start > past && at-start < longestLocal {
		c := s.text[start-1]
		if class[c]&(isLetter|isDigit) == 0 && strings.IndexByte("._%+-'&", c) < 0 {
			if c < utf8.RuneSelf {
				break
			}
			r, n := utf8.DecodeLastRuneInString(s.text[:start])
			if !unicode.IsLetter(r) {
				break
			}
			start -= n
			continue
		}
		start--
	}
	for start < at && strings.IndexByte(".%+-'&", s.text[start]) >= 0 {
		start++
	}
	if start < at && s.text[at-1] == '.' {
		return at
	}
	return start
}

// fileEndings look like top-level domains: "icon@2x.png".
const fileEndings = " png jpg jpeg gif svg webp css js html pdf txt zip exe mp mov "

// domainPart returns where the domain that begins at from ends; from if there is
// none with a dot and a top-level domain of letters.
func (s *search) domainPart(from int) int {
	end, dot, last := from, -1, -1
	for end < len(s.text) && end-from < longestDomain {
		c := s.text[end]
		if c == '.' || c == '-' {
			if c == '.' {
				if end == from || end > 0 && s.text[end-1] == '.' {
					break
				}
				dot, last = end, end
			}
			end++
			continue
		}
		if class[c]&(isLetter|isDigit) != 0 {
			end++
			continue
		}
		if c >= utf8.RuneSelf {
			if n := wordRune(s.text[end:]); n > 0 {
				end += n
				continue
			}
		}
		break
	}
	for end > from && (s.text[end-1] == '.' || s.text[end-1] == '-') {
		end--
		if end == last {
			dot = strings.LastIndexByte(s.text[from:end], '.')
			if dot >= 0 {
				dot += from
			}
		}
	}
	if dot <= from || end-dot < 3 {
		return from
	}
	tld := s.text[dot+1 : end]
	for i := range len(tld) {
		if class[tld[i]]&(isLetter|isHigh) == 0 && tld[i] != '-' {
			return from
		}
	}
	if len(tld) <= 4 && oneOf(tld, fileEndings) {
		return from
	}
	return end
}

// spacedEmail finds "ann.lee @ example.com" where the word before it could be no
// other, and returns its end; 0 if there is none.
func (s *search) spacedEmail(at, past int) int {
	left, right := at, at+1
	for left > past && s.text[left-1] == ' ' && at-left < 2 {
		left--
	}
	for right < len(s.text) && s.text[right] == ' ' && right-at < 3 {
		right++
	}
	if left == at && right == at+1 {
		return 0
	}
	start, end := s.localPart(left, past), s.domainPart(right)
	if start == left || end == right {
		return 0
	}
	if !strings.ContainsAny(s.text[start:left], "._0123456789") && !mailDomain(s.text[right:end]) {
		return 0
	}
	s.found(Email, start, end, certainWritten, "email.spaced")
	return end
}

// mailDomains are where most people have their addresses.
const mailDomains = " gmail googlemail yahoo ymail hotmail outlook live msn aol icloud me gmx web protonmail proton mail zoho yandex rediffmail btinternet t-online orange libero free laposte wanadoo comcast verizon "

// mailDomain tells whether the domain is that of a provider of mail.
func mailDomain(domain string) bool {
	host, _, _ := strings.Cut(domain, ".")
	return len(host) < 16 && oneOf(host, mailDomains)
}

// findSpelled finds addresses whose marks are spelled out: "ann dot lee at gmail
// dot com", "ann (at) example.com", "ann[at]example[dot]com". cueAt is the word at.
func (s *search) findSpelled(at int) {
	if at == 0 || at+1 >= len(s.words) {
		return
	}
	bracketed := s.bracketed(at)
	from := at - 1
	for from >= 2 && s.isDot(from-1) && s.words[from-1].gap == gapSpace {
		from -= 2
	}
	to := at + 1
	dots := 0
	for to+1 < len(s.words) {
		if within(s.words[to+1].gap, ".-") && !s.words[to+1].has(digits) {
			if s.words[to+1].gap == gapDot {
				dots++
			}
			to++
			continue
		}
		if to+2 < len(s.words) && s.isDot(to+1) {
			dots++
			to += 2
			continue
		}
		break
	}
	if dots == 0 {
		return
	}
	start, end := s.localPart(s.words[from].end, 0), s.words[to].end
	if from < at-1 {
		start = min(start, s.words[from].start)
	}
	host := s.text[s.words[at+1].start:s.words[at+1].end]
	tld := s.words[to]
	if tld.end-tld.start < 2 || tld.has(digits) || !bracketed && !mailDomain(host) {
		return
	}
	s.found(Email, start, end, certainWritten, "email.spelled")
}

// isDot tells whether word i is "dot", bare or in brackets.
func (s *search) isDot(i int) bool {
	w := &s.words[i]
	return foldedIs(s.text[w.start:w.end], "dot") || foldedIs(s.text[w.start:w.end], "punkt")
}

// bracketed tells whether word i stands in brackets.
func (s *search) bracketed(i int) bool {
	w := &s.words[i]
	return w.start > 0 && w.end < len(s.text) && strings.IndexByte("([{<", s.text[w.start-1]) >= 0 && strings.IndexByte(")]}>", s.text[w.end]) >= 0
}
