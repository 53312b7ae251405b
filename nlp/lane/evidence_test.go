package lane

import (
	"slices"
	"strings"
	"testing"
)

func TestEvidenceIsTheWordsThatSpeakForTheLabel(t *testing.T) {
	t.Parallel()
	m, _ := trained(t, lessons(60))
	var h Scratch
	for text, want := range map[string]struct{ label, word string }{
		"Hello there. My card was stolen yesterday, please help": {"card lost", "stolen"},
		"the refund, again: where is it today":                   {"refund", "refund"},
	} {
		read := h.Text(text)
		label := slices.Index(m.Labels(), want.label)
		spans := m.Evidence(nil, &h, read, label)
		if len(spans) == 0 || len(spans) > 3 {
			t.Fatalf("%q: %v", text, spans)
		}
		cues, end := "", 0
		for _, s := range spans {
			if s.Start < end || s.End > len(text) {
				t.Fatalf("%q: %v", text, spans)
			}
			cues, end = cues+text[s.Start:s.End]+"|", s.End
		}
		if !strings.Contains(cues, want.word) || strings.Contains(cues, "Hello") {
			t.Errorf("%q: evidence %s", text, cues)
		}
	}
}

func TestNoEvidenceWhereNothingSpeaksForTheLabel(t *testing.T) {
	t.Parallel()
	m, _ := trained(t, lessons(30))
	var h Scratch
	if spans := m.Evidence(nil, &h, h.Text("zzz"), 0); len(spans) > 0 {
		t.Error(spans)
	}
	if spans := m.Evidence(nil, &h, h.Text(""), 0); len(spans) > 0 {
		t.Error(spans)
	}
}

func TestJudgingMakesNoGarbage(t *testing.T) {
	m, _ := trained(t, featured(lessons(10), 1))
	var h Scratch
	features := make([]float32, 8)
	text := h.Text("Someone has stolen my card, block it!")
	m.Judge(&h, text, features)
	if n := testing.AllocsPerRun(100, func() { m.Judge(&h, text, features) }); n > 0 {
		t.Errorf("%g allocations a text", n)
	}
}
