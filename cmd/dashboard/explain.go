package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"earshot/nlp"
)

// Explainer says why a text feels as it does, for example *nlp.Analyzer.
type Explainer interface {
	Explain(ctx context.Context, d nlp.Document) (nlp.Explanation, error)
}

// TierExplainer explains in one tier.
type TierExplainer struct {
	Tier string // nlp.TierFast or nlp.TierDeep
	Explainer
}

const explainPath = "/explain"

func explainSheet() *sheet { return &sheet{path: explainPath, file: "explain.html"} }

const (
	// textLimit is the longest text and titleLimit the longest title that are
	// explained here, in bytes. A form can write each byte in three.
	textLimit  = 20_000
	titleLimit = 500
	formLimit  = 3*(textLimit+titleLimit) + 4096

	explainPatience = 20 * time.Second
)

// asked is what a viewer wants explained. It comes in the body of a request, never
// in its address: addresses are logged, shared and remembered.
type asked struct {
	Tier, Title, Text string
}

// askedError says what is wrong with what was asked, and how the answer's status
// says it.
type askedError struct {
	status  int
	problem string
}

func (e *askedError) Error() string { return e.problem }

// serveExplain answers with the form, and below it with what was asked.
func (d *Dashboard) serveExplain(w http.ResponseWriter, r *http.Request) {
	// Of a page that sends no referrer, browsers do not say where a form was
	// sent from. The guard wants to know.
	w.Header().Set("Referrer-Policy", "same-origin")
	p := d.newExplainPage()
	status := http.StatusOK
	if r.Method == http.MethodPost {
		a, err := d.parseAsked(w, r)
		p.fill(a)
		if err == nil {
			p.Answer, err = d.answer(r.Context(), a)
		}
		if err != nil {
			status, p.Problem = d.problem(err)
		}
	}
	d.write(w, d.explain, p, status)
}

// parseAsked reads the form. What it returns beside an error is what can be shown
// again.
func (d *Dashboard) parseAsked(w http.ResponseWriter, r *http.Request) (asked, error) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return asked{}, &askedError{http.StatusRequestEntityTooLarge, tooLong("The text", "more than "+count(textLimit), textLimit)}
		}
		return asked{}, &askedError{http.StatusBadRequest, "The form could not be read."}
	}
	a := asked{
		Tier:  r.PostForm.Get("tier"),
		Title: strings.TrimSpace(valid(r.PostForm.Get("title"))),
		Text:  strings.TrimRight(valid(r.PostForm.Get("text")), " \n"),
	}
	switch {
	case len(a.Text) > textLimit:
		return a, &askedError{http.StatusRequestEntityTooLarge, tooLong("The text", count(len(a.Text)), textLimit)}
	case len(a.Title) > titleLimit:
		return a, &askedError{http.StatusRequestEntityTooLarge, tooLong("The title", count(len(a.Title)), titleLimit)}
	case a.Text == "" && a.Title == "":
		return a, &askedError{http.StatusUnprocessableEntity, "There is no text yet: type what a customer said."}
	}
	return a, nil
}

// valid is what a browser sent, in UTF-8 and with the line breaks that were typed.
func valid(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
}

func tooLong(what, bytes string, limit int) string {
	return fmt.Sprintf("%s has %s bytes; up to %s are explained here. “earshot analyze --explain” takes texts of any length.", what, bytes, count(limit))
}

// answer asks the explainer of the tier, for one viewer at a time: the pipeline
// needs the cores as well.
func (d *Dashboard) answer(ctx context.Context, a asked) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, explainPatience)
	defer cancel()
	defer context.AfterFunc(d.base, cancel)() // Close ends it
	select {
	case d.explaining <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-d.explaining }()
	begun := time.Now()
	e, err := d.explainer(a.Tier).Explain(ctx, nlp.Document{Title: a.Title, Text: a.Text})
	if err != nil {
		return nil, err
	}
	return newAnswer(&e, time.Since(begun)), nil
}

// explainer is that of the tier; of one that is not there, the first.
func (d *Dashboard) explainer(tier string) TierExplainer {
	for _, e := range d.options.Explainers {
		if e.Tier == tier {
			return e
		}
	}
	return d.options.Explainers[0]
}

// problem is what a viewer is told of an error. The text itself is never logged.
func (d *Dashboard) problem(err error) (status int, words string) {
	var asked *askedError
	switch {
	case errors.As(err, &asked):
		return asked.status, asked.problem
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "No explanation within " + span(explainPatience) + ": this machine is busy. Try again, a shorter text, or the fast tier."
	case errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable, "The page is shutting down."
	}
	d.options.Logger.Warn("dashboard: no explanation", "err", err)
	return http.StatusInternalServerError, "No explanation: " + excerpt(err.Error(), 300)
}
