package main

import (
	"strings"
	"testing"
)

// checkReplay hears the chats of p again under a pack that calls what they say a
// gizmo, and publishes it.
func checkReplay(t *testing.T, p *process) {
	pack := file(t, "gizmo.yaml", `pack: gizmo
version: 4
description: What chats of this test are about.
topics:
  gizmo:
    label: Gizmo
    stage: usage
    touchpoint: home
    include: [thank you, thanks]
    "yes": [Thank you.]
    "no": [It broke.]
`)
	replay := func(args ...string) result {
		t.Helper()
		return earshot(t, "", append([]string{"replay", "--clickhouse", p.ClickHouse}, args...)...)
	}
	before := p.sql(t, "SELECT count(), countIf(has(topics, 'gizmo')) FROM feedback")
	heard := replay("--shadow", "next", "--taxonomy", pack, "--tier", "fast").succeeds(t)
	if !strings.Contains(heard.err, "taxonomy gizmo@4") || !strings.Contains(heard.out, "shadow_diff") {
		t.Errorf("it says %s and %s", heard.err, heard.out)
	}
	if after := p.sql(t, "SELECT count(), countIf(has(topics, 'gizmo')) FROM feedback"); after != before {
		t.Errorf("a shadow changed what everybody sees from %q to %q", before, after)
	}
	changes := p.sql(t, "SELECT sum(items) > 0 FROM shadow_diff WHERE shadow = 'next' AND change IN ('gained', 'moved') AND topic = 'gizmo'")
	if changes != "true" && changes != "1" {
		t.Errorf("shadow_diff has no gizmo: %q", changes)
	}
	replay("--publish", "next").succeeds(t)
	if got := p.sql(t, "SELECT countIf(has(topics, 'gizmo')) > 0, countIf(taxonomy = 'gizmo@4') = countIf(text != '') FROM feedback"); got != "1\t1" && got != "true\ttrue" {
		t.Errorf("after publishing: %q", got)
	}
	replay("--drop", "next").succeeds(t)
	replay("--publish", "next").fails(t, 1, `"next"`)
	// Back to what the service hears, in one go.
	if got := replay("--from", "2000-01-01", "--tier", "fast").succeeds(t); !strings.Contains(got.err, "published") {
		t.Errorf("it says %s", got.err)
	}
	if got := p.sql(t, "SELECT countIf(has(topics, 'gizmo')), count() = uniqExact(source, id) FROM feedback"); got != "0\t1" && got != "0\ttrue" {
		t.Errorf("after a replay: %q", got)
	}
}

func TestReplayRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args  []string
		code  int
		words []string
	}{
		"two at once":     {[]string{"--publish", "a", "--drop", "a"}, exitUsage, []string{"--publish", "--drop"}},
		"shadow and drop": {[]string{"--shadow", "a", "--drop", "a"}, exitUsage, []string{"--shadow"}},
		"nobody there":    {[]string{"--clickhouse", "127.0.0.1:1", "--shadow", "a"}, exitFailed, []string{"127.0.0.1:1", "--clickhouse"}},
		"an argument":     {[]string{"history"}, exitUsage, []string{"history"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			earshot(t, "", append([]string{"replay"}, tt.args...)...).fails(t, tt.code, tt.words...)
		})
	}
}
