package taxonomy

import (
	"earshot/nlp/segment"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestZStat(t *testing.T) {
	fs, _ := filepath.Glob("/tmp/yt/packs/*.yaml")
	tax, err := newTaxonomy(&loader{alone: true}, fs)
	if err != nil {
		t.Fatal(err)
	}
	m := tax.NewMatcher()
	mm := tax.machine
	fmt.Println("words", len(mm.words), "nodes", len(mm.children), "edges", len(mm.edges), "phrases", len(mm.watchers), "symbols", len(mm.roots), "rules", len(mm.rules), "watching", len(mm.watching), "groups", len(mm.groups))
	data, _ := os.ReadFile("../corpus/voice.train.tsv")
	lines := strings.Split(string(data), "\n")[:3000]
	var toks, syms, act, steps, found, evals, hits, sent int
	for _, l := range lines {
		f := strings.Split(l, "\t")
		if len(f) < 2 {
			continue
		}
		var x segment.Text
		x.Read(f[1], nil, "en")
		toks += len(x.Tokens)
		for _, s := range x.Sentences {
			sent++
			m.sentence(&x, s.Range)
			syms += len(m.symbols)
			found += len(m.found)
			hits += len(m.hits)
			for _, o := range m.found {
				w := mm.watchers[o.phrase]
				evals += int(w.to - w.from)
			}
			// simulate
			m.active = m.active[:0]
			for i := range m.words {
				ss := m.words[i].symbols
				m.next = m.next[:0]
				for _, sy := range ss {
					if n := mm.roots[sy]; n > 0 {
						m.reached(n, int32(i), int32(i))
					}
				}
				for _, a := range m.active {
					act++
					for _, sy := range ss {
						steps++
						if n := step(mm.edges[mm.children[a.node].from:mm.children[a.node].to], sy); n > 0 {
							m.reached(n, a.from, int32(i))
						}
					}
				}
				m.active, m.next = m.next, m.active
			}
		}
	}
	n := float64(toks) / 35
	fmt.Println("per 35 tokens: symbols", float64(syms)/n, "active", float64(act)/n, "steps", float64(steps)/n, "found", float64(found)/n, "evals", float64(evals)/n, "hits", float64(hits)/n, "sentences", float64(sent)/n)
}
