package dashboard

import (
	"context"
	"strings"
	"sync"
	"time"
)

// visit is one making of a page: what it has asked, and what has become of it.
type visit struct {
	dashboard *Dashboard
	sheet     *sheet
	view      view
	now       time.Time

	ctx     context.Context
	asked   sync.WaitGroup
	answers []*answerState
}

// answerState is what has become of one question.
type answerState struct {
	apart        bool // it is not the store's
	loaded       bool // there has been an answer, now or before
	since, until time.Time
	err          error
}

// fetch asks for what load gives, under a name that says all that it depends on:
// whoever asks for the same gets the same answer. It is there after wait.
func fetch[T any](v *visit, name string, load func(context.Context) (T, error)) *reading[T] {
	return fetchEvery(v, v.sheet.refresh, name, load)
}

// fetchEvery is fetch, but for the time after which the answer is old.
func fetchEvery[T any](v *visit, refresh time.Duration, name string, load func(context.Context) (T, error)) *reading[T] {
	d := v.dashboard
	c, _ := d.shelf.take(name, func() any { return newCell(d, name, max(refresh, d.options.Refresh), load) }).(*cell[T])
	out, state := new(reading[T]), new(answerState)
	v.answers = append(v.answers, state)
	v.asked.Go(func() {
		*out = c.read(v.ctx)
		*state = answerState{loaded: !out.at.IsZero(), since: out.since, until: out.until, err: out.err}
	})
	return out
}

// fetchLive asks the pipeline; nil: there is none here.
func (v *visit) fetchLive() *reading[liveSample] {
	if v.dashboard.live == nil {
		return nil
	}
	out, state := new(reading[liveSample]), &answerState{apart: true}
	v.answers = append(v.answers, state)
	v.asked.Go(func() {
		*out = v.dashboard.live.read(v.ctx)
		state.until = out.until
	})
	return out
}

// wait returns when all that was asked is answered, or patience has run out.
func (v *visit) wait() {
	v.asked.Wait()
	v.now = time.Now()
}

// next is when asking again can bring something new.
func (v *visit) next() time.Time {
	var next time.Time
	for _, a := range v.answers {
		if next.IsZero() || a.until.Before(next) {
			next = a.until
		}
	}
	if next.IsZero() {
		return v.now.Add(v.sheet.refresh)
	}
	return next
}

// storeState says whether ClickHouse answers.
type storeState struct {
	Silent *moment // since when there has been no answer; nil: it answers
	Reason string
	Loaded bool // there have been all answers, now or before
}

func (v *visit) store() storeState {
	s := storeState{Loaded: true}
	var first *answerState
	for _, a := range v.answers {
		if a.apart {
			continue
		}
		s.Loaded = s.Loaded && a.loaded
		if !a.since.IsZero() && (first == nil || a.since.Before(first.since)) {
			first = a
		}
	}
	if first != nil {
		m := newMoment(first.since, v.now)
		s.Silent, s.Reason = &m, why(first.err)
	}
	return s
}

// newCell makes a cell whose attempts end with the dashboard and whose failures
// are logged once, not every refresh.
func newCell[T any](d *Dashboard, what string, refresh time.Duration, load func(context.Context) (T, error)) *cell[T] {
	failing := false // only ever touched by the one running attempt
	// What viewers look for is nobody's business but theirs.
	what, _, _ = strings.Cut(what, " ?")
	return &cell[T]{
		refresh: refresh, patience: patience, slow: slowAnswer, spawn: d.spawn,
		load: func(ctx context.Context) (T, error) {
			var value T
			done, err := d.shelf.slot(ctx)
			if err != nil {
				return value, err
			}
			defer done()
			ctx, cancel := context.WithTimeout(ctx, queryTimeout)
			defer cancel()
			value, err = load(ctx)
			if err != nil && !failing && d.base.Err() == nil {
				d.options.Logger.Warn("dashboard: no answer", "question", what, "err", err)
			}
			failing = err != nil
			return value, err
		},
	}
}
