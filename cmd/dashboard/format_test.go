package dashboard

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for got, want := range map[string]string{
		count(0): "0", count(999): "999", count(1000): "1,000", count(uint64(math.MaxUint64)): "18,446,744,073,709,551,615",
		count(-1234567): "−1,234,567",
		signed(0, 0):    "0", signed(-0.4, 0): "0", signed(-0.004, 2): "0.00", signed(12.6, 0): "+13", signed(-0.62, 2): "−0.62",
		signed(math.NaN(), 0): "–", signed(math.Inf(-1), 1): "–",
		percent(0, 0): "–", percent(0, 5): "0%", percent(1, 100000): "<0.1%", percent(1, 3): "33%", percent(1, 40): "2.5%",
		percent(999, 1000): ">99%", percent(5, 5): "100%",
		plain(4): "4", plain(4.5): "4.5",
		span(time.Second): "1 s", span(90 * time.Second): "90 s", span(30 * time.Minute): "30 min", span(day): "1 day", span(14 * day): "2 weeks",
		span(364 * day):   "1 year",
		things(1, "item"): "1 item", things(0, "item"): "0 items", things(2000, "item"): "2,000 items",
		roughly(time.Millisecond): "1 s", roughly(90 * time.Second): "90 s", roughly(3 * time.Minute): "3 min", roughly(72 * time.Hour): "72 h",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTimesAreRelativeToNow(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "in the future", -time.Second: "just now", 0: "just now", 4 * time.Second: "just now", 14 * time.Second: "10 s ago",
		59 * time.Second: "55 s ago", time.Minute: "1 min ago", 3 * time.Hour: "3 h ago", 47 * time.Hour: "47 h ago",
		72 * time.Hour: "3 days ago", 5 * 365 * day: "5 years ago",
	} {
		if got := ago(noon.Add(-d), noon); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	if m := newMoment(noon.Add(-time.Hour).In(time.FixedZone("", 7200)), noon); m.UTC != "11:00:00 UTC" || m.Machine != "2026-03-04T11:00:00Z" {
		t.Errorf("%+v", m)
	}
	if m := newMoment(noon.Add(-day), noon); m.UTC != "3 Mar 2026 12:00 UTC" {
		t.Errorf("%+v", m)
	}
}

func TestExcerptsAreOneLineOfPrintableText(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 5, ""},
		{"  a \n\t b  ", 9, "a b"},
		{"abcdef", 6, "abcdef"},
		{"abcdefg", 6, "abcdef…"},
		{"abcde fgh", 6, "abcde…"},
		{"äöüß", 3, "äöü…"},
		{"a\xff\x00b\x1b", 9, "a\uFFFD\uFFFDb\uFFFD"},
		{"a\u202eb\ufeff", 9, "a\uFFFDb\uFFFD"},
		{"👩\u200d🔧", 9, "👩\u200d🔧"},
		{strings.Repeat("x", 1<<20), 3, "xxx…"},
	} {
		if got := excerpt(tt.in, tt.limit); got != tt.want {
			t.Errorf("%.20q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestLagIsSummedUpLongestFirst(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name    string
		sample  liveSample
		waiting string
		note    string
		behind  []string
	}{
		{"no partitions", liveSample{rate: -1}, "–", "lag not known", nil},
		{"unknown lag", liveSample{Live: Live{Lag: []PartitionLag{{"a", 0, -1}}}}, "–", "lag not known", nil},
		{"caught up", liveSample{Live: Live{Lag: []PartitionLag{{"a", 0, 0}, {"a", 1, 0}}}}, "0", "caught up", nil},
		{"behind", liveSample{Live: Live{Lag: []PartitionLag{{"a", 0, 5}, {"b", 1, 2000}, {"c", 0, -1}}}, rate: -1}, "2,005", "in 2 partitions", []string{"b", "a"}},
		{"behind, with a pace", liveSample{Live: Live{Lag: []PartitionLag{{"a", 0, 600}}}, rate: 10}, "600", "about 60 s behind", []string{"a"}},
	} {
		s := newPipelineState(reading[liveSample]{value: tt.sample, at: now})
		if s.Waiting != tt.waiting || s.WaitingNote != tt.note || len(s.Behind) != len(tt.behind) {
			t.Errorf("%s: %+v", tt.name, s)
			continue
		}
		for i, topic := range tt.behind {
			if s.Behind[i].Topic != topic {
				t.Errorf("%s: row %d is %s", tt.name, i, s.Behind[i].Topic)
			}
		}
	}
}

func TestPaceIsOfNowOrUnknown(t *testing.T) {
	at := func(s int, rows uint64) liveSample {
		return liveSample{Live: Live{Rows: rows}, at: noon.Add(time.Duration(s) * time.Second)}
	}
	for _, tt := range []struct {
		name          string
		before, after liveSample
		want          float64
	}{
		{"the first sample", liveSample{}, at(0, 100), -1},
		{"two seconds on", at(0, 100), at(2, 300), 100},
		{"nobody looked for an hour", at(0, 100), at(3600, 300), -1},
		{"the pipeline started again", at(0, 100), at(2, 3), -1},
	} {
		if got := tt.after.after(tt.before).rate; got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
