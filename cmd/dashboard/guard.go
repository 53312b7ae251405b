package dashboard

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// guard refuses what is no read, but for the form of the page "Explain" where no
// other site sent it, and sets the headers that keep the page from loading,
// running or being framed by anything foreign.
func (d *Dashboard) guard(next http.Handler) http.Handler {
	foreign := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		form := r.URL.Path == explainPath && len(d.options.Explainers) > 0
		if r.Method != http.MethodGet && r.Method != http.MethodHead && (r.Method != http.MethodPost || !form) {
			h.Set("Allow", "GET, HEAD")
			if form {
				h.Set("Allow", "GET, HEAD, POST")
			}
			http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
			return
		}
		if !d.hostAllowed(r) {
			http.Error(w, "This page is served on this machine only, under localhost or an address, not under the name that was asked for.", http.StatusForbidden)
			return
		}
		if err := foreign.Check(r); err != nil {
			http.Error(w, "This form was sent by another site than this one.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostAllowed keeps web sites out that point a name of theirs at 127.0.0.1 to
// read, through the browser of whoever visits them, what customers said (DNS
// rebinding). A page that is served on other addresses is as open as those are.
func (d *Dashboard) hostAllowed(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok || !local.IP.IsLoopback() {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(d.options.Hosts, host) {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}
