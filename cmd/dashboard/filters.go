package dashboard

import (
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// choices are what filters can choose, by kind, the most frequent first.
type choices map[string][]string

// fetchChoices asks for the segments, products and topics that can be chosen.
func (v *visit) fetchChoices() *reading[choices] {
	d := v.dashboard
	return fetchEvery(v, time.Minute, "choices", func(ctx context.Context) (choices, error) { return d.store.choices(ctx, time.Now()) })
}

// choices reads those of the last 30 days that have feedback.
func (s *store) choices(ctx context.Context, now time.Time) (choices, error) {
	newest, there, err := s.newest(ctx, period{always.from, futureView(now).From})
	if err != nil || !there {
		return choices{}, err
	}
	to, of := newest.Add(time.Hour), choices{}
	err = s.rows(ctx, s.sql["choices"], during(period{to.Add(-lastMonth.length()), to}), func(rows driver.Rows) error {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return err
		}
		of[kind] = append(of[kind], name)
		return nil
	})
	return of, err
}

// filterKind is one that a page has.
type filterKind string

const (
	filterChannel filterKind = "channel"
	filterStage   filterKind = "stage"
	filterSegment filterKind = "segment"
	filterProduct filterKind = "product"
	filterLabel   filterKind = "label"
	filterTopic   filterKind = "topic"
	filterSearch  filterKind = "q"
)

// filters is the form that narrows a page. What it does not ask for is kept.
type filters struct {
	Action  string
	Keep    []keptValue
	Search  *string // nil: nothing to search
	Selects []selection
	Reset   string // address without any; empty: none is set
}

type keptValue struct{ Name, Value string }

// selection is a filter that has choices.
type selection struct {
	Name, Title string
	Options     []option
}

type option struct {
	Value, Text string
	Chosen      bool
}

var stageOrder = []string{"discovery", "inquiry", "purchase", "fulfilment", "usage", "billing", "support", "renewal", "exit"}

// filters makes the form with some kinds.
func (v *visit) filters(known choices, kinds ...filterKind) *filters {
	f := &filters{Action: v.sheet.path}
	o := v.view
	if o.Window == ownPeriod {
		f.keep("from", writeTime(o.From))
		f.keep("to", writeTime(o.To))
	} else if o.Window != v.sheet.usual {
		f.keep("window", string(o.Window))
	}
	if o.Broad {
		f.keep("topics", "broad")
	}
	if o.Customer != "" {
		f.keep("customer", o.Customer)
	}
	values := map[filterKind]string{
		filterChannel: string(o.Channel), filterStage: o.Stage, filterSegment: o.Segment, filterProduct: o.Product, filterLabel: o.Label, filterTopic: o.Topic, filterSearch: o.Search,
	}
	set := false
	for _, kind := range []filterKind{filterSearch, filterChannel, filterStage, filterTopic, filterSegment, filterProduct, filterLabel} {
		value := values[kind]
		if !slices.Contains(kinds, kind) {
			f.keep(string(kind), value)
			continue
		}
		set = set || value != ""
		if kind == filterSearch {
			f.Search = &value
			continue
		}
		f.Selects = append(f.Selects, newSelection(kind, value, known))
	}
	if set {
		f.Reset = view{Window: o.Window, From: o.From, To: o.To, Broad: o.Broad, Customer: o.Customer}.on(v.sheet.path)
	}
	return f
}

func (f *filters) keep(name, value string) {
	if value != "" {
		f.Keep = append(f.Keep, keptValue{name, value})
	}
}

func newSelection(kind filterKind, value string, known choices) selection {
	title := map[filterKind]string{filterChannel: "Channel", filterStage: "Stage", filterSegment: "Segment", filterProduct: "Product", filterLabel: "Sentiment", filterTopic: "Topic"}[kind]
	s := selection{Name: string(kind), Title: title, Options: []option{{"", "All", value == ""}}}
	add := func(value, text string, chosen bool) {
		s.Options = append(s.Options, option{value, excerpt(text, nameRunes), chosen})
	}
	switch kind {
	case filterChannel:
		for _, c := range pipeline.Channels() {
			add(string(c), channelTitles[c], string(c) == value)
		}
		return s
	case filterLabel:
		for _, l := range []string{"negative", "neutral", "positive"} {
			add(l, l, l == value)
		}
		return s
	}
	names := slices.Clone(known[string(kind)])
	if kind == filterStage {
		names = append(slices.Clone(stageOrder), unknownStage)
	}
	if value != "" && !slices.Contains(names, value) {
		names = append([]string{value}, names...)
	}
	for _, n := range names {
		add(n, n, n == value)
	}
	return s
}
