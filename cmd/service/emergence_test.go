package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/nlp"
	"earshot/pipeline"
)

// complaints are negative items, numbered from one on.
func complaints(from, n int, text string) []*pipeline.Item {
	items := make([]*pipeline.Item, n)
	for i := range items {
		items[i] = &pipeline.Item{
			Feedback: pipeline.Feedback{Source: "shop", ID: fmt.Sprint(from + i), CreatedAt: time.UnixMilli(0), Text: text},
			Analysis: nlp.Analysis{Text: text, Language: "en", Sentiment: nlp.Sentiment{Label: nlp.Negative}},
		}
	}
	return items
}

func TestWhatWaitsForPhrasesIsTakenOnce(t *testing.T) {
	t.Parallel()
	e := newEmergence(nil, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	e.offer(complaints(0, 100, "bad"), time.Now())
	e.offer(complaints(100, 100, "bad"), time.Now())
	taken := map[string]bool{}
	for h := e.next(); h != nil; h = e.next() {
		taken[h.ID] = true
	}
	if len(taken) != 200 || e.bytes != 0 || e.came != 0 {
		t.Errorf("%d of 200 were taken, %d bytes of %d are left", len(taken), e.bytes, e.came)
	}
}

func TestWhatWaitsForPhrasesIsBoundedAndAFairSample(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		most int
	}{
		"many":  {"bad", mostWaiting},
		"large": {strings.Repeat("x", 4000), mostWaitingBytes / 4000},
	} {
		e := newEmergence(nil, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		all := 4 * tt.most
		for from := 0; from < all; from += 1000 {
			e.offer(complaints(from, min(1000, all-from), tt.text), time.Now())
		}
		if len(e.waiting) != tt.most || e.bytes > mostWaitingBytes {
			t.Errorf("%s: %d wait, want %d; %d bytes", name, len(e.waiting), tt.most, e.bytes)
		}
		early := 0
		for _, h := range e.waiting {
			number, err := strconv.Atoi(h.ID)
			if err != nil {
				t.Fatal(err)
			}
			if number < all/2 {
				early++
			}
		}
		// Half of them: twelve standard errors, or more, on either side.
		if n := float64(tt.most); float64(early) < 0.4*n || float64(early) > 0.6*n {
			t.Errorf("%s: %d of %d are of the first half", name, early, tt.most)
		}
	}
}

func TestOnlyTheBeginningOfALongTextWaits(t *testing.T) {
	t.Parallel()
	e := newEmergence(nil, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	e.offer(complaints(0, 1, "a"+strings.Repeat("ä", 1<<19)), time.Now())
	if h := e.next(); len(h.Text) != 3999 || !utf8.ValidString(h.Text) {
		t.Errorf("%d bytes of a long text wait", len(h.Text))
	}
}

// writing is a Writer that returns an error, or none.
type writing struct{ err error }

func (w writing) Write(context.Context, []*pipeline.Item) error { return w.err }

func TestOnlyWhatWasWrittenWaitsForPhrases(t *testing.T) {
	t.Parallel()
	e := newEmergence(nil, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	failed := errors.New("no")
	if err := (overheard{writing{failed}, e}).Write(t.Context(), complaints(0, 3, "bad")); !errors.Is(err, failed) || len(e.waiting) != 0 {
		t.Errorf("%d wait after %v", len(e.waiting), err)
	}
	if err := (overheard{writing{}, e}).Write(t.Context(), complaints(0, 3, "bad")); err != nil || len(e.waiting) != 3 {
		t.Errorf("%d wait after %v", len(e.waiting), err)
	}
}
