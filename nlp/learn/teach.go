package learn

import (
	"context"
	"slices"
	"strings"

	"earshot/nlp"
	"earshot/nlp/language"
	"earshot/nlp/segment"
	"earshot/nlp/sentiment"
)

// Teacher is an analyzer that is better than what is to be trained.
type Teacher interface {
	Analyze(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error)
}

const (
	// taughtWeight is how much a text that the teacher labelled counts.
	taughtWeight = 1
	// mostTaught is how many texts of one file are taught.
	mostTaught = 3000
	// shortestTaught and longestTaught bound the texts that are taught, in
	// bytes: shorter say nothing; of longer ones, which cost much and say several
	// things, the sentences are taught.
	shortestTaught, longestTaught = 15, 400
	taughtAtOnce                  = 256
)

// ReadUnlabelled reads the texts of TSV files, of folders every *.train.tsv and
// *.train.tsv.gz: the column named text, else the second. Whatever labels stand
// there are not looked at. Each text comes once; those in the same words as a text
// of sets, or of a dev part of the folders, are left out.
func ReadUnlabelled(paths []string, sets []Set) ([]string, error) {
	seen, err := devTexts(paths)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		for i := range set.Examples {
			seen[key(set.Examples[i].Text)] = true
		}
	}
	var texts []string
	for _, path := range paths {
		files, err := filesOf(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			found, err := unlabelled(file, seen)
			if err != nil {
				return nil, err
			}
			texts = append(texts, thinned(found, mostTaught)...)
		}
	}
	return texts, nil
}

// unlabelled reads the texts of one file that were not seen.
func unlabelled(file string, seen map[uint64]bool) ([]string, error) {
	var texts []string
	add := func(text string) {
		if len(text) < shortestTaught || len(text) > longestTaught {
			return
		}
		if k := key(text); !seen[k] {
			seen[k] = true
			texts = append(texts, text)
		}
	}
	var read segment.Text
	err := eachRow(file, func(_ int, in columns, row []string) error {
		if in.text >= len(row) {
			return nil
		}
		text := row[in.text]
		if len(text) <= longestTaught {
			add(text)
			return nil
		}
		read.Read(text, nil, language.English)
		for _, s := range read.Sentences {
			span := read.Span(s.Range)
			add(text[span.Start:span.End])
		}
		return nil
	})
	return texts, err
}

// Teach has the teacher label texts. done is told how many are finished.
func Teach(ctx context.Context, teacher Teacher, texts []string, done func(n int)) (Set, error) {
	set := Set{Name: "taught", Taught: true}
	languages := language.Default()
	n := 0
	for part := range slices.Chunk(texts, taughtAtOnce) {
		docs := make([]nlp.Document, len(part))
		for i, text := range part {
			docs[i] = nlp.Document{Text: text}
		}
		analyses, err := teacher.Analyze(ctx, docs)
		if err != nil {
			return set, err
		}
		for i := range analyses {
			if a := &analyses[i]; a.Tier == nlp.TierDeep {
				code, _ := languages.Identify(part[i])
				e := sentiment.Example{Text: strings.Clone(part[i]), Language: code, Weight: taughtWeight}
				for c, p := range a.Sentiment.Probabilities {
					e.Target[c] = float32(p)
				}
				set.Examples = append(set.Examples, e)
			}
		}
		n += len(part)
		done(n)
	}
	return set, nil
}
