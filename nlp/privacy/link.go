package privacy

import "strings"

// findLinks looks for secrets in links: a user's name and password before the host,
// values of parameters that open something, and paths of one-time links.
func (s *search) findLinks() {
	for _, at := range s.links {
		from := at + 1 // of the host
		if s.text[at] == ':' {
			from = at + 3
		}
		end := from
		for end < len(s.text) && s.text[end] > ' ' && strings.IndexByte("<>\"|\\^`{}", s.text[end]) < 0 && s.text[end] < 0x7F {
			end++
		}
		for end > from && strings.IndexByte(".,;:!?'*)", s.text[end-1]) >= 0 {
			end--
		}
		s.findUser(from, end)
		s.findParameters(from, end)
		s.findPath(from, end)
	}
}

// findUser finds "user:password@" before a host.
func (s *search) findUser(from, end int) {
	authority := s.text[from:end]
	if slash := strings.IndexAny(authority, "/?#"); slash >= 0 {
		authority = authority[:slash]
	}
	if at := strings.LastIndexByte(authority, '@'); at > 0 {
		s.found(Password, from, from+at, certainlyTwoTimes, "url.user")
	}
}

// secretParameters are the names of parameters whose values open something, without
// what separates their words. A name counts also where it ends in one of them.
const secretParameters = " token accesstoken refreshtoken idtoken authtoken auth key apikey secret clientsecret sig signature hmac hash password passwd pwd pass code otp pin session sessionid sid jwt ticket nonce state credential credentials invite magic reset resettoken confirmationtoken verify verification unsubscribetoken xamzsignature xamzcredential xamzsecuritytoken awsaccesskeyid "

// findParameters finds the values of such parameters in the query and the fragment.
func (s *search) findParameters(from, end int) {
	for i := from; i < end; i++ {
		if c := s.text[i]; c != '?' && c != '&' && c != '#' && c != ';' {
			continue
		}
		eq := strings.IndexByte(s.text[i+1:end], '=')
		if eq < 0 {
			return
		}
		name := s.text[i+1 : i+1+eq]
		if strings.ContainsAny(name, "?&#;") {
			continue
		}
		value := i + 2 + eq
		stop := end
		if n := strings.IndexAny(s.text[value:end], "&#;"); n >= 0 {
			stop = value + n
		}
		if secretName(name) && stop-value >= 4 && placeholder(s.text[min(value, len(s.text)-1):]) == 0 {
			s.found(Password, value, stop, certainlyTwoTimes, "url.parameter")
		}
	}
}

func secretName(name string) bool {
	const longest = 32
	if len(name) > longest {
		return false
	}
	var plain [longest]byte
	n := 0
	for i := range len(name) {
		if c := name[i]; class[c]&(isLetter|isDigit) != 0 {
			plain[n] = c
			if class[c]&isCapital != 0 {
				plain[n] |= 0x20
			}
			n++
		}
	}
	key := string(plain[:n])
	return n > 0 && strings.Contains(secretParameters, " "+key+" ") ||
		strings.HasSuffix(key, "token") || strings.HasSuffix(key, "secret") || strings.HasSuffix(key, "signature") || strings.HasSuffix(key, "password") || strings.HasSuffix(key, "apikey")
}

// openingPaths are parts of paths after which a secret stands.
const openingPaths = " reset resetpassword passwordreset verify verification confirm confirmation activate activation magic magiclink invite invitation unsubscribe token login signin auth recover recovery "

// findPath finds the secret at the end of a one-time link: "/reset-password/8f3a…".
func (s *search) findPath(from, end int) {
	path := s.text[from:end]
	if cut := strings.IndexAny(path, "?#"); cut >= 0 {
		path = path[:cut]
	}
	opening := false
	for start := 0; start < len(path); {
		n := strings.IndexByte(path[start:], '/')
		if n < 0 {
			n = len(path) - start
		}
		part := path[start : start+n]
		if opening && random(part) {
			s.found(Password, from+start, from+start+n, certainlyTwoTimes, "url.path")
		}
		opening = opening || opens(part)
		start += n + 1
	}
}

// opens tells whether a part of a path is one of openingPaths.
func opens(part string) bool {
	const longest = 23
	if len(part) > longest {
		return false
	}
	var padded [longest + 2]byte
	padded[0] = ' '
	n := 1
	for i := range len(part) {
		c := part[i]
		if c == '-' || c == '_' {
			continue
		}
		if class[c]&isCapital != 0 {
			c |= 0x20
		}
		padded[n] = c
		n++
	}
	padded[n] = ' '
	return n > 1 && strings.Contains(openingPaths, string(padded[:n+1]))
}

// random tells whether a part of a path looks as if nobody had chosen it: eight
// characters or more, with digits among letters.
func random(part string) bool {
	if len(part) < 8 || part[0] == '[' {
		return false
	}
	has := uint8(0)
	for i := range len(part) {
		has |= class[part[i]]
		if strings.IndexByte("-_.~%=", part[i]) < 0 && class[part[i]]&(isLetter|isDigit) == 0 {
			return false
		}
	}
	return has&isDigit != 0 && (has&isLetter != 0 || len(part) >= 16)
}
