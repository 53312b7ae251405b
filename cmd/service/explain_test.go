package service

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/nlp"
)

func TestExplainersOpenWhenTheyAreFirstAsked(t *testing.T) {
	opened := 0
	broken := errors.New("no library")
	e := &explainer{open: func() (*nlp.Analyzer, error) {
		if opened++; opened == 1 {
			return nil, broken
		}
		return openTier(nlp.TierFast, nlp.Subjects{})
	}}
	doc := nlp.Document{Text: "They never called back."}
	if _, err := e.Explain(t.Context(), doc); !errors.Is(err, broken) {
		t.Fatalf("error %v, want that of opening", err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got, err := e.Explain(t.Context(), doc); err != nil || len(got.Cues) == 0 {
				t.Errorf("%d cues, error %v", len(got.Cues), err)
			}
		})
	}
	wait.Wait()
	if opened != 2 {
		t.Errorf("opened %d times, want once after the failure", opened)
	}
	if err := e.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Explain(context.Background(), doc); !errors.Is(err, errClosed) {
		t.Errorf("error %v after the close", err)
	}
}

func TestClosingAnExplainerWaitsForWhatItExplains(t *testing.T) {
	e := &explainer{open: func() (*nlp.Analyzer, error) { return openTier(nlp.TierFast, nlp.Subjects{}) }}
	if _, err := e.take(); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- e.close() }()
	for { // until it refuses others, it has not begun to close
		if _, err := e.take(); errors.Is(err, errClosed) {
			break
		}
		e.busy.Done()
	}
	select {
	case <-closed:
		t.Fatal("closed beneath an explanation")
	default:
	}
	e.busy.Done()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
}

func TestTheOtherTierIsOfferedWhereItCanBeHad(t *testing.T) {
	t.Setenv("EARSHOT_ONNXRUNTIME", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	analyzer, err := nlp.New(nlp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{analyzer: analyzer, reloader: newReloader(analyzer, nlp.Subjects{}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())}
	defer s.Close()
	if list := s.explainers(); len(list) != 1 || list[0].Tier != nlp.TierFast {
		t.Errorf("explainers %v without the library, want fast alone", list)
	}
	t.Setenv("EARSHOT_ONNXRUNTIME", "explain.go") // any file: it is not opened yet
	list := s.explainers()
	if len(list) != 2 || list[1].Tier != nlp.TierDeep {
		t.Fatalf("explainers %v with a library, want fast and deep", list)
	}
	if _, err := list[1].Explain(t.Context(), nlp.Document{Text: "Fine"}); !errors.As(err, new(*nlp.UnavailableError)) {
		t.Errorf("error %v for a library that is none", err)
	}
}
