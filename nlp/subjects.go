package nlp

import (
	"fmt"
	"math"
	"os"
	"slices"
	"sync"

	"earshot/nlp/lane"
	"earshot/nlp/tag"
	"earshot/nlp/taxonomy"
)

// Subjects say what is listened for in a text, beside how it feels.
type Subjects struct {
	// Taxonomy lists packs: built-in ones by name, others by the path of their
	// file. Nil means all that are built in.
	Taxonomy []string
	// Lanes are the files of learned topics, which `earshot train --task topics`
	// writes.
	Lanes []string
	// Targets are terms whose own sentiment is asked for in every text, beside
	// those of the document.
	Targets []string
}

const signalsPack = "signals"

// subjects are Subjects, read and ready.
type subjects struct {
	name     string
	taxonomy *taxonomy.Taxonomy
	lanes    []*lane.Model
	targets  []term
	builtIn  map[string]bool // packs that ship
	// likelier is how much likelier, in log odds, each topic of the models is than
	// among feedback of all industries, where a rule met its words.
	likelier []float64
}

// everyPack loads all packs that are built in, once for the process: reading and
// compiling them takes the better part of a second.
var everyPack = sync.OnceValues(func() (*taxonomy.Taxonomy, error) {
	return taxonomy.Load(slices.DeleteFunc(taxonomy.Names(), func(name string) bool { return name == signalsPack })...) // which is always there
})

func readSubjects(s Subjects) (*subjects, error) {
	out := &subjects{targets: termsOf(s.Targets), builtIn: map[string]bool{}}
	for _, name := range taxonomy.Names() {
		out.builtIn[name] = true
	}
	load := everyPack
	if s.Taxonomy != nil {
		load = func() (*taxonomy.Taxonomy, error) { return taxonomy.Load(s.Taxonomy...) }
	}
	var err error
	if out.taxonomy, err = load(); err != nil {
		return nil, err
	}
	out.likelier = likelier(out.taxonomy, out.builtIn)
	out.name = out.taxonomy.ID()
	names := map[string]string{}
	for _, file := range s.Lanes {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		m, err := lane.Read(data)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", file, err)
		}
		if other, taken := names[m.Name()]; taken {
			return nil, fmt.Errorf("model %s: its name %q is that of %s too; train one of them under another name", file, m.Name(), other)
		}
		names[m.Name()] = file
		out.lanes = append(out.lanes, m)
		out.name += "+" + m.Name()
	}
	return out, nil
}

// corePack holds what every business is spoken of for; each other built-in pack is of
// an industry.
const corePack = "core"

// likelier finds how much likelier topics of industries are where only some of the
// industries are listened for: who loads the telecom pack alone has telecom customers.
// The models were taught on all industries alike.
func likelier(t *taxonomy.Taxonomy, builtIn map[string]bool) []float64 {
	industries, loaded := 0, map[string]bool{}
	for name := range builtIn {
		if name != corePack && name != signalsPack {
			industries++
		}
	}
	for _, topic := range t.Topics() {
		if topic.Pack != corePack && builtIn[topic.Pack] {
			loaded[topic.Pack] = true
		}
	}
	var shifts []float64
	for l, to := tag.Topic.Bounds(); l < to; l++ {
		shift := 0.
		if topic, known := t.Topic(l.String()); known && loaded[topic.Pack] {
			shift = math.Log(float64(industries) / float64(len(loaded)))
		}
		shifts = append(shifts, shift)
	}
	return shifts
}

// Reload replaces what is listened for. Documents under way are finished with what
// was there before; after an error all stays as it was.
func (a *Analyzer) Reload(s Subjects) error {
	read, err := readSubjects(s)
	if err != nil {
		return err
	}
	a.subjects.Store(read)
	return nil
}

// Taxonomy names the packs and their versions: "core@1+telecom@3", and the lanes
// behind them.
func (a *Analyzer) Taxonomy() string { return a.subjects.Load().name }

// Files are those that the taxonomy and the lanes' packs were read from; none of
// what is built in.
func (a *Analyzer) Files() []string { return a.subjects.Load().taxonomy.Files() }

// attend makes a hearing ready for what is listened for now.
func (h *hearing) attend(s *subjects) {
	if h.subjects == s {
		return
	}
	h.subjects = s
	h.matcher = s.taxonomy.NewMatcher()
	h.scratch = make([]lane.Scratch, len(s.lanes))
}
