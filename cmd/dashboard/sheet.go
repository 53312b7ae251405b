package dashboard

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"
)

// sheet is one page of the dashboard.
type sheet struct {
	path  string
	name  string // of the link to it in the navigation; empty: there is none
	file  string // of its template, which defines "content" and the fragments
	usual window // where the address has none
	// refresh is how often its content may change.
	refresh time.Duration
	// fragments are the parts that change while somebody looks, each one element
	// whose id is its name.
	fragments []string
	// model asks what the page needs, waits, and returns what it shows.
	model func(v *visit) framed

	templates *template.Template
}

// frame is what every page shows. Strings in a model may come from anywhere:
// html/template escapes every one.
type frame struct {
	Title   string // heading of the page
	Version string
	Stream  string // address of the events of this view
	Every   int    // seconds between two looks without scripts
	Pages   []link
	Windows []link // empty: time is no matter
	Phrase  string // "in the last hour"
	Now     moment
	Store   storeState
	Problem string   // that the pipeline reports
	Filters *filters // nil: none
	Class   string   // of the page, for its style
	Still   bool     // nothing on it changes
	Missing bool     // there is no such thing
}

// framed is a model: one that has a frame.
type framed interface{ base() *frame }

func (f *frame) base() *frame { return f }

// link is one choice among several.
type link struct {
	Href, Text string
	Current    bool
}

//go:embed templates/*.html
var templateFiles embed.FS

// usualWindow is the one that a page shows where its address says nothing.
func usualWindow(path string) window {
	if path == overviewPath {
		return lastDay
	}
	return lastWeek
}

// commonFragments are those that every page has.
var commonFragments = []string{"status", "notice"}

// parse reads the sheet's templates: the layout, what pages share, and its own.
func (s *sheet) parse() error {
	var err error
	s.templates, err = template.New("").Funcs(template.FuncMap{
		"asset": assetPath,
		"tone":  labelTone,
	}).ParseFS(templateFiles, "templates/layout.html", "templates/shared.html", "templates/charts.html", "templates/"+s.file)
	return err
}

// labelTone is the class of a label. Only the three known ones become classes.
func labelTone(label string) string {
	switch label {
	case "negative", "positive":
		return label
	default:
		return "neutral"
	}
}

func (s *sheet) fragment(name string, m framed) ([]byte, error) {
	var b bytes.Buffer
	err := s.templates.ExecuteTemplate(&b, name, m)
	return b.Bytes(), err
}

// visit makes what the sheet shows of a view.
func (d *Dashboard) visit(ctx context.Context, s *sheet, v view) (m framed, next time.Time) {
	in := &visit{dashboard: d, sheet: s, view: v, ctx: ctx}
	m = s.model(in)
	in.wait()
	f := m.base()
	f.Version, f.Pages = excerpt(d.options.Version, nameRunes), d.pages(s, v)
	f.Now, f.Store = newMoment(in.now, in.now), in.store()
	f.Phrase, f.Every = v.phrase(), max(int(s.refresh/time.Second), 10)
	if !f.Still {
		f.Stream = "/events" + strings.TrimSuffix(s.path, "/") + v.query(s.usual)
	}
	return m, in.next()
}

// pages are the links to all pages. They keep what the view filters.
func (d *Dashboard) pages(current *sheet, v view) []link {
	var list []link
	for _, s := range d.sheets {
		if s.name != "" {
			list = append(list, link{v.common().moved(current.path, s.path).on(s.path), s.name, s == current})
		}
	}
	if len(d.options.Explainers) > 0 {
		list = append(list, link{explainPath, "Explain", current.path == explainPath})
	}
	return list
}

// moved is the view on another page: a usual window becomes the usual one there.
func (v view) moved(from, to string) view {
	if v.Window == usualWindow(from) {
		v.Window = usualWindow(to)
	}
	return v
}

// switches are the links to the windows that make sense here.
func (v *visit) switches(of ...window) []link {
	var list []link
	for _, w := range of {
		list = append(list, link{v.view.with(func(o *view) { o.Before = time.Time{} }).withWindow(w).on(v.sheet.path), w.title(), w == v.view.Window})
	}
	if v.view.Window == ownPeriod {
		list = append(list, link{v.view.on(v.sheet.path), "Own", true})
	}
	return list
}

// serve answers with the page.
func (d *Dashboard) serve(s *sheet) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, _ := d.visit(r.Context(), s, parseView(r.URL.Query(), s.usual))
		status := http.StatusOK
		if m.base().Missing {
			status = http.StatusNotFound
		}
		d.write(w, s, m, status)
	}
}

// write renders a page whole.
func (d *Dashboard) write(w http.ResponseWriter, s *sheet, m framed, status int) {
	var body bytes.Buffer
	if err := s.templates.ExecuteTemplate(&body, "page", m); err != nil {
		d.options.Logger.Error("dashboard: page not rendered", "page", s.path, "err", err)
		http.Error(w, "The page could not be made; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a viewer who left is no error
}
