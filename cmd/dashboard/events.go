package dashboard

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"time"
)

// writeTimeout is how long a viewer may take to read one event. It replaces the
// server's own timeout, which no stream would survive.
const writeTimeout = 10 * time.Second

// serveEvents streams the fragments of a view of a sheet: all of them at first, then
// those that changed. The stream ends when the viewer goes, when the context of the
// request ends, or with Close.
func (d *Dashboard) serveEvents(s *sheet) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		done := make(chan struct{})
		if !d.spawn(func(base context.Context) {
			select {
			case <-base.Done():
				cancel()
				<-done // Close waits for the stream
			case <-done:
			}
		}) {
			http.Error(w, "The page is shutting down.", http.StatusServiceUnavailable)
			return
		}
		defer close(done)

		h := w.Header()
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // proxies: pass events on as they come
		if r.Method == http.MethodHead {
			return
		}
		d.stream(ctx, w, s, parseView(r.URL.Query(), s.usual))
	}
}

// stream writes events until ctx ends or the viewer is gone.
func (d *Dashboard) stream(ctx context.Context, w http.ResponseWriter, s *sheet, v view) {
	out := http.NewResponseController(w)
	last := map[string][]byte{}
	message := []byte("retry: 2000\n\n")
	for {
		m, next := d.visit(ctx, s, v)
		if ctx.Err() != nil {
			return
		}
		for _, name := range slices.Concat(commonFragments, s.fragments) {
			html, err := s.fragment(name, m)
			if err != nil {
				d.options.Logger.Error("dashboard: fragment not rendered", "page", s.path, "fragment", name, "err", err)
				return
			}
			if !bytes.Equal(html, last[name]) {
				message = appendEvent(message, html)
				last[name] = html
			}
		}
		// Servers that cannot set a deadline have none to be extended.
		_ = out.SetWriteDeadline(time.Now().Add(writeTimeout))
		if _, err := w.Write(message); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		message = message[:0]
		if !sleep(ctx, max(time.Until(next), 50*time.Millisecond)) {
			return
		}
	}
}

// appendEvent adds one server-sent event that carries html. Every line of it,
// however it ends, becomes a data line: nothing in it can begin another event.
func appendEvent(message, html []byte) []byte {
	html = bytes.ReplaceAll(html, []byte("\r"), []byte("\n"))
	message = append(message, "event: fragment\n"...)
	for line := range bytes.SplitSeq(html, []byte("\n")) {
		message = append(message, "data: "...)
		message = append(message, line...)
		message = append(message, '\n')
	}
	return append(message, '\n')
}

// sleep waits for d; false: ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
