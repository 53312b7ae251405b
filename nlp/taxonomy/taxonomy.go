// Package taxonomy finds what a text is about by the rules of packs: files that
// name topics, with the words by which customers speak of them.
//
// The steps, in order. Loading: the packs asked for and those that they extend are
// read (read, decode), their rules parsed (lex, parse) and written out as
// sequences of terms (expand), the packs laid over one another (resolve, merge),
// words given their inflections (inflect), and all rules compiled into one
// automaton (compile). Matching, sentence by sentence: tokens become words
// (words), the automaton finds the phrases of all rules in one pass (match), each
// phrase decides the few rules that watch for it (evaluate), and of matches at one
// place the best is kept (settle). What a message costs doesn't depend on how many
// topics there are.
//
// README.md describes the format of packs and the language of rules.
package taxonomy

import (
	"fmt"
	"slices"
	"strings"

	"earshot/nlp/token"
)

// Kind says what sort of thing a rule finds.
type Kind uint8

// The kinds: topics, and the kinds of signal.
const (
	KindTopic Kind = iota
	KindIntent
	KindEffort
	KindEmotion
	KindUrgency
	KindNoise
)

var kindNames = [...]string{"topic", "intent", "effort", "emotion", "urgency", "noise"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// kindOf is the kind of signal of a name, KindTopic if it is none.
func kindOf(name string) Kind {
	if i := slices.Index(kindNames[:], name); i > 0 {
		return Kind(i)
	}
	return KindTopic
}

// Topic is what a text can be about.
type Topic struct {
	Name       string `json:"name"` // "installation" or "installation.missed_appointment"
	Label      string `json:"label"`
	Stage      string `json:"stage"`      // of the journey
	Touchpoint string `json:"touchpoint"` // where the record names none
	Pack       string `json:"pack"`       // name of the pack that defined it first
}

// Match is a topic or signal found in a text.
type Match struct {
	Kind   Kind
	Name   string      // a topic's name; a signal's without its kind: "legal_threat"
	Rule   string      // "telecom@1/installation.missed_appointment/no_show"
	Tokens token.Range // within one sentence
	Span   token.Span  // of those tokens
}

// Taxonomy is the topics and signals of several packs. It doesn't change and may
// be used by many at once.
type Taxonomy struct {
	id          string
	packs       []*pack // those extended before those that extend them
	asked       []*pack
	definitions []definition
	topics      []Topic
	byName      map[string]int // topics
	machine     *machine
}

// Load reads packs: built-in ones by name, others by path (a name with a / or the
// ending .yaml or .yml). Packs that they extend are read as well, and so is the
// built-in pack "signals", before all others. What is wrong with a pack is an
// *Error, or several joined by errors.Join.
func Load(names ...string) (*Taxonomy, error) {
	return newTaxonomy(&loader{}, names)
}

func newTaxonomy(l *loader, names []string) (*Taxonomy, error) {
	if err := l.load(names); err != nil {
		return nil, err
	}
	t := &Taxonomy{packs: l.packs, asked: l.asked, byName: map[string]int{}}
	var ids []string
	for _, p := range l.asked {
		ids = append(ids, p.ID())
	}
	t.id = strings.Join(ids, "+")
	var err error
	if t.definitions, err = merge(l.packs); err != nil {
		return nil, err
	}
	for i := range t.definitions {
		if d := &t.definitions[i]; d.kind == KindTopic {
			t.byName[d.topic.Name] = len(t.topics)
			t.topics = append(t.topics, d.topic)
		}
	}
	if t.machine, err = compile(t.definitions); err != nil {
		return nil, err
	}
	for _, d := range t.definitions {
		for _, s := range d.rules {
			s.tree.forget()
		}
	}
	return t, nil
}

// ID names the packs asked for with their versions, in order: "core@1+telecom@1".
func (t *Taxonomy) ID() string { return t.id }

// Topics are all topics, sorted by name.
func (t *Taxonomy) Topics() []Topic { return slices.Clone(t.topics) }

// Topic returns the topic of a name, false if there is none.
func (t *Taxonomy) Topic(name string) (Topic, bool) {
	i, found := t.byName[name]
	if !found {
		return Topic{}, false
	}
	return t.topics[i], true
}

// Files are the paths of the files that it was read from, in order; built-in packs
// have none.
func (t *Taxonomy) Files() []string {
	var files []string
	for _, p := range t.packs {
		if p.disk {
			files = append(files, p.file)
		}
	}
	return files
}
