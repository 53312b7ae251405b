package alerting

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"earshot/pipeline"
)

// Match chooses alerts. Of each list that is not empty, one entry must fit; a Match without
// any fits every alert.
type Match struct {
	Topics     []string // "billing" with all below it, or "billing.refund" alone
	Stages     []string
	Channels   []string
	Series     []string // patterns of the whole series: * any characters, ? one, [a-z] one of these
	Severities []string // warning or critical
	Kinds      []string // drop, volume, silence or emergence
}

func (m *Match) empty() bool {
	return len(m.Topics)+len(m.Stages)+len(m.Channels)+len(m.Series)+len(m.Severities)+len(m.Kinds) == 0
}

// Fits reports whether m chooses the alert. Only a Match that is valid fits anything.
func (m *Match) Fits(a *pipeline.Alert) bool {
	return anyOf(m.Topics, func(t string) bool { return a.Topic == t || strings.HasPrefix(a.Topic, t+".") }) &&
		anyOf(m.Stages, func(s string) bool { return s == a.Stage }) &&
		anyOf(m.Channels, func(c string) bool { return c == a.Channel }) &&
		anyOf(m.Series, func(p string) bool { ok, err := glob(p, a.Series); return ok && err == nil }) &&
		anyOf(m.Severities, func(s string) bool { return s == string(a.Severity) }) &&
		anyOf(m.Kinds, func(k string) bool { return k == string(a.Kind) })
}

func anyOf(list []string, fits func(string) bool) bool {
	return len(list) == 0 || slices.ContainsFunc(list, fits)
}

// glob matches as path.Match does, but series are no paths: * passes over a slash.
func glob(pattern, series string) (bool, error) {
	const noSlash = "\x00"
	return path.Match(strings.ReplaceAll(pattern, "/", noSlash), strings.ReplaceAll(series, "/", noSlash))
}

// validate returns what is wrong, with the field, which is below where, and the value.
func (m *Match) validate(where string) error {
	kinds := []string{string(pipeline.AlertDrop), string(pipeline.AlertVolume), string(pipeline.AlertSilence), string(pipeline.AlertEmergence)}
	severities := []string{string(pipeline.AlertWarning), string(pipeline.AlertCritical)}
	for _, list := range []struct {
		field  string
		values []string
		wrong  func(string) string // why; "" if it isn't
	}{
		{"topics", m.Topics, wrongTopic},
		{"stages", m.Stages, oneOf("stage", pipeline.Stages())},
		{"channels", m.Channels, oneOf("channel", strings.Split(pipeline.ChannelNames(), ", "))},
		{"series", m.Series, wrongPattern},
		{"severities", m.Severities, oneOf("severity", severities)},
		{"kinds", m.Kinds, oneOf("kind of alert", kinds)},
	} {
		for i, value := range list.values {
			if why := list.wrong(value); why != "" {
				return fmt.Errorf("%s.%s[%d]: %q %s", where, list.field, i, value, why)
			}
		}
	}
	return nil
}

func oneOf(what string, known []string) func(string) string {
	return func(value string) string {
		if slices.Contains(known, value) {
			return ""
		}
		return "is no " + what + "; take one of " + strings.Join(known, ", ")
	}
}

func wrongTopic(topic string) string {
	parts := strings.Split(topic, ".")
	if len(parts) <= 2 && !slices.Contains(parts, "") && strings.TrimSpace(topic) == topic {
		return ""
	}
	return "is no topic; give one of the first level, as in billing, or with its second, as in billing.refund"
}

func wrongPattern(pattern string) string {
	if _, err := glob(pattern, ""); err != nil || pattern == "" {
		return `is no pattern; * stands for any characters, ? for one, and a bracket that means itself is \[`
	}
	return ""
}
