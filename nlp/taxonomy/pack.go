package taxonomy

import (
	"fmt"
	"slices"
	"strings"
)

// pack is one file as it was written.
type pack struct {
	file        string // as errors name it
	disk        bool   // read from a file of the user's
	name        string
	version     int
	description string
	extends     []text
	below       []*pack // those that extends names
	topics      []entry
	retire      []text
	signals     []entry
	sequences   int     // that the rules make, against maxPackSequences
	problems    []error // found so far
}

// ID is the pack's name and version, as in "core@1".
func (p *pack) ID() string { return fmt.Sprintf("%s@%d", p.name, p.version) }

// sees tells whether p is, or extends, the other.
func (p *pack) sees(other *pack) bool {
	return p == other || slices.ContainsFunc(p.below, func(b *pack) bool { return b.sees(other) })
}

// text is a value with its place in the file.
type text struct {
	value string
	at    place
}

// entry is what one pack says of a topic or a signal.
type entry struct {
	key              text
	label            text // empty where the pack leaves it to others, as are the next two
	stage            text
	touchpoint       text
	include, exclude []rule
	remove           []text
	yes, no          []text
}

// rule is a rule with its name in its topic.
type rule struct {
	id   string
	text text
	tree *tree
}

// The journey stages, in the order in which customers come to them.
var stages = [...]string{"discovery", "inquiry", "purchase", "fulfilment", "usage", "billing", "support", "renewal", "exit"}

// stageNames are the stages as messages list them.
func stageNames() string { return strings.Join(stages[:], ", ") }

func isStage(s string) bool { return slices.Contains(stages[:], s) }

// isName tells whether s is made of a-z, 0-9, underscores and the marks.
func isName(s, marks string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return s != ""
}

// firstLevel is the first of a topic's two levels, and whether it has a second.
func firstLevel(name string) (first string, second bool) {
	first, _, second = strings.Cut(name, ".")
	return first, second
}
