package language

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"earshot/nlp/tsv"
)

// phrases are short texts of customers in every language, Und for the others,
// that no tweet is like. Written for this package.
//
//go:embed phrases.tsv
var phrases string

// named are the languages that files and industries are named after.
var named = map[string]string{
	"english": English, "german": German, "spanish": Spanish, "french": French,
	"italian": Italian, "portuguese": Portuguese, "arabic": Arabic, "hindi": Hindi,
}

// mostOfFile bounds how many English texts one file gives: there are more of
// them than of all others.
const mostOfFile = 2500

// corpusColumns are the columns of a corpus file without a header.
const corpusColumns = 9

// TrainFiles trains a model on what it finds in folders. The same files and options
// make the same model. Read are, by name:
//
//   - xlmt_<language>.train.tsv.gz: tweets
//   - other *.train.tsv.gz: a part of them, as English
//   - *.train.tsv: our corpus with a header; its column "industry" names the
//     language, or it is English
//   - <language>.tsv: our corpus without a header, the text in the last column
//
// and the phrases of this package. When ctx ends first, its error is returned at
// once, and what was begun is left to run out.
func TrainFiles(ctx context.Context, o Options, folders ...string) (*Model, error) {
	examples, err := gatherFiles(ctx, folders)
	if err != nil {
		return nil, err
	}
	type trained struct {
		model *Model
		err   error
	}
	done := make(chan trained, 1)
	go func() {
		m, err := Train(examples, o)
		done <- trained{m, err}
	}()
	select {
	case t := <-done:
		return t.model, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func gatherFiles(ctx context.Context, folders []string) ([]Example, error) {
	examples, err := shortPhrases()
	if err != nil {
		return nil, err
	}
	before := len(examples)
	for _, folder := range folders {
		info, err := os.Stat(folder)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("language: %s is a file: it takes folders, and knows the files in them by name", folder)
		}
		entries, err := os.ReadDir(folder) // sorted
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			found, err := fileExamples(filepath.Join(folder, e.Name()))
			if err != nil {
				return nil, err
			}
			examples = append(examples, found...)
		}
	}
	if len(examples) == before {
		return nil, errors.New("language: no file to train on in " + strings.Join(folders, ", "))
	}
	return examples, nil
}

func shortPhrases() ([]Example, error) {
	var examples []Example
	for line := range strings.Lines(phrases) {
		code, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || !slices.Contains(lanes[:], code) {
			return nil, fmt.Errorf("language: phrases.tsv: %q has no code of a language", line)
		}
		examples = append(examples, Example{Text: text, Language: code})
	}
	return examples, nil
}

// fileExamples reads a file whose name is known; of others it returns none.
func fileExamples(path string) ([]Example, error) {
	name := filepath.Base(path)
	if tweets, ok := strings.CutSuffix(name, ".train.tsv.gz"); ok {
		code := English
		if l, ok := strings.CutPrefix(tweets, "xlmt_"); ok {
			if code, ok = named[l]; !ok {
				return nil, fmt.Errorf("language: %s: %q is no language we know", path, l)
			}
		}
		rows, err := readRows(path)
		if err != nil {
			return nil, err
		}
		return tweetExamples(path, code, rows)
	}
	if strings.HasSuffix(name, ".train.tsv") {
		rows, err := readRows(path)
		if err != nil {
			return nil, err
		}
		return corpusExamples(path, rows)
	}
	if l, ok := strings.CutSuffix(name, ".tsv"); ok && named[l] != "" {
		rows, err := readRows(path)
		if err != nil {
			return nil, err
		}
		var examples []Example
		for i, row := range rows {
			if len(row) != corpusColumns {
				return nil, fmt.Errorf("language: %s: line %d has %d columns, want %d", path, i+1, len(row), corpusColumns)
			}
			examples = append(examples, Example{Text: row[len(row)-1], Language: named[l]})
		}
		return examples, nil
	}
	return nil, nil
}

// tweetExamples are the texts of a data set with a header. Those of a large
// English one are every so many.
func tweetExamples(path, code string, rows [][]string) ([]Example, error) {
	if len(rows) == 0 || slices.Index(rows[0], "text") != 1 {
		return nil, fmt.Errorf("language: %s: want a header with text as second column", path)
	}
	rows = rows[1:]
	every := 1
	if code == English {
		every = (len(rows) + mostOfFile - 1) / mostOfFile
	}
	var examples []Example
	for i := 0; i < len(rows); i += max(every, 1) {
		if len(rows[i]) < 2 {
			return nil, fmt.Errorf("language: %s: line %d has no text", path, i+2)
		}
		e := Example{Text: unescape(rows[i][1]), Language: code}
		if code == Hindi {
			if e.Language = hindiOrEnglish(e.Text); e.Language == "" {
				continue
			}
		}
		examples = append(examples, e)
	}
	return examples, nil
}

func corpusExamples(path string, rows [][]string) ([]Example, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	text, industry := slices.Index(rows[0], "text"), slices.Index(rows[0], "industry")
	if text < 0 || industry < 0 {
		return nil, fmt.Errorf("language: %s: want a header with text and industry", path)
	}
	var examples []Example
	for i, row := range rows[1:] {
		if len(row) <= max(text, industry) {
			return nil, fmt.Errorf("language: %s: line %d has %d columns", path, i+2, len(row))
		}
		code := named[row[industry]]
		if code == "" {
			code = English
		}
		examples = append(examples, Example{Text: row[text], Language: code})
	}
	return examples, nil
}

// readRows reads lines of columns between tabs. Quotes mean nothing.
func readRows(path string) ([][]string, error) {
	f, err := tsv.Open(path)
	if err != nil {
		return nil, fmt.Errorf("language: %w", err)
	}
	defer f.Close()
	in := tsv.NewLines(f, path)
	var rows [][]string
	for {
		line, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("language: %w", err)
		}
		if line = strings.TrimRight(line, "\r"); line != "" {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
}

// hindiOrEnglish tells a tweet in romanised Hindi, mixed with English or not,
// from one in English, of a set that holds both; empty if neither is clear.
func hindiOrEnglish(text string) string {
	hindi, english, words := 0, 0, 0
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		words++
		switch {
		case strings.Contains(commonHindi, " "+word+" "):
			hindi++
		case strings.Contains(commonEnglish, " "+word+" "):
			english++
		}
	}
	switch {
	case hindi >= 2 && 3*hindi >= english, hindi == 1 && english == 0 && words <= 5:
		return Hindi
	case hindi == 0 && english >= 2 && 4*english >= words:
		return English
	}
	return ""
}

// Words that hardly occur in the other language.
const (
	commonHindi = " hai hain hn nahi nhi nahin kya kyu kyun kyon bhi aur ka ki ke ko mein mera meri mere " +
		"tera teri tere aap aapka aapki aapke ap apka apki apna apni apne hua hui hue hota hoti hote tha thi raha rahe rahi rha rhe rhi " +
		"kar karo karna karne karte karta karti kiya kiye kr krna krne liye liya wala wale wali yeh ye woh wo toh tum tumhara tumhe " +
		"mujhe mujhko hume humne maine tune sab sabka sabko bahut bohot bhot bhai yaar yar kaise kaisa kaisi kaha kahan kab kuch koi " +
		"jab tab abhi ab phir fir lekin magar agar matlab accha acha achha achi theek thik bilkul sirf baat din logo paisa paise " +
		"gaya gayi gaye gya diya diye dekho dekh dekha chahiye wapas hu hoon jaise unka inka iska iske uska uske usko isko isse usse " +
		"ek na ho ja jo se pe bolo bata batao jai desh sarkar pyar dil hum jaan nai bas hoga hogi karenge jata jati kam kaam "
	commonEnglish = " the a an and of to is are was were be been i you he she it we they my your his her its our their this that these " +
		"those in on at for with from by about as but if not no so what who when where why how will would can could should have has had " +
		"do does did don't dont im just all some any more most very good great get got go going know think want like love see time day " +
		"new one out up now there here then than because after before too only really never always people make made say said u me him us "
)
