package embedded

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// foreignPage says why a request is refused that a page of another site may
// have made a browser send; empty for all others. Without it any page that is
// open on this machine could query an engine that asks for no password.
func (s *Server) foreignPage(r *http.Request) string {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return "Requests by pages of other sites are refused."
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
			return "Requests by pages of other sites are refused."
		}
	}
	// A page of a site whose name was made to lead here is of the same origin
	// to the browser, but has to use that name.
	if s.password == "" && !s.ownName(hostname(r.Host)) {
		return "Without a password, ask for this server by its address, as localhost, or by the name that it listens on."
	}
	return ""
}

// ownName reports whether a name leads here without asking a name server that
// others may run.
func (s *Server) ownName(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return name == "" || strings.EqualFold(name, "localhost") || strings.EqualFold(name, s.listenName)
}

// hostname is host:port without the port and the brackets of IPv6.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}
