package service

import (
	"context"
	"errors"
	"sync"

	"earshot/cmd/dashboard"
	"earshot/nlp"
	"earshot/nlp/encoder"
	"earshot/pipeline"
)

// explainers explain for the dashboard, the tier that the pipeline hears with in
// front. That one is the pipeline's own analyzer. The other is opened when it is
// first asked, and kept until the service closes: a service whose page "Explain"
// nobody uses pays nothing for it, one whose deep tier was asked once some 120 MB.
func (s *Service) explainers() []dashboard.TierExplainer {
	heard := s.analyzer.Tier()
	own := &explainer{privacy: s.privacy, analyzer: s.analyzer}
	s.onClose(own.close)
	list := []dashboard.TierExplainer{{Tier: heard, Explainer: own}}
	other := nlp.TierFast
	if heard == nlp.TierFast {
		if _, err := encoder.FindLibrary(); err != nil {
			return list
		}
		other = nlp.TierDeep
	}
	second := &explainer{privacy: s.privacy, open: func() (*nlp.Analyzer, error) { return openTier(other, s.reloader.now()) }}
	s.reloader.also(second.reload)
	s.onClose(second.close)
	return append(list, dashboard.TierExplainer{Tier: other, Explainer: second})
}

// openTier opens an analyzer of a tier, and of no other.
func openTier(tier string, subjects nlp.Subjects) (*nlp.Analyzer, error) {
	analyzer, err := nlp.New(nlp.Options{Tier: tier, Subjects: subjects})
	if err != nil {
		return nil, err
	}
	if err := analyzer.Degraded(); err != nil {
		return nil, errors.Join(err, analyzer.Close())
	}
	return analyzer, nil
}

// explainer lets an analyzer explain until it is closed. The deep tier is native
// code, which must not be closed beneath a pass: close waits for the explanations
// under way, which end with their contexts.
type explainer struct {
	privacy pipeline.Privacy
	open    func() (*nlp.Analyzer, error) // nil: analyzer is another's

	mu       sync.Mutex // guards what follows, and busy against close
	analyzer *nlp.Analyzer
	closed   bool
	busy     sync.WaitGroup
}

var errClosed = errors.New("earshot is stopping")

// Explain implements dashboard.Explainer. Personal data is hidden before, as it is in
// what the pipeline stores.
func (e *explainer) Explain(ctx context.Context, d nlp.Document) (nlp.Explanation, error) {
	analyzer, err := e.take()
	if err != nil {
		return nlp.Explanation{}, err
	}
	defer e.busy.Done()
	f := pipeline.Feedback{Title: d.Title, Text: d.Text, Targets: d.Targets}
	told := e.privacy.Apply(&f)
	d.Title, d.Text = f.Title, f.Text
	explanation, err := analyzer.Explain(ctx, d)
	explanation.Analysis.PII = told
	return explanation, err
}

// take returns the analyzer, opened if need be; what could not be opened is tried
// again the next time. Who took it says so when it is done.
func (e *explainer) take() (*nlp.Analyzer, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	if e.analyzer == nil {
		analyzer, err := e.open()
		if err != nil {
			return nil, err
		}
		e.analyzer = analyzer
	}
	e.busy.Add(1)
	return e.analyzer, nil
}

// reload lets an analyzer that is open listen for other things.
func (e *explainer) reload(subjects nlp.Subjects) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.analyzer == nil || e.closed {
		return nil
	}
	return e.analyzer.Reload(subjects)
}

// close waits for the explanations under way, and closes what was opened for them.
func (e *explainer) close() error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.busy.Wait()
	if e.open == nil || e.analyzer == nil {
		return nil
	}
	return e.analyzer.Close()
}
