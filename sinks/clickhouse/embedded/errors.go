package embedded

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// The codes of ClickHouse that this package raises by itself.
const (
	codeUnsupportedMethod     = 1
	codeBadArguments          = 36
	codeNotImplemented        = 48
	codeLogicalError          = 49
	codeSyntaxError           = 62
	codeUnknownFormat         = 73
	codeUnknownSetting        = 115
	codeUnknownCompression    = 89
	codeTimeoutExceeded       = 159
	codeReadonly              = 164
	codeSessionNotFound       = 372
	codeSessionIsLocked       = 373
	codeQueryWasCancelled     = 394
	codeCannotDecompress      = 271
	codeAccessDenied          = 497
	codeAuthenticationFailed  = 516
	codeInvalidSessionTimeout = 374
	codeStdException          = 1001
	codeNotEnoughSpace        = 243
	codeQueryWithSameID       = 216
	codeQueryIsTooLarge       = 223
)

var codeNames = map[int]string{
	codeUnsupportedMethod:     "UNSUPPORTED_METHOD",
	codeBadArguments:          "BAD_ARGUMENTS",
	codeNotImplemented:        "NOT_IMPLEMENTED",
	codeLogicalError:          "LOGICAL_ERROR",
	codeSyntaxError:           "SYNTAX_ERROR",
	codeUnknownFormat:         "UNKNOWN_FORMAT",
	codeUnknownSetting:        "UNKNOWN_SETTING",
	codeUnknownCompression:    "UNKNOWN_COMPRESSION_METHOD",
	codeTimeoutExceeded:       "TIMEOUT_EXCEEDED",
	codeReadonly:              "READONLY",
	codeSessionNotFound:       "SESSION_NOT_FOUND",
	codeSessionIsLocked:       "SESSION_IS_LOCKED",
	codeQueryWasCancelled:     "QUERY_WAS_CANCELLED",
	codeCannotDecompress:      "CANNOT_DECOMPRESS",
	codeAccessDenied:          "ACCESS_DENIED",
	codeAuthenticationFailed:  "AUTHENTICATION_FAILED",
	codeInvalidSessionTimeout: "INVALID_SESSION_TIMEOUT",
	codeStdException:          "STD_EXCEPTION",
	codeNotEnoughSpace:        "NOT_ENOUGH_SPACE",
	codeQueryWithSameID:       "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
	codeQueryIsTooLarge:       "QUERY_IS_TOO_LARGE",
}

// exception is an error with ClickHouse's code, name and text.
type exception struct {
	code int
	name string // such as UNKNOWN_TABLE
	text string // without code, name and version
}

func newException(code int, format string, args ...any) *exception {
	return &exception{code: code, name: codeNames[code], text: fmt.Sprintf(format, args...)}
}

// Error is the text as ClickHouse writes it, without the version.
func (e *exception) Error() string {
	return fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", e.code, strings.TrimSuffix(e.text, "."), e.name)
}

var (
	exceptionHead = regexp.MustCompile(`^Code: (\d+)\. DB::Exception: `)
	exceptionTail = regexp.MustCompile(`\.? \(([A-Z][A-Z0-9_]*)\)$`)
	versionTail   = regexp.MustCompile(` \(version [^()]*(?:\([^()]*\))?\)$`)
	// How the engine names the file that this package hands a request's
	// body over in: an address that says nothing to the client.
	spoolMention = regexp.MustCompile(`\(?in file/uri [^ :()]*\)?: |: data for INSERT was parsed from file|: While executing File\b`)
)

// parseException reads an error text of the engine, which repeats the code
// and the name for each layer that the error passed.
func parseException(s string) *exception {
	e := &exception{code: codeStdException, name: codeNames[codeStdException]}
	s = strings.TrimRight(s, " \n")
	for {
		m := exceptionHead.FindStringSubmatch(s)
		if m == nil {
			break
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			e.code = n
		}
		s = s[len(m[0]):]
	}
	for {
		if loc := versionTail.FindStringIndex(s); loc != nil {
			s = s[:loc[0]]
			continue
		}
		if m := exceptionTail.FindStringSubmatchIndex(s); m != nil {
			e.name = s[m[2]:m[3]]
			s = s[:m[0]]
			continue
		}
		break
	}
	e.text = spoolMention.ReplaceAllString(s, "")
	if e.text == "" {
		e.text = "Unknown error"
	}
	return e
}

var statusByName = map[string]int{
	"REQUIRED_PASSWORD":     http.StatusUnauthorized,
	"UNKNOWN_USER":          http.StatusForbidden,
	"WRONG_PASSWORD":        http.StatusForbidden,
	"AUTHENTICATION_FAILED": http.StatusForbidden,

	"BAD_ARGUMENTS":                         http.StatusBadRequest,
	"CANNOT_COMPILE_REGEXP":                 http.StatusBadRequest,
	"CANNOT_PARSE_TEXT":                     http.StatusBadRequest,
	"CANNOT_PARSE_ESCAPE_SEQUENCE":          http.StatusBadRequest,
	"CANNOT_PARSE_QUOTED_STRING":            http.StatusBadRequest,
	"CANNOT_PARSE_DATE":                     http.StatusBadRequest,
	"CANNOT_PARSE_DATETIME":                 http.StatusBadRequest,
	"CANNOT_PARSE_NUMBER":                   http.StatusBadRequest,
	"CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING": http.StatusBadRequest,
	"CANNOT_PARSE_IPV4":                     http.StatusBadRequest,
	"CANNOT_PARSE_IPV6":                     http.StatusBadRequest,
	"CANNOT_PARSE_INPUT_ASSERTION_FAILED":   http.StatusBadRequest,
	"CANNOT_PARSE_UUID":                     http.StatusBadRequest,
	"DUPLICATE_COLUMN":                      http.StatusBadRequest,
	"ILLEGAL_COLUMN":                        http.StatusBadRequest,
	"ILLEGAL_TYPE_OF_ARGUMENT":              http.StatusBadRequest,
	"NUMBER_OF_ARGUMENTS_DOESNT_MATCH":      http.StatusBadRequest,
	"SYNTAX_ERROR":                          http.StatusBadRequest,
	"INCORRECT_DATA":                        http.StatusBadRequest,
	"TYPE_MISMATCH":                         http.StatusBadRequest,
	"TOO_BIG_AST":                           http.StatusBadRequest,
	"TOO_DEEP_AST":                          http.StatusBadRequest,
	"UNEXPECTED_AST_STRUCTURE":              http.StatusBadRequest,
	"UNEXPECTED_EXPRESSION":                 http.StatusBadRequest,
	"UNKNOWN_ELEMENT_IN_AST":                http.StatusBadRequest,
	"UNKNOWN_TYPE_OF_AST_NODE":              http.StatusBadRequest,
	"VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE":    http.StatusBadRequest,
	"INVALID_SESSION_TIMEOUT":               http.StatusBadRequest,
	"HTTP_LENGTH_REQUIRED":                  http.StatusLengthRequired,
	"UNKNOWN_TABLE":                         http.StatusNotFound,
	"UNKNOWN_FUNCTION":                      http.StatusNotFound,
	"UNKNOWN_IDENTIFIER":                    http.StatusNotFound,
	"UNKNOWN_TYPE":                          http.StatusNotFound,
	"UNKNOWN_STORAGE":                       http.StatusNotFound,
	"UNKNOWN_DATABASE":                      http.StatusNotFound,
	"UNKNOWN_SETTING":                       http.StatusNotFound,
	"UNKNOWN_DIRECTION_OF_SORTING":          http.StatusNotFound,
	"UNKNOWN_AGGREGATE_FUNCTION":            http.StatusNotFound,
	"UNKNOWN_FORMAT":                        http.StatusNotFound,
	"UNKNOWN_DATABASE_ENGINE":               http.StatusNotFound,
	"UNKNOWN_TYPE_OF_QUERY":                 http.StatusNotFound,
	"NO_ELEMENTS_IN_CONFIG":                 http.StatusNotFound,
	"SESSION_NOT_FOUND":                     http.StatusNotFound,
	"QUERY_IS_TOO_LARGE":                    http.StatusRequestEntityTooLarge,
	"NOT_IMPLEMENTED":                       http.StatusNotImplemented,
	"SOCKET_TIMEOUT":                        http.StatusServiceUnavailable,
	"CANNOT_OPEN_FILE":                      http.StatusServiceUnavailable,
	"CANNOT_SCHEDULE_TASK":                  http.StatusServiceUnavailable,
	"TIMEOUT_EXCEEDED":                      http.StatusRequestTimeout,
}

// status is the HTTP status that ClickHouse answers this error with.
func (e *exception) status() int {
	if s, ok := statusByName[e.name]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// asException gives any error a code.
func asException(err error) *exception {
	var e *exception
	if errors.As(err, &e) {
		return e
	}
	return newException(codeStdException, "%v", err)
}
