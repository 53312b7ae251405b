package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"earshot/pipeline"
)

// Codes of ClickHouse's exceptions, as its ErrorCodes name them, that more
// than one place here must know.
const (
	codeTableAlreadyExists = 57
	codeUnknownTable       = 60
	codeUnknownDatabase    = 81
	codeTableIsDropped     = 218
	codeReadonly           = 164
	codeAccessDenied       = 497
	codeAuthentication     = 516
)

// transient reports whether an exception passes by itself, or once an operator
// has acted outside earshot: freed a disk, brought back a replica.
func transient(code int32) bool {
	switch code {
	case 74, 75, 76, // CANNOT_READ_FROM_FILE_DESCRIPTOR, CANNOT_WRITE_TO_FILE_DESCRIPTOR, CANNOT_OPEN_FILE
		159,      // TIMEOUT_EXCEEDED
		160,      // TOO_SLOW
		173,      // CANNOT_ALLOCATE_MEMORY
		198,      // DNS_ERROR
		201,      // QUOTA_EXCEEDED, until its interval is over
		202,      // TOO_MANY_SIMULTANEOUS_QUERIES
		203,      // NO_FREE_CONNECTION
		204,      // CANNOT_FSYNC
		209, 210, // SOCKET_TIMEOUT, NETWORK_ERROR
		218,           // TABLE_IS_DROPPED, while it is exchanged
		225,           // NO_ZOOKEEPER
		236,           // ABORTED, when the server shuts down
		241,           // MEMORY_LIMIT_EXCEEDED
		242,           // TABLE_IS_READ_ONLY
		243,           // NOT_ENOUGH_SPACE
		244,           // UNEXPECTED_ZOOKEEPER_ERROR
		252,           // TOO_MANY_PARTS
		279,           // ALL_CONNECTION_TRIES_FAILED
		285, 286, 289, // TOO_FEW_LIVE_REPLICAS, UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE, REPLICA_IS_NOT_IN_QUORUM
		319,        // UNKNOWN_STATUS_OF_INSERT: harmless to repeat
		394,        // QUERY_WAS_CANCELLED
		425,        // SYSTEM_ERROR, of the operating system
		439,        // CANNOT_SCHEDULE_TASK
		473,        // DEADLOCK_AVOIDED
		499,        // S3_ERROR
		745,        // SERVER_OVERLOADED
		999,        // KEEPER_EXCEPTION
		1000, 1001: // POCO_EXCEPTION, STD_EXCEPTION: of libraries, mostly about the network, disks and memory
		return true
	}
	return false
}

// cure says what to do about an exception that stays until somebody acts.
func cure(code int32) string {
	if aboutSchema(code) {
		return "run `earshot migrate`"
	}
	switch code {
	case codeUnknownDatabase:
		return "check clickhouse.database, or run `earshot migrate`"
	case 53: // TYPE_MISMATCH
		return "run `earshot check`: a column has another type than earshot writes"
	case codeReadonly:
		return "give the user of clickhouse.username a settings profile without readonly"
	case 192: // UNKNOWN_USER
		return "check clickhouse.username"
	case 193, 194, codeAuthentication: // WRONG_PASSWORD, REQUIRED_PASSWORD
		return "check clickhouse.username and clickhouse.password_file"
	case 291, codeAccessDenied: // DATABASE_ACCESS_DENIED
		return "grant the user of clickhouse.username what the message names; `earshot check` lists all that is needed"
	}
	return ""
}

// aboutSchema reports whether an exception says that something is missing from
// the schema, if the statement is earshot's own.
func aboutSchema(code int32) bool {
	return code == 16 || code == 47 || code == codeUnknownTable // NO_SUCH_COLUMN_IN_TABLE, UNKNOWN_IDENTIFIER
}

// exceptionCode returns the code of the server's exception behind err, by
// whichever protocol it came; 0 if the server raised none.
func exceptionCode(err error) int32 {
	var e *ch.Exception
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// classify turns an error of the driver into this package's: one line that
// names what was done, the server and the way out, marked with
// pipeline.Retriable where the same call may pass later. An error because ctx
// ended is ctx's own.
func (s *Store) classify(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("clickhouse %s: %w", what, context.Cause(ctx))
	}
	if code := exceptionCode(err); code != 0 {
		err, retriable := s.explainException(what, code, err)
		if retriable {
			return pipeline.Retriable(err)
		}
		return err
	}
	var status *ch.HTTPError
	// Who has answered as a ClickHouse speaks the protocol: what can't be understood
	// any more was cut or garbled on its way.
	answered := s.answered.Load()
	if errors.As(err, &status) {
		if fix := wrongProtocol(s.endpoint, err); fix != "" && !answered {
			return &protocolError{fmt.Sprintf("clickhouse %s at %s: %s", what, s.endpoint, fix)}
		}
		wrapped := fmt.Errorf("clickhouse %s at %s: HTTP status %d %s: %w", what, s.endpoint, status.StatusCode, http.StatusText(status.StatusCode), shorten(status.Err))
		switch status.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden:
			return fmt.Errorf("%w: check clickhouse.username and clickhouse.password_file", wrapped)
		case http.StatusRequestTimeout, http.StatusTooManyRequests:
			return pipeline.Retriable(wrapped)
		}
		if status.StatusCode >= 500 {
			return pipeline.Retriable(wrapped)
		}
		return fmt.Errorf("%w: check clickhouse.url: is this a ClickHouse?", wrapped)
	}
	if fix := wrongProtocol(s.endpoint, err); fix != "" && !answered {
		return &protocolError{fmt.Sprintf("clickhouse %s at %s: %s", what, s.endpoint, fix)}
	}
	wrapped := fmt.Errorf("clickhouse %s at %s: %w", what, s.endpoint, withoutURL(err))
	if (fromNetwork(err) || answered) && !untrusted(err) && !refusedTLS(err) {
		return pipeline.Retriable(wrapped)
	}
	return wrapped
}

func (s *Store) explainException(what string, code int32, err error) (explained error, retriable bool) {
	var e *ch.Exception
	errors.As(err, &e)
	message := firstLine(e.Message)
	fix := cure(code)
	if what == askedFor && aboutSchema(code) {
		fix = "" // the user's own names, not the schema's
	}
	if fix != "" {
		fix = ": " + fix
	}
	return &Exception{Code: code, text: fmt.Sprintf("clickhouse %s at %s, database %s: code %d: %s%s", what, s.endpoint, s.options.Database, code, message, fix), cause: err}, transient(code)
}

// Exception is an error that the server raised.
type Exception struct {
	Code  int32 // ClickHouse's own, as in its ErrorCodes
	text  string
	cause error
}

// Error implements error: one line that ends with what to do, where known.
func (e *Exception) Error() string { return e.text }

// Unwrap returns the driver's error.
func (e *Exception) Unwrap() error { return e.cause }

// fromNetwork reports whether err comes from the way to the server and not
// from what was asked of it. The driver also ends connections by itself, when
// one is too old or its answer was cut.
func fromNetwork(err error) bool {
	var netErr net.Error
	var opErr *net.OpError
	switch {
	case errors.As(err, &netErr), errors.As(err, &opErr),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, ch.ErrAcquireConnTimeout), errors.Is(err, ch.ErrConnectionClosed):
		return true
	}
	return false
}

// withoutURL drops the request's URL from err: it holds the whole statement
// and every setting, and hides the cause behind them.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return cut(s)
}

// shorten keeps what a proxy or a wrong server answered to a readable length.
func shorten(err error) error {
	if err == nil {
		return errors.New("no answer")
	}
	return errors.New(firstLine(err.Error()))
}

func cut(s string) string {
	const longest = 500
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + " …"
}
