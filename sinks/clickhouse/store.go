// Package clickhouse keeps feedback in ClickHouse: the schema as versioned
// .sql files with what applies them, the writer, and the doctor.
//
// Writing a batch goes
//
//	items → rows → one column after the other encoded → one block → one insert → acknowledged
//
// The table behind the views replaces rows by (source, id), so that writing a
// batch again is harmless; see Writer for what may be relied on.
package clickhouse

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

const (
	dialTimeout = 5 * time.Second
	// readTimeout is how long a query may be silent. Reports over a long
	// history are slow to their first byte.
	readTimeout  = 5 * time.Minute
	maxOpenConns = 8
	// contactTimeout is how long the doctor waits for a first answer: somebody
	// watches.
	contactTimeout = 10 * time.Second
)

// Store is a ClickHouse database. It is safe for concurrent use.
type Store struct {
	conn     driver.Conn
	endpoint endpoint
	options  Options // with every default filled in
	log      *slog.Logger
	contact  time.Duration // how long Check waits for the first answer
	compress bool          // what goes over the network
	answered atomic.Bool   // by a ClickHouse
}

// Open prepares a Store; it connects on first use. Its errors name the option
// that is wrong.
func Open(o Options) (*Store, error) {
	e, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	o.Database = cmp.Or(o.Database, defaultDatabase)
	if err := checkDatabase(o.Database); err != nil {
		return nil, err
	}
	if o.Username == "" {
		o.Username, o.Password = e.username, cmp.Or(o.Password, e.password)
	}
	e.username, e.password = "", ""
	o.URL = e.String() // nothing below needs what the URL said of the password
	o.WriteTimeout = cmp.Or(o.WriteTimeout, defaultWriteTimeout)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{endpoint: e, options: o, log: o.Logger, contact: contactTimeout, compress: !e.loopback()}
	if s.conn, err = s.dial(o.Database); err != nil {
		return nil, err
	}
	return s, nil
}

// dial makes a pool of connections whose current database is database; empty
// means the user's own, which exists even before the first migration.
func (s *Store) dial(database string) (driver.Conn, error) {
	o := &ch.Options{
		Addr:         []string{s.endpoint.addr},
		Auth:         ch.Auth{Database: database, Username: s.options.Username, Password: s.options.Password},
		DialTimeout:  dialTimeout,
		ReadTimeout:  readTimeout,
		MaxOpenConns: maxOpenConns,
		MaxIdleConns: maxOpenConns,
	}
	if s.endpoint.http {
		o.Protocol = ch.HTTP
	}
	if s.endpoint.secure {
		if o.TLS = s.options.TLS.Clone(); o.TLS == nil {
			o.TLS = &tls.Config{}
		}
	}
	if s.compress {
		o.Compression = &ch.Compression{Method: ch.CompressionLZ4}
	}
	conn, err := ch.Open(o)
	if err != nil {
		return nil, fmt.Errorf("clickhouse.url %s: %w", s.endpoint, err)
	}
	return conn, nil
}

// Close ends every connection. It does not wait for queries that run.
func (s *Store) Close() error { return s.conn.Close() }

// Database returns the name of the database.
func (s *Store) Database() string { return s.options.Database }

// Addr returns the server's URL without user and password.
func (s *Store) Addr() string { return s.endpoint.String() }

// Ping asks the server for a sign of life. Errors are classified like those
// of Writer.Write.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.conn.Ping(ctx); err != nil {
		return s.classify(ctx, "ping", err)
	}
	return nil
}

// askedFor is how errors call a statement that is the caller's own.
const askedFor = "query"

// Query runs any statement that returns rows and gives them typed; the
// columns' names and types are the rows' own. The caller closes them.
// Arguments replace ? or @name in sql, or {name:Type} for query parameters.
func (s *Store) Query(ctx context.Context, sql string, args ...any) (driver.Rows, error) {
	rows, err := s.conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, s.classify(ctx, askedFor, err)
	}
	return rows, nil
}

// each runs a query of the store's own and calls do for each of its rows. Errors of
// the query are classified; those of do, which end it, are do's own.
func (s *Store) each(ctx context.Context, what, sql string, args []any, do func(driver.Rows) error) (err error) {
	rows, err := s.conn.Query(ctx, sql, args...)
	if err != nil {
		return s.classify(ctx, what, err)
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = s.classify(ctx, what, closeErr)
		}
	}()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return s.classify(ctx, what, rows.Err())
}

// Exec runs a statement that returns no rows, and returns when the server has
// carried it out.
func (s *Store) Exec(ctx context.Context, sql string, args ...any) error {
	if err := s.conn.Exec(s.untilEnd(ctx, nil), sql, args...); err != nil {
		return s.classify(ctx, "statement", err)
	}
	return nil
}

// untilEnd returns ctx with settings, and over HTTP with the one by which the
// server answers only when it is through: otherwise the status line of a
// statement that fails late has already said 200.
func (s *Store) untilEnd(ctx context.Context, settings ch.Settings) context.Context {
	all := ch.Settings{}
	for name, value := range settings {
		all[name] = value
	}
	if s.endpoint.http {
		all["wait_end_of_query"] = 1
	}
	return ch.Context(ctx, ch.WithSettings(all))
}
