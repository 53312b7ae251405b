package taxonomy

import (
	"cmp"
	"slices"
	"strings"
)

// definition is a topic or signal as all packs together define it.
type definition struct {
	kind    Kind
	key     string // as packs write it: a signal's with its kind
	topic   Topic  // of a signal only Name, Label and Pack
	at      place  // where it was defined first
	pack    *pack  // that did
	rules   []source
	yes, no []example
}

// source is a rule with where it comes from.
type source struct {
	rule
	pack    *pack
	exclude bool
	name    string // "telecom@1/installation/2"
}

// example is a text with where it comes from.
type example struct {
	text
	pack *pack
}

// merge lays packs over one another, in order, and returns what they define,
// sorted by kind and key.
func merge(packs []*pack) ([]definition, error) {
	m := merger{all: map[string]*definition{}}
	for _, p := range packs {
		for _, r := range p.retire {
			if err := m.retire(r); err != nil {
				return nil, err
			}
		}
		for _, e := range p.topics {
			if err := m.lay(p, e, KindTopic); err != nil {
				return nil, err
			}
		}
		for _, e := range p.signals {
			kind, _ := firstLevel(e.key.value)
			if err := m.lay(p, e, kindOf(kind)); err != nil {
				return nil, err
			}
		}
	}
	return m.done()
}

type merger struct {
	all map[string]*definition // by kind and key
}

func id(kind Kind, key string) string { return kind.String() + " " + key }

// retire takes away a topic with its second level, or a signal.
func (m *merger) retire(r text) error {
	found := false
	for key, d := range m.all {
		if d.key == r.value || strings.HasPrefix(d.key, r.value+".") {
			delete(m.all, key)
			found = true
		}
	}
	if !found {
		return r.at.errorf("retire: no pack that this one extends has a topic %q", r.value)
	}
	return nil
}

// lay adds what a pack says of a topic or signal to what is there.
func (m *merger) lay(p *pack, e entry, kind Kind) error {
	d := m.all[id(kind, e.key.value)]
	if d == nil {
		d = &definition{kind: kind, key: e.key.value, at: e.key.at, pack: p}
		d.topic.Name, d.topic.Pack = e.key.value, p.name
		m.all[id(kind, e.key.value)] = d
	}
	d.topic.Label = cmp.Or(e.label.value, d.topic.Label)
	d.topic.Stage = cmp.Or(e.stage.value, d.topic.Stage)
	d.topic.Touchpoint = cmp.Or(e.touchpoint.value, d.topic.Touchpoint)
	for _, r := range e.remove {
		before := len(d.rules)
		d.rules = slices.DeleteFunc(d.rules, func(s source) bool { return s.id == r.value || s.name == r.value })
		if len(d.rules) == before {
			return r.at.errorf("remove: no pack that this one extends has a rule %q of %s", r.value, e.key.value)
		}
	}
	for _, r := range e.include {
		d.rules = append(d.rules, source{rule: r, pack: p, name: p.ID() + "/" + e.key.value + "/" + r.id})
	}
	for _, r := range e.exclude {
		d.rules = append(d.rules, source{rule: r, pack: p, exclude: true, name: p.ID() + "/" + e.key.value + "/" + r.id})
	}
	for _, t := range e.yes {
		d.yes = append(d.yes, example{t, p})
	}
	for _, t := range e.no {
		d.no = append(d.no, example{t, p})
	}
	return nil
}

// done completes second levels by their first, and checks that all is there.
func (m *merger) done() ([]definition, error) {
	var all []definition
	for _, d := range m.all {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b definition) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), strings.Compare(a.key, b.key))
	})
	for i := range all {
		d := &all[i]
		first, second := firstLevel(d.key)
		if d.topic.Label == "" {
			return nil, d.at.errorf("%s: label is missing: its name as people read it", d.key)
		}
		if d.kind != KindTopic {
			_, d.topic.Name, _ = strings.Cut(d.key, ".")
			continue
		}
		if second {
			above := m.all[id(KindTopic, first)]
			if above == nil {
				return nil, d.at.errorf("%s: there is no topic %s: define the first level as well", d.key, first)
			}
			d.topic.Stage = cmp.Or(d.topic.Stage, above.topic.Stage)
			d.topic.Touchpoint = cmp.Or(d.topic.Touchpoint, above.topic.Touchpoint)
		}
		if d.topic.Stage == "" {
			return nil, d.at.errorf("%s: stage is missing: one of %s", d.key, stageNames())
		}
		if d.topic.Touchpoint == "" {
			return nil, d.at.errorf("%s: touchpoint is missing: where customers meet it, as in field_visit", d.key)
		}
	}
	return all, nil
}
