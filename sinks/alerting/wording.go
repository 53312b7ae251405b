package alerting

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"earshot/pipeline"
)

// headline says in one line what is the matter, for example "topic installation: net
// sentiment fell to −12, expected 24".
func headline(a *pipeline.Alert) string {
	series := oneLine(a.Series)
	if series == "" {
		series = "all feedback"
	}
	switch a.Kind {
	case pipeline.AlertSilence:
		return fmt.Sprintf("%s: no feedback, expected %s", series, amount(a, a.Expected.Value))
	case pipeline.AlertEmergence:
		return fmt.Sprintf("“%s” is spoken of more and more, and no topic covers it", series)
	}
	return fmt.Sprintf("%s: %s %s to %s, expected %s", series, measureName(a.Measure), direction(a), amount(a, a.Observed.Value), amount(a, a.Expected.Value))
}

func direction(a *pipeline.Alert) string {
	if a.Observed.Value < a.Expected.Value {
		return "fell"
	}
	return "rose"
}

// measureName is what people call a measure.
func measureName(measure string) string {
	switch measure {
	case "net_sentiment":
		return "net sentiment"
	case "negative_share":
		return "share of negative feedback"
	case "churn_share":
		return "share that speaks of leaving"
	}
	return strings.ReplaceAll(measure, "_", " ")
}

// amount is a value of the alert's measure with its unit.
func amount(a *pipeline.Alert, value float64) string {
	switch {
	case a.Measure == "volume" || a.Kind == pipeline.AlertSilence:
		return number(value) + " items a day"
	case strings.HasSuffix(a.Measure, "_share"):
		return number(value) + " %"
	}
	return number(value)
}

// estimate is an estimate of the alert's measure with its interval.
func estimate(a *pipeline.Alert, e pipeline.Estimate) string {
	return fmt.Sprintf("%s (90 %%: %s to %s)", amount(a, e.Value), number(e.Low), number(e.High))
}

// number has as many digits as people read: one after the point below ten, two
// below one.
func number(v float64) string {
	digits := 0
	switch m := math.Abs(v); {
	case m < 0.9995:
		digits = 2
	case m < 9.95:
		digits = 1
	}
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return strings.Replace(s, "-", "−", 1)
}

// signed is a number that is a change.
func signed(v float64) string {
	s := number(v)
	if v > 0 && s != "0" {
		return "+" + s
	}
	return s
}

// state is how it stands with an alert, in a word or two: its severity, or that it is over.
func state(n *Notice) string {
	switch n.Reason {
	case Resolved:
		return "resolved"
	case Updated, Standing:
		return string(n.Alert.Severity) + ", updated"
	}
	return string(n.Alert.Severity)
}

// moment is a time for people, to the minute.
func moment(t time.Time, in *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if in == nil {
		in = time.UTC
	}
	return t.In(in).Format("2006-01-02 15:04 MST")
}

// stamp is a time for programs.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// headerID is an ID as headers hold it: IDs are made of names, which may be in any script.
func headerID(id string) string { return url.PathEscape(id) }

// oneLine makes any run of white space and control characters one space: what customers
// write cannot begin a line, and so neither a quote, a list nor a header.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}

// clip cuts s to at most longest characters, the last of them an ellipsis if it was cut.
func clip(s string, longest int) string {
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:longest-1])) + "…"
}

// capital gives a word of ASCII its capital.
func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// plural is a number of things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
