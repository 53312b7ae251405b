package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"earshot/sinks/clickhouse"
)

// periodFlags are --from and --to as given.
type periodFlags struct{ from, to string }

// of returns period with what the flags say instead of its ends, to the millisecond.
func (f *periodFlags) of(cmd *cobra.Command, period clickhouse.Period) (clickhouse.Period, error) {
	for _, t := range []struct {
		flag, value string
		into        *time.Time
	}{{"from", f.from, &period.From}, {"to", f.to, &period.To}} {
		if t.value == "" {
			continue
		}
		at, err := parseTime(t.value)
		if err != nil {
			return period, usagef(cmd, "--%s %q: %v", t.flag, t.value, err)
		}
		*t.into = at.Truncate(time.Millisecond)
	}
	return period, nil
}

// parseTime reads a day or a time.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("write it as 2026-11-01 or 2026-11-01T08:00:00Z")
}
