package taxonomy

import (
	"fmt"
	"slices"
	"strings"

	"earshot/nlp/segment"
)

// Failure is an example of a pack that its rules don't hear as it says.
type Failure struct {
	Topic   string   `json:"topic"`   // or signal, with its kind: "urgency.legal_threat"
	Place   string   `json:"place"`   // file:line:column of the example
	Example string   `json:"example"` // the text
	Want    bool     `json:"want"`    // whether the topic should have been found
	Found   []string `json:"found"`   // what was: the topic, the words and the rule, as "billing “bill” (core@1/billing/1)"
}

func (f Failure) String() string {
	want := "should not be"
	if f.Want {
		want = "should be"
	}
	found := "nothing"
	if len(f.Found) > 0 {
		found = strings.Join(f.Found, ", ")
	}
	return fmt.Sprintf("%s: %q %s %s; found: %s", f.Place, f.Example, want, f.Topic, found)
}

// Test runs the examples of the packs that were asked for and returns those that
// fail, and how many were run. An example of a first level is fulfilled by its
// second levels, too.
func (t *Taxonomy) Test() (failures []Failure, run int) {
	failures = []Failure{}
	m := t.NewMatcher()
	var read segment.Text
	for i := range t.definitions {
		d := &t.definitions[i]
		for _, list := range [...]struct {
			examples []example
			want     bool
		}{{d.yes, true}, {d.no, false}} {
			for _, e := range list.examples {
				if !slices.Contains(t.asked, e.pack) {
					continue
				}
				run++
				read.Read(e.value, nil, "en")
				matches := m.Match(&read)
				if slices.ContainsFunc(matches, d.isFoundBy) != list.want {
					failures = append(failures, Failure{d.key, e.at.String(), e.value, list.want, found(e.value, matches)})
				}
			}
		}
	}
	return failures, run
}

// isFoundBy tells whether a match stands for the definition.
func (d *definition) isFoundBy(m Match) bool {
	return m.Kind == d.kind && (m.Name == d.topic.Name || d.kind == KindTopic && strings.HasPrefix(m.Name, d.topic.Name+"."))
}

// found shows matches.
func found(text string, matches []Match) []string {
	all := []string{}
	for _, m := range matches {
		name := m.Name
		if m.Kind != KindTopic {
			name = m.Kind.String() + "." + name
		}
		all = append(all, fmt.Sprintf("%s “%s” (%s)", name, text[m.Span.Start:m.Span.End], m.Rule))
	}
	return all
}
