package dashboard

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// count writes a whole number with its thousands apart.
func count[N ~int64 | ~uint64 | ~int](n N) string {
	s := fmt.Sprint(n)
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// signed writes v with a sign that is as wide as a digit; nothing that is not
// a number ever reaches the page.
func signed(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	switch {
	case strings.Trim(s, "0.") == "":
		return s
	case v < 0:
		return "−" + s
	default:
		return "+" + s
	}
}

// percent writes part of whole; a dash without a whole.
func percent(part, whole uint64) string {
	if whole == 0 {
		return "–"
	}
	p := 100 * float64(part) / float64(whole)
	switch {
	case part > 0 && p < 0.1:
		return "<0.1%"
	case p < 10 && p != math.Trunc(p):
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	case part < whole && p > 99:
		return ">99%"
	default:
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	}
}

// plain writes a score as people do: 4, 4.5.
func plain(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

const timeLayout = "15:04:05"

// moment is a time as the page shows it.
type moment struct {
	Machine string // RFC 3339
	UTC     string // with the date, where that is not today's
	Ago     string // relative to now
}

func newMoment(t, now time.Time) moment {
	t, now = t.UTC(), now.UTC()
	m := moment{Machine: t.Format(time.RFC3339), UTC: t.Format(timeLayout) + " UTC", Ago: ago(t, now)}
	if t.Format(time.DateOnly) != now.Format(time.DateOnly) {
		m.UTC = t.Format("2 Jan 2006 15:04") + " UTC"
	}
	return m
}

// ago says how long before now t was. Seconds come in fives, so that a page on
// which nothing happens stands still most of the time.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < -time.Minute:
		return "in the future"
	case d < 5*time.Second:
		return "just now"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)/5*5) + " s ago"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min ago"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h ago"
	case d < 730*day:
		return count(int(d/day)) + " days ago"
	default:
		return count(int(d/(365*day))) + " years ago"
	}
}

// layoutFor is how the labels of an axis of that length are written.
func layoutFor(length time.Duration) string {
	switch {
	case length <= 5*time.Minute:
		return "15:04:05"
	case length <= 36*time.Hour:
		return "15:04"
	case length <= 6*day:
		return "2 Jan 15:04"
	case length <= 300*day:
		return "2 Jan"
	default:
		return "Jan 2006"
	}
}

// span names the length of a step: "5 min", "1 day".
func span(d time.Duration) string {
	for _, u := range []struct {
		length    time.Duration
		one, many string
	}{{364 * day, " year", " years"}, {7 * day, " week", " weeks"}, {day, " day", " days"}, {time.Hour, " h", " h"}, {time.Minute, " min", " min"}} {
		if d >= u.length && d%u.length == 0 {
			n := int(d / u.length)
			if n == 1 {
				return "1" + u.one
			}
			return strconv.Itoa(n) + u.many
		}
	}
	return strconv.Itoa(int(d/time.Second)) + " s"
}

// excerpt is the beginning of s, at most limit runes, on one line, without
// what would not print: bytes that are no text, controls, and the marks by which
// a text could turn the direction of the page around it.
func excerpt(s string, limit int) string {
	var b strings.Builder
	n, blank := 0, true
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if blank {
				continue
			}
			r, blank = ' ', true
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c', r == utf8.RuneError:
			r, blank = '\uFFFD', false
		default:
			blank = false
		}
		if n == limit {
			return strings.TrimRight(b.String(), " ") + "…"
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimRight(b.String(), " ")
}
