package embedded

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// credentials finds who a request says it is: the headers X-ClickHouse-User
// and -Key, Basic authentication, or the URL parameters user and password.
func credentials(r *http.Request, params map[string][]string) (user, password string) {
	user, password = r.Header.Get("X-ClickHouse-User"), r.Header.Get("X-ClickHouse-Key")
	if user == "" && password == "" {
		user, password, _ = r.BasicAuth()
	}
	if user == "" && password == "" {
		user, password = first(params, "user"), first(params, "password")
	}
	if user == "" {
		user = "default"
	}
	return user, password
}

func first(params map[string][]string, name string) string {
	if v := params[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// authenticate compares in a time that does not depend on what is right.
func (s *Server) authenticate(user, password string) error {
	rightUser, rightPassword := sameSecret(user, s.user), sameSecret(password, s.password)
	if s.password == "" {
		rightPassword = 1
	}
	if rightUser&rightPassword == 1 {
		return nil
	}
	return newException(codeAuthenticationFailed, "%s: Authentication failed: password is incorrect, or there is no user with such name", user)
}

func sameSecret(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}
