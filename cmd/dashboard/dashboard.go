// Package dashboard is the local page of earshot: what customers say right now,
// how they feel about it, and how the pipeline that hears them is doing.
//
// A request passes these steps:
//
//  1. guard: only reads, only for this host, nothing foreign on the page; the form
//     of the page "Explain" may be sent, by that page alone
//  2. view: what to show, from the address
//  3. cells: what ClickHouse and the pipeline last said, asked at most once a
//     refresh for however many viewers, and never while nobody looks
//  4. page: the words and shapes to show
//  5. render: html/template, whole for a page, in fragments for its events
//
// Everything on the page that came from outside is hostile until html/template
// has escaped it; no other way leads there.
package dashboard

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"earshot/pipeline"
)

// Options are what New needs.
type Options struct {
	// Store answers the queries, for example a clickhouse-go connection.
	Store Querier
	// Database holds the views feedback and mentions; default earshot.
	Database string
	// Live says how the running pipeline is doing; nil where there is none, and
	// the page shows only what ClickHouse knows. It may be slow or called at any
	// time, but never twice at once.
	Live func(ctx context.Context) Live
	// Explainers explain what is typed in on the page "Explain", the tier that is
	// asked first in front; without any there is no such page. They must be safe
	// for concurrent use, and have ended when the context does.
	Explainers []TierExplainer
	// Refresh is how often the page changes at most; default 2 s.
	Refresh time.Duration
	// Hosts are further names under which the page may be asked for when it is
	// reached over loopback, for example behind a local proxy.
	Hosts   []string
	Logger  *slog.Logger // default: none
	Version string       // of earshot, for the foot of the page
}

// Dashboard serves the page. It is an http.Handler that is safe for concurrent
// use and works under any server timeouts.
type Dashboard struct {
	options Options
	handler http.Handler
	render  *renderer

	trends  map[window]*cell[trend]
	items   map[pipeline.Channel]*cell[[]*item]
	letters *cell[openLetters]
	live    *cell[liveSample] // nil: no pipeline here

	explaining chan struct{} // holds one: of the viewer who is answered

	base   context.Context // ends with Close
	cancel context.CancelFunc
	mu     sync.Mutex // guards closed against work.Add
	closed bool
	work   sync.WaitGroup
}

const (
	patience   = 1500 * time.Millisecond // how long a page waits for ClickHouse
	slowAnswer = 3 * time.Second         // after this, it does not answer
)

// New returns a dashboard. It asks nobody anything until somebody looks.
func New(o Options) (*Dashboard, error) {
	if o.Store == nil {
		return nil, errors.New("dashboard: no store to ask")
	}
	if o.Database == "" {
		o.Database = "earshot"
	}
	if o.Refresh <= 0 {
		o.Refresh = 2 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	store, err := newStore(o.Store, o.Database)
	if err != nil {
		return nil, err
	}
	render, err := newRenderer()
	if err != nil {
		return nil, err
	}
	d := &Dashboard{options: o, render: render, trends: map[window]*cell[trend]{}, items: map[pipeline.Channel]*cell[[]*item]{}, explaining: make(chan struct{}, 1)}
	d.base, d.cancel = context.WithCancel(context.Background())
	for _, w := range windows {
		d.trends[w] = newCell(d, "trend", func(ctx context.Context) (trend, error) { return store.trend(ctx, w, time.Now()) })
	}
	for _, c := range append(pipeline.Channels(), "") {
		d.items[c] = newCell(d, "latest", func(ctx context.Context) ([]*item, error) { return store.latestOf(ctx, c) })
	}
	d.letters = newCell(d, "dead letters", store.openLetters)
	if o.Live != nil {
		var before liveSample // only ever touched by the one running attempt
		d.live = newCell(d, "pipeline", func(ctx context.Context) (liveSample, error) {
			sample := liveSample{Live: o.Live(ctx), at: time.Now()}
			before = sample.after(before)
			return before, nil
		})
	}
	d.handler = d.guard(d.routes())
	return d, nil
}

// newCell makes a cell whose attempts end with the dashboard and whose failures
// are logged once, not every refresh.
func newCell[T any](d *Dashboard, what string, load func(context.Context) (T, error)) *cell[T] {
	failing := false // only ever touched by the one running attempt
	return &cell[T]{
		refresh: d.options.Refresh, patience: patience, slow: slowAnswer, spawn: d.spawn,
		load: func(ctx context.Context) (T, error) {
			value, err := load(ctx)
			if err != nil && !failing && ctx.Err() == nil {
				d.options.Logger.Warn("dashboard: no answer from ClickHouse", "query", what, "err", err)
			}
			failing = err != nil
			return value, err
		},
	}
}

// spawn runs f until the dashboard is closed; false: it is.
func (d *Dashboard) spawn(f func(context.Context)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	d.work.Go(func() { f(d.base) })
	return true
}

// Close ends the streams of all viewers and the queries that run for them, and
// waits for them. http.Server.Shutdown waits for streams as for any request:
// give Close to its RegisterOnShutdown.
func (d *Dashboard) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.cancel()
	d.work.Wait()
	return nil
}

// ServeHTTP implements http.Handler.
func (d *Dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

func (d *Dashboard) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", d.servePage)
	mux.HandleFunc("/events", d.serveEvents)
	if len(d.options.Explainers) > 0 {
		mux.HandleFunc(explainPath, d.serveExplain)
	}
	mux.HandleFunc("/static/{file}", serveStatic)
	return mux
}

func (d *Dashboard) servePage(w http.ResponseWriter, r *http.Request) {
	p, _ := d.page(r.Context(), parseView(r.URL.Query()))
	var body bytes.Buffer
	if err := d.render.page(&body, p); err != nil {
		d.options.Logger.Error("dashboard: page not rendered", "err", err)
		http.Error(w, "The page could not be made; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body.Bytes()) // a viewer who left is no error
}

// page asks the cells and returns what to show, and when asking again can bring
// something new.
func (d *Dashboard) page(ctx context.Context, v view) (page, time.Time) {
	s := state{view: v}
	var wait sync.WaitGroup
	wait.Go(func() { s.trend = d.trends[v.Window].read(ctx) })
	wait.Go(func() { s.items = d.items[v.Channel].read(ctx) })
	wait.Go(func() { s.letters = d.letters.read(ctx) })
	if d.live != nil {
		wait.Go(func() {
			live := d.live.read(ctx)
			s.live = &live
		})
	}
	wait.Wait()
	s.now = time.Now()
	next := s.trend.until
	if s.items.until.Before(next) {
		next = s.items.until
	}
	if s.letters.until.Before(next) {
		next = s.letters.until
	}
	if s.live != nil && s.live.until.Before(next) {
		next = s.live.until
	}
	p := newPage(s, d.options.Version)
	p.Pages = d.pages("/")
	return p, next
}

// pages are the links to all pages, where there is more than one.
func (d *Dashboard) pages(current string) []link {
	if len(d.options.Explainers) == 0 {
		return nil
	}
	return []link{{"/", "Feedback", current == "/"}, {explainPath, "Explain", current == explainPath}}
}
