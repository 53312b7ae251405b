package watch

import (
	"cmp"
	"strings"
)

// Key names a series. The zero Key is everything.
type Key struct {
	Channel, Stage string
	Topic          string // first level, which counts all below it, or first.second
	Rule           string // name of a series that the user defined
}

// String is the series for people.
func (k Key) String() string {
	switch {
	case k.Rule != "":
		return k.Rule
	case k.Topic != "":
		return "topic " + k.Topic
	case k.Channel != "" && k.Stage != "":
		return "channel " + k.Channel + ", stage " + k.Stage
	case k.Channel != "":
		return "channel " + k.Channel
	case k.Stage != "":
		return "stage " + k.Stage
	}
	return "all feedback"
}

// parent is the series that k is a part of; false: k is everything.
func (k Key) parent() (Key, bool) {
	switch {
	case k == Key{}:
		return Key{}, false
	case k.Rule == "" && k.Topic != "":
		if first, _, ok := strings.Cut(k.Topic, "."); ok {
			return Key{Topic: first}, true
		}
	case k.Rule == "" && k.Channel != "" && k.Stage != "":
		return Key{Stage: k.Stage}, true
	}
	return Key{}, true
}

// depth is how many parents k has.
func (k Key) depth() int {
	depth := 0
	for p, ok := k.parent(); ok; p, ok = p.parent() {
		depth++
	}
	return depth
}

func (k Key) compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Rule, o.Rule), cmp.Compare(k.Topic, o.Topic), cmp.Compare(k.Channel, o.Channel), cmp.Compare(k.Stage, o.Stage))
}

// SeriesOf are the series that a cell of feedback counts in: of items as a whole (topic
// empty) everything, its channel, its stage and both together; of mentions their topic,
// and the first level of it.
func SeriesOf(channel, stage, topic string) []Key {
	if topic != "" {
		first, _, nested := strings.Cut(topic, ".")
		if nested {
			return []Key{{Topic: first}, {Topic: topic}}
		}
		return []Key{{Topic: topic}}
	}
	keys := []Key{{}, {Channel: channel}}
	if stage != "" {
		keys = append(keys, Key{Stage: stage}, Key{Channel: channel, Stage: stage})
	}
	return keys
}
