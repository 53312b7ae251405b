// Package dashboard is the local site of earshot: what hurts customers, where in
// their journey, what they say right now, and how the pipeline that hears them is
// doing.
//
// A request passes these steps:
//
//  1. guard: only reads, only for this host, nothing foreign on the page; the form
//     of the page "Explain" may be sent, by that page alone
//  2. view: what to show, from the address
//  3. sheet: which page it is; visit: what it asks for
//  4. cells: what ClickHouse and the pipeline last said, asked at most once a
//     refresh for however many viewers, and never while nobody looks
//  5. the page's model: the words and shapes to show
//  6. html/template, whole for a page, in fragments for its events
//
// Everything on a page that came from outside is hostile until html/template
// has escaped it; no other way leads there.
package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Options are what New needs.
type Options struct {
	// Store answers the queries, for example a clickhouse-go connection.
	Store Querier
	// Database holds the views of the contract; default earshot.
	Database string
	// Live says how the running pipeline is doing; nil where there is none, and
	// the pages show only what ClickHouse knows. It may be slow or called at any
	// time, but never twice at once.
	Live func(ctx context.Context) Live
	// Explainers explain what is typed in on the page "Explain", the tier that is
	// asked first in front; without any there is no such page. They must be safe
	// for concurrent use, and have ended when the context does.
	Explainers []TierExplainer
	// Refresh is how often pages change at most; default 2 s.
	Refresh time.Duration
	// Hosts are further names under which the site may be asked for when it is
	// reached over loopback, for example behind a local proxy.
	Hosts   []string
	Logger  *slog.Logger // default: none
	Version string       // of earshot, for the foot of the page
}

// Dashboard serves the site. It is an http.Handler that is safe for concurrent
// use and works under any server timeouts.
type Dashboard struct {
	options Options
	handler http.Handler
	store   *store
	sheets  []*sheet // in the order of the navigation
	explain *sheet

	shelf *shelf
	live  *cell[liveSample] // nil: no pipeline here

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
	d := &Dashboard{options: o, store: store, shelf: newShelf(), sheets: sheets(), explain: explainSheet(), explaining: make(chan struct{}, 1)}
	for _, s := range append(d.sheets, d.explain) {
		if err := s.parse(); err != nil {
			return nil, err
		}
	}
	d.base, d.cancel = context.WithCancel(context.Background())
	if o.Live != nil {
		var before liveSample // only ever touched by the one running attempt
		d.live = newCell(d, "pipeline", o.Refresh, func(ctx context.Context) (liveSample, error) {
			sample := liveSample{Live: o.Live(ctx), at: time.Now()}
			before = sample.after(before)
			return before, nil
		})
	}
	d.handler = d.guard(d.routes())
	return d, nil
}

// sheets are the pages but for "Explain", in the order of the navigation.
func sheets() []*sheet {
	return []*sheet{
		overviewSheet(), painsSheet(), journeySheet(), feedSheet(), improvementsSheet(), alertsSheet(), pipelineSheet(),
		topicSheet(), itemSheet(), customerSheet(),
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
	for _, s := range d.sheets {
		if s.path == overviewPath {
			mux.HandleFunc("/{$}", d.serve(s))
			mux.HandleFunc("/events", d.serveEvents(s))
			continue
		}
		mux.HandleFunc(s.path, d.serve(s))
		mux.HandleFunc("/events"+s.path, d.serveEvents(s))
	}
	if len(d.options.Explainers) > 0 {
		mux.HandleFunc(explainPath, d.serveExplain)
	}
	mux.HandleFunc("/static/{file}", serveStatic)
	return mux
}
