package taxonomy_test

import (
	"earshot/nlp/segment"
	"earshot/nlp/taxonomy"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
func TestZLint(t *testing.T) {
	fs, _ := filepath.Glob("/tmp/yt/packs/*.yaml")
	c := cpu()
	tax, err := taxonomy.LoadAlone(fs...)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("load", cpu()-c)
	c = cpu()
	taxonomy.Lint(tax)
	fmt.Println("lint", cpu()-c)
}
func TestZSpeed(t *testing.T) {
	fs, _ := filepath.Glob("/tmp/yt/packs/*.yaml")
	tax, err := taxonomy.LoadAlone(fs...)
	if err != nil {
		t.Fatal(err)
	}
	m := tax.NewMatcher()
	var text segment.Text
	text.Read(message, nil, "en")
	n := len(m.Match(&text))
	c := cpu()
	for range 50000 {
		m.Match(&text)
	}
	fmt.Println("message", (cpu()-c)/50000, n, len(text.Tokens))
	data, _ := os.ReadFile("../corpus/voice.train.tsv")
	lines := strings.Split(string(data), "\n")[:3000]
	texts := make([]segment.Text, len(lines))
	toks := 0
	for i, l := range lines {
		f := strings.Split(l, "\t")
		if len(f) > 1 {
			texts[i].Read(f[1], nil, "en")
			toks += len(texts[i].Tokens)
		}
	}
	k := 0
	for i := range texts {
		k += len(m.Match(&texts[i]))
	}
	c = cpu()
	for range 10 {
		for i := range texts {
			m.Match(&texts[i])
		}
	}
	d := cpu() - c
	fmt.Println("corpus", d/time.Duration(10*len(texts)), "tokens", float64(toks)/float64(len(texts)), "per 35:", d*35/time.Duration(10*toks), "matches", k)
}
