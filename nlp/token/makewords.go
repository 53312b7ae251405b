//go:build ignore

// Makewords writes words.txt, the words that hashtags are split into, from the
// project's own feedback: `go generate ./nlp/token`.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fewest is how often a word must occur, longest how many bytes it may have.
const fewest, longest = 2, 20

func main() {
	files, err := filepath.Glob("../corpus/*.tsv")
	if err != nil || len(files) == 0 {
		log.Fatalf("makewords: no corpus beside nlp/token: %v", err)
	}
	counts := map[string]int{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if fields := strings.Split(line, "\t"); i > 0 && len(fields) > 1 {
				count(counts, fields[1])
			}
		}
	}
	words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	var out bytes.Buffer
	for _, w := range words {
		if counts[w] >= fewest {
			fmt.Fprintln(&out, w, counts[w])
		}
	}
	if err := os.WriteFile("words.txt", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// count counts the words of a text as a hashtag writes them: in lower case and
// without apostrophes. The parts around an apostrophe count as well if they are
// words of Romance languages ("l'offre"), not ends of English ones ("don't").
func count(counts map[string]int, text string) {
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && !unicode.IsDigit(r) && r != '\'' && r != '’' && r != '#' && r != '@' && r != '*'
	}) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsDigit(r) || r == '#' || r == '@' || r == '*' }) {
			continue
		}
		w = strings.ReplaceAll(strings.Trim(w, "'’"), "’", "'")
		if before, after, ok := strings.Cut(w, "'"); ok && utf8.RuneCountInString(after) > 2 && len(before) <= 4 {
			w = after
		}
		w = strings.ReplaceAll(w, "'", "")
		// Of single letters only those that are words of some language.
		if w == "" || len(w) > longest || utf8.RuneCountInString(w) == 1 && !strings.Contains("aiyoeà", w) {
			continue
		}
		counts[w]++
	}
}
