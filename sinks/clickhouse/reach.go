package clickhouse

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"earshot/pipeline"
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
		return "this port speaks no TLS: use http:// or clickhouse:// in clickhouse.url, or a TLS port (8443, 9440)"
	case e.http && strings.Contains(text, `malformed HTTP response "\x15\x03`): // a TLS alert
		return "this port speaks TLS: use https:// in clickhouse.url, or port 8123"
	case e.http && (strings.Contains(text, "You must use port") || strings.Contains(text, "malformed HTTP response")):
		return "this port speaks no HTTP: use clickhouse:// in clickhouse.url, or ClickHouse's HTTP port (8123; 8443 with TLS)"
	case !e.http && strings.Contains(text, "unexpected packet [72]"): // the H of "HTTP/1.1 400"
		return "this port speaks HTTP: use http:// in clickhouse.url, or ClickHouse's native port (9000; 9440 with TLS)"
	}
	return ""
}

// protocolError is a failure that wrongProtocol has recognised.
type protocolError struct{ text string }

func (e *protocolError) Error() string { return e.text }

// untrusted reports whether TLS failed over a certificate: no retry helps.
func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &name)
}

// refusedTLS reports whether the server ended the handshake with an alert that
// stays until somebody acts: TLS versions that do not meet, a client certificate
// that is missing or bad. Others, such as an internal error, may pass.
func refusedTLS(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return false
	}
	// The numbers are RFC 8446's. crypto/tls wraps a type of its own that only
	// shares its text with AlertError.
	for _, alert := range []tls.AlertError{
		40, 42, 43, 44, 45, 46, // handshake_failure, bad_certificate … certificate_unknown
		48, 49, 70, 71, // unknown_ca, access_denied, protocol_version, insufficient_security
		112, 116, 120, // unrecognized_name, certificate_required, no_application_protocol
	} {
		if op.Err.Error() == alert.Error() {
			return true
		}
	}
	return false
}

// unreachable is the finding that the server cannot be used at all; err went
// through classify.
func (s *Store) unreachable(ctx context.Context, err error) pipeline.Finding {
	f := pipeline.Finding{Severity: pipeline.Unsafe, Subject: "clickhouse.url", Detail: err.Error()}
	var e *Exception
	var dns *net.DNSError
	var timeout net.Error
	var protocol *protocolError
	timedOut := errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
	switch {
	case errors.As(err, &e) && e.Code == codeReadonly:
		// The driver sends a time limit with the query, which is a setting.
		f.Subject = "settings"
		f.Fix = "Give the user of clickhouse.username a settings profile with readonly = 0."
	case e != nil && e.Code == codeAuthentication:
		f.Subject = "clickhouse.username"
		f.Fix = "Correct clickhouse.username and clickhouse.password_file."
	case errors.As(err, &protocol):
		f.Fix = "Correct the scheme or the port of clickhouse.url."
	case untrusted(err):
		f.Fix = "Trust the authority that signed the server's certificate, and use the host name that is in it."
	case refusedTLS(err):
		f.Fix = "Change the server's TLS settings, or correct clickhouse.url: the server refuses this client's certificate, TLS version or host name."
	case errors.As(err, &dns):
		f.Fix = "Correct the host name in clickhouse.url, or the name service of this machine."
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Fix = "Start ClickHouse there, or correct the host and the port of clickhouse.url."
	case timedOut && !s.endpoint.http && speaksHTTP(ctx, s.endpoint.addr):
		f.Detail += ": this port speaks HTTP"
		f.Fix = "Correct the scheme or the port of clickhouse.url: http:// here, or ClickHouse's native port (9000; 9440 with TLS)."
	case timedOut:
		f.Fix = "Correct clickhouse.url, or let a firewall pass to it: nothing answers there."
	case e != nil:
		f.Fix = "Do what the message says."
	default:
		f.Fix = "Correct clickhouse.url: what answers there is no ClickHouse, or it broke off."
	}
	return f
}

// speaksHTTP asks whether an HTTP server listens at addr. Some wait for the
// end of a line that a hello of the native protocol never has, so that all the
// client sees is silence.
func speaksHTTP(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return false
	}
	if _, err := io.WriteString(conn, "GET /ping HTTP/1.0\r\n\r\n"); err != nil {
		return false
	}
	answer := make([]byte, len("HTTP/"))
	_, err = io.ReadFull(conn, answer)
	return err == nil && string(answer) == "HTTP/"
}
