package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/nlp"
)

// watchInterval is how often the files of the taxonomy are looked at. Looking is
// cheap, and finds what notifications miss: mounted configuration is swapped by
// links.
const watchInterval = time.Second

// reloader replaces what is listened for while the service runs. What can't be
// read leaves the last good taxonomy in place.
type reloader struct {
	every   time.Duration // between looks at the files
	log     *slog.Logger
	loaded  *prometheus.CounterVec
	healthy prometheus.Gauge

	subjects atomic.Pointer[nlp.Subjects] // in use

	mu    sync.Mutex                 // one reload at a time
	tell  []func(nlp.Subjects) error // the analyzers
	name  func() string              // of the taxonomy
	files func() []string
	seen  []stamp
}

// stamp is how a file was when it was last looked at.
type stamp struct {
	file string
	size int64
	at   time.Time
	err  string
}

func newReloader(analyzer *nlp.Analyzer, subjects nlp.Subjects, log *slog.Logger, reg prometheus.Registerer) *reloader {
	r := &reloader{
		every: watchInterval, log: log, name: analyzer.Taxonomy,
		files: func() []string { return analyzer.Files() },
		tell:  []func(nlp.Subjects) error{analyzer.Reload},
		loaded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "earshot_taxonomy_reloads_total", Help: "Reloads of the taxonomy and of learned topics, by result: ok or failed.",
		}, []string{"result"}),
		healthy: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "earshot_taxonomy_last_reload_successful",
			Help: "1 if the taxonomy in use is the one in the files; 0 if these can't be read and the last good one is in use.",
		}),
	}
	r.subjects.Store(&subjects)
	for _, result := range []string{"ok", "failed"} {
		r.loaded.WithLabelValues(result)
	}
	r.healthy.Set(1)
	reg.MustRegister(r.loaded, r.healthy)
	r.seen = r.look()
	return r
}

// reload reads the subjects and replaces those in use; nil reads the files of the
// present ones again.
func (r *reloader) reload(subjects *nlp.Subjects) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := r.now()
	if subjects != nil {
		wanted = *subjects
	}
	r.seen = r.look()
	before := r.name()
	for _, tell := range r.tell {
		if err := tell(wanted); err != nil {
			r.failed(err)
			return err
		}
	}
	r.subjects.Store(&wanted)
	r.seen = r.look() // there may be other files now
	r.loaded.WithLabelValues("ok").Inc()
	r.healthy.Set(1)
	r.log.Info("taxonomy reloaded", "taxonomy", r.name(), "before", before)
	return nil
}

// failed says that what was to be loaded can't be.
func (r *reloader) failed(err error) {
	r.loaded.WithLabelValues("failed").Inc()
	r.healthy.Set(0)
	r.log.Error("taxonomy not reloaded: the last good one stays in use", "taxonomy", r.name(), "error", err)
}

// also tells another analyzer of every reload.
func (r *reloader) also(tell func(nlp.Subjects) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell = append(r.tell, tell)
}

// now are the subjects in use. It waits for no reload: an explainer asks while one
// may be telling it.
func (r *reloader) now() nlp.Subjects { return *r.subjects.Load() }

// run reloads when a file changes, until ctx ends. A file that changes is read
// once it has stood still for an interval: half a file is no taxonomy.
func (r *reloader) run(ctx context.Context) error {
	ticks := time.NewTicker(r.every)
	defer ticks.Stop()
	last := r.seen
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		r.mu.Lock()
		seen, current := r.seen, r.look()
		r.mu.Unlock()
		if !slices.Equal(current, seen) && slices.Equal(current, last) {
			_ = r.reload(nil) // it was said in the log and the metrics
		}
		last = current
	}
}

// look looks at the files of packs and lanes.
func (r *reloader) look() []stamp {
	var stamps []stamp
	for _, file := range slices.Concat(r.files(), r.now().Lanes) {
		s := stamp{file: file}
		info, err := os.Stat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.err = "missing"
		case err != nil:
			s.err = err.Error()
		default:
			s.size, s.at = info.Size(), info.ModTime()
		}
		stamps = append(stamps, s)
	}
	return stamps
}

// Reload replaces what the service listens for. After an error the last good
// taxonomy stays in use; that is in the log and the metrics, too.
func (s *Service) Reload(subjects nlp.Subjects) error { return s.reloader.reload(&subjects) }

// NotReloaded says, in the log and the metrics, that there is nothing to reload
// from: the configuration can't be read.
func (s *Service) NotReloaded(err error) {
	s.reloader.mu.Lock()
	defer s.reloader.mu.Unlock()
	s.reloader.failed(fmt.Errorf("configuration: %w", err))
}
