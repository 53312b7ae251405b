package privacy

import (
	"net/netip"
	"strings"
)

// findIPv4 looks for an IPv4 address whose first number is word n.
func (s *search) findIPv4(n int) {
	if n+3 >= len(s.words) || s.words[n+1].gap != gapDot || s.words[n].gap == gapDot && n > 0 && s.words[n-1].number() {
		return
	}
	for i := n; i < n+4; i++ {
		if !s.words[i].number() || i > n && s.words[i].gap != gapDot {
			return
		}
	}
	start, end := s.words[n].start, s.words[n+3].end
	if n+4 < len(s.words) && within(s.words[n+4].gap, ".-") && s.words[n+4].has(digits) {
		return
	}
	if start > 0 && strings.IndexByte("$€£/-_", s.text[start-1]) >= 0 && !strings.HasSuffix(s.text[:start], "//") {
		return
	}
	if _, err := netip.ParseAddr(s.text[start:end]); err != nil || s.itemBefore(n, cueVersion) && !strings.Contains(s.text[max(0, start-12):start], "IP") {
		return
	}
	s.found(IP, start, end, certainChecked, "ipv4")
}

// findIPv6 looks for IPv6 addresses, where there are colons enough.
func (s *search) findIPv6() {
	for i := 0; i < len(s.text); i++ {
		at := strings.IndexByte(s.text[i:], ':')
		if at < 0 {
			return
		}
		start, end := i+at, i+at
		for start > i && partOfIPv6(s.text[start-1]) {
			start--
		}
		for end < len(s.text) && partOfIPv6(s.text[end]) {
			end++
		}
		i = end
		if start > 0 && class[s.text[start-1]] != 0 || end < len(s.text) && class[s.text[end]] != 0 {
			continue // the start or the end of a word
		}
		candidate := strings.TrimRight(s.text[start:end], ".")
		if strings.Count(candidate, ":") > 2 && strings.HasSuffix(candidate, ":") && !strings.HasSuffix(candidate, "::") {
			candidate = candidate[:len(candidate)-1]
		}
		if len(candidate) < 6 || len(candidate) > 45 || strings.Count(candidate, ":") < 2 {
			continue
		}
		if _, err := netip.ParseAddr(candidate); err == nil {
			s.found(IP, start, start+len(candidate), certainChecked, "ipv6")
		}
	}
}

func partOfIPv6(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' || c == ':' || c == '.'
}
