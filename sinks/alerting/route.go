package alerting

import (
	"fmt"
	"slices"
	"strings"

	"earshot/pipeline"
)

// Route says whose some alerts are.
type Route struct {
	Match     Match
	Owner     string   // who it is, for people; empty: nobody is named
	Receivers []string // by which they hear; empty: by the default ones
	Continue  bool     // routes behind it are asked too
}

// Routes say whose an alert is and who tells it. They are asked one after the other: the first
// that fits decides, unless it continues. They don't change, so that any number of
// goroutines may ask.
type Routes struct {
	routes   []Route
	defaults []string
}

// Destination is where an alert goes.
type Destination struct {
	Owners    []string // in the order of the routes; empty: no route names one
	Receivers []string // without repeats, never empty unless there are no default ones
}

// NewRoutes checks routes against the names of all receivers. The error names the field,
// the value and what to do.
func NewRoutes(routes []Route, defaults, receivers []string) (*Routes, error) {
	known := func(where string, names []string) error {
		for i, name := range names {
			if !slices.Contains(receivers, name) {
				return fmt.Errorf("%s[%d]: there is no receiver %q; %s", where, i, name, nameOneOf(receivers))
			}
		}
		return nil
	}
	if err := known("default_receivers", defaults); err != nil {
		return nil, err
	}
	for i, r := range routes {
		where := fmt.Sprintf("routes[%d]", i)
		if err := r.Match.validate(where + ".match"); err != nil {
			return nil, err
		}
		if err := known(where+".receivers", r.Receivers); err != nil {
			return nil, err
		}
		if r.Owner == "" && len(r.Receivers) == 0 {
			return nil, fmt.Errorf("%s: neither an owner nor receivers; give one of them, or remove the route", where)
		}
		if len(r.Receivers) == 0 && len(defaults) == 0 {
			return nil, fmt.Errorf("%s.receivers: empty, and there are no default_receivers; name a receiver in either", where)
		}
		if i > 0 && routes[i-1].Match.empty() && !routes[i-1].Continue {
			return nil, fmt.Errorf("%s: never asked, because the route before it fits every alert; move that to the end, or let it continue", where)
		}
	}
	return &Routes{slices.Clone(routes), slices.Clone(defaults)}, nil
}

func nameOneOf(receivers []string) string {
	if len(receivers) == 0 {
		return "add one to receivers"
	}
	return "take one of " + strings.Join(receivers, ", ")
}

// For returns where an alert goes. It may go elsewhere once its severity has changed; who
// has heard that it was raised is to hear that it is resolved.
func (r *Routes) For(a *pipeline.Alert) Destination {
	var d Destination
	add := func(list *[]string, names ...string) {
		for _, name := range names {
			if !slices.Contains(*list, name) {
				*list = append(*list, name)
			}
		}
	}
	for _, route := range r.routes {
		if !route.Match.Fits(a) {
			continue
		}
		if route.Owner != "" {
			add(&d.Owners, route.Owner)
		}
		if len(route.Receivers) == 0 {
			add(&d.Receivers, r.defaults...)
		}
		add(&d.Receivers, route.Receivers...)
		if !route.Continue {
			return d
		}
	}
	if len(d.Receivers) == 0 {
		add(&d.Receivers, r.defaults...)
	}
	return d
}
