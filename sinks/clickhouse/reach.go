package clickhouse

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
)

// wrongProtocol says what to write into clickhouse.url when err shows that the
// server speaks, but something else than the URL's scheme; empty otherwise.
// What a server answers to a protocol that it does not know has no type or
// code, only a text.
func wrongProtocol(e endpoint, err error) string {
	text := err.Error()
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record), strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return "the server speaks no TLS on this port: use http:// or clickhouse:// in clickhouse.url, or another port (8443, 9440)"
	case e.http && (strings.Contains(text, "Port 9000 is for clickhouse-client") || strings.Contains(text, "You must use port 8123 for HTTP")):
		return "this port speaks the native protocol: use clickhouse:// in clickhouse.url, or port 8123"
	case e.http && strings.Contains(text, "malformed HTTP response"):
		return "this port speaks no HTTP: use clickhouse:// in clickhouse.url, or ClickHouse's HTTP port (8123; 8443 with TLS)"
	case !e.http && strings.Contains(text, "unexpected packet [72]"): // the H of "HTTP/1.1 400"
		return "this port speaks HTTP: use http:// in clickhouse.url, or ClickHouse's native port (9000; 9440 with TLS)"
	}
	return ""
}

// untrusted reports whether TLS failed over a certificate: no retry helps.
func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &name)
}
