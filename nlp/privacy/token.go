package privacy

import "strings"

// tokenStarts are how the access tokens of well-known services begin.
var tokenStarts = []string{"sk_live_", "sk_test_", "pk_live_", "rk_live_", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk-", "AKIA", "ASIA", "AIza", "eyJ", "SG.", "hf_", "npm_"}

// shortestToken is the length from which a run of letters and digits may be an
// access token.
const shortestToken = 16

// findToken finds an access token in which word n stands.
func (s *search) findToken(n int) {
	w := &s.words[n]
	if w.end-w.start < shortestToken || s.inLink(w.start) {
		return
	}
	start, end := w.start, w.end
	part := func(c byte) bool { return class[c]&(isLetter|isDigit) != 0 || c == '_' || c == '-' || c == '.' }
	for start > 0 && part(s.text[start-1]) {
		start--
	}
	for end < len(s.text) && part(s.text[end]) {
		end++
	}
	for end > start && s.text[end-1] == '.' {
		end--
	}
	for _, t := range tokenStarts {
		if strings.HasPrefix(s.text[start:end], t) && end-start >= shortestToken+4 {
			s.found(Password, start, end, certainWritten, "token")
			return
		}
	}
}

// inLink tells whether the byte at i is part of a link.
func (s *search) inLink(i int) bool {
	for _, at := range s.links {
		if at < i && !strings.ContainsAny(s.text[at:i], " \n\t") {
			return true
		}
	}
	return false
}
