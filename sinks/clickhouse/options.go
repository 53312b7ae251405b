package clickhouse

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Options say which ClickHouse to use, and how. The zero value of a field
// means its default.
type Options struct {
	// URL is where the server listens: http://host:8123 or https://host:8443
	// for the HTTP protocol; clickhouse://host:9000 (also tcp:// and
	// native://) for the native one, with TLS as clickhouses://host:9440 or
	// by ?secure=true. The port defaults to the one shown. A user and a
	// password in it are honoured where Username is empty.
	URL string
	// Database holds the tables; default "earshot".
	Database string
	// Username and Password sign in; an empty Username means the URL's, and
	// without one there ClickHouse's "default".
	Username, Password string
	// TLS overrides the certificates trusted and shown, for https and native
	// TLS; nil means the system's.
	TLS *tls.Config
	// WriteTimeout bounds one insert from the first byte to the server's
	// answer; default 1 minute. It must be longer than the slowest insert.
	WriteTimeout time.Duration
	// Now is the clock behind ingested_at and the check of the server's
	// clock; default time.Now.
	Now func() time.Time
	// Logger receives what is worth telling an operator; default: nothing.
	Logger *slog.Logger
}

const (
	defaultDatabase     = "earshot"
	defaultWriteTimeout = time.Minute
	maxDatabaseName     = 128
)

// errURLForms ends every complaint about clickhouse.url.
var errURLForms = errors.New("write http://HOST:8123, https://HOST:8443, clickhouse://HOST:9000 or clickhouses://HOST:9440")

// endpoint is a URL taken apart.
type endpoint struct {
	addr               string // host:port
	http               bool
	secure             bool
	username, password string
}

// parseURL takes raw apart. Its errors name clickhouse.url and never quote
// what raw says between the scheme and the @.
func parseURL(raw string) (endpoint, error) {
	if strings.TrimSpace(raw) == "" {
		return endpoint{}, fmt.Errorf("clickhouse.url is empty: %w", errURLForms)
	}
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's own error quotes the whole URL, password and all.
		return endpoint{}, fmt.Errorf("clickhouse.url cannot be read: %w", errURLForms)
	}
	var e endpoint
	var port string
	switch strings.ToLower(u.Scheme) {
	case "http":
		e.http, port = true, "8123"
	case "https":
		e.http, e.secure, port = true, true, "8443"
	case "clickhouse", "tcp", "native":
		port = "9000"
	case "clickhouses":
		e.secure, port = true, "9440"
	default:
		return endpoint{}, fmt.Errorf("clickhouse.url: unknown scheme %q: %w", u.Scheme, errURLForms)
	}
	for key, values := range u.Query() {
		if key != "secure" {
			return endpoint{}, fmt.Errorf("clickhouse.url: unknown parameter %q: only secure=true is known", key)
		}
		secure, err := strconv.ParseBool(values[len(values)-1])
		if err != nil {
			return endpoint{}, fmt.Errorf("clickhouse.url: secure=%s is neither true nor false", values[len(values)-1])
		}
		if secure && e.http {
			e.secure, port = true, "8443"
		} else if secure {
			e.secure, port = true, "9440"
		}
	}
	if p := strings.Trim(u.Path, "/"); p != "" {
		return endpoint{}, fmt.Errorf("clickhouse.url: unexpected path %q: the database belongs into clickhouse.database", u.Path)
	}
	if u.Hostname() == "" {
		return endpoint{}, fmt.Errorf("clickhouse.url names no host: %w", errURLForms)
	}
	if u.Port() != "" {
		port = u.Port()
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return endpoint{}, fmt.Errorf("clickhouse.url: port %s is not within 1 to 65535", port)
		}
	}
	e.addr = net.JoinHostPort(u.Hostname(), port)
	if u.User != nil {
		e.username = u.User.Username()
		e.password, _ = u.User.Password()
	}
	return e, nil
}

// loopback reports whether the server is on this machine, where compression
// costs more than it saves.
func (e endpoint) loopback() bool {
	host, _, err := net.SplitHostPort(e.addr)
	if err != nil {
		return false
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// scheme is how messages name the protocol.
func (e endpoint) scheme() string {
	switch {
	case e.http && e.secure:
		return "https"
	case e.http:
		return "http"
	case e.secure:
		return "clickhouses"
	}
	return "clickhouse"
}

// String is the endpoint without user and password.
func (e endpoint) String() string { return e.scheme() + "://" + e.addr }

func checkDatabase(name string) error {
	if len(name) > maxDatabaseName {
		return fmt.Errorf("clickhouse.database is longer than %d bytes", maxDatabaseName)
	}
	for _, r := range name {
		if r < ' ' || r == '`' || r == '"' || r == '\'' || r == '\\' || r == '/' || r == 0x7f {
			return fmt.Errorf("clickhouse.database %q: the character %q is not allowed in it", name, r)
		}
	}
	return nil
}

// quoteName quotes an identifier for SQL. Names come from checkDatabase or
// from this package, so that quoting is all they need.
func quoteName(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
