package decode

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// earliest and latest bound the times that an item may have: [earliest, latest).
var (
	earliest = time.Unix(0, 0).UTC()
	latest   = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// layouts are the forms of time that are recognised beside RFC 3339 and epoch
// numbers; those without a zone are UTC.
var layouts = [...]string{
	"2006-01-02 15:04:05",
	"2006-01-02T15:04:05",
	"2006-01-02",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 UTC",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
}

// bareDates are the forms of time that a string of digits may be and an epoch
// number may be too. Nobody can tell, so they are not read at all.
var bareDates = [...]string{"2006", "200601", "20060102"}

// moment reads v, which is there, as a time: UTC, cut to the millisecond,
// within earliest and latest. The problem says what is wrong with it.
func moment(v gjson.Result) (t time.Time, problem string) {
	switch v.Type {
	case gjson.Number:
		t, ok := epoch(v.Raw)
		return inRange(t, ok, v)
	case gjson.String:
		s := strings.TrimSpace(v.Str)
		if !isEpoch(s) {
			t, ok := written(s)
			return inRange(t, ok, v)
		}
		for _, layout := range bareDates {
			if _, err := time.Parse(layout, s); err == nil {
				return time.Time{}, shown(v) + " may be a date or an epoch: name its created_at_format"
			}
		}
		t, ok := epoch(s)
		return inRange(t, ok, v)
	}
	return time.Time{}, ""
}

func inRange(t time.Time, ok bool, v gjson.Result) (time.Time, string) {
	if !ok {
		return time.Time{}, shown(v) + " is no time that can be read"
	}
	t = t.UTC().Truncate(time.Millisecond)
	if !timeAllowed(t) {
		return time.Time{}, shown(v) + " is outside 1970-01-01 … 2199-12-31"
	}
	return t, ""
}

func timeAllowed(t time.Time) bool { return !t.Before(earliest) && t.Before(latest) }

// written reads a time in RFC 3339 or one of layouts.
func written(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	leap := time.Duration(0)
	if len(s) >= len("2006-01-02T15:04:60") {
		if s[16:19] == ":60" { // a leap second, which Go's clock does not know
			s, leap = s[:16]+":59"+s[19:], time.Second
		}
		if s[10] == 't' || s[len(s)-1] == 'z' {
			s = strings.ToUpper(s)
		}
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			return t.Add(leap), true
		}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Add(leap), true
		}
	}
	return time.Time{}, false
}

// isEpoch reports whether s is digits, with a sign and a fraction perhaps.
func isEpoch(s string) bool {
	digits, dots := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case c == '.' && dots == 0:
			dots++
		case i == 0 && (c == '-' || c == '+'):
		default:
			return false
		}
	}
	return digits > 0
}

// millisFrom is the first epoch number that counts milliseconds; below it are
// seconds, of which it would be the year 5138.
const millisFrom = 1e11

// epoch reads the digits of an epoch number in seconds or milliseconds.
func epoch(digits string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.ContainsAny(fraction, "eE") {
		float, err := strconv.ParseFloat(digits, 64)
		if err != nil || math.Abs(float) > 1e15 {
			return time.Time{}, false
		}
		n, fraction = int64(float), ""
	}
	if n >= millisFrom || n <= -millisFrom {
		return time.UnixMilli(n), true
	}
	// Cut from the digits: float64 would make .123 into .122999.
	milli, _ := strconv.ParseInt((fraction + "000")[:3], 10, 64)
	if strings.HasPrefix(digits, "-") {
		milli = -milli
	}
	return time.UnixMilli(n*1000 + milli), true
}

// timeName names a time in messages: created_at, or that of message n.
func timeName(name string, n int) string {
	if n < 0 {
		return name
	}
	return name + "[" + strconv.Itoa(n) + "].at"
}
