package taxonomy_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"earshot/nlp/segment"
	"earshot/nlp/taxonomy"
)

// checkError fails unless err is nil or errors of one line each that name a place.
func checkError(t *testing.T, err error) {
	t.Helper()
	var at *taxonomy.Error
	switch {
	case err == nil:
	case !errors.As(err, &at):
		t.Errorf("error %v is of another kind", err)
	case at.File == "" || at.Line < 0 || at.Column < 0 || at.Msg == "" || strings.Contains(at.Msg, "\n"):
		t.Errorf("error %#v", at)
	}
}

func FuzzPack(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no packs", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkError(t, taxonomy.ReadPack(data)) })
}

func FuzzRule(f *testing.F) {
	for _, s := range []string{
		"install", "=bill", "install*", `"O2" sim`, "(a|b c|d)? e", "a1 NEAR/4 b1 THEN/2 c1", "aa NOT bb NOT/3 cc", "< cancel >",
		"NUM (min|hour)", "(", ")", "a|b", "?", "NEAR/1", "a1 NEAR/", "NOT", "\"", "**", "=*", "= ", "don’t", "#NoShow", "日本*", "a?b?c?", "((((a))))",
		"(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", "\xff", "\x00 *",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		err := taxonomy.ParseRule(rule)
		checkError(t, err)
		if err != nil || !utf8.ValidString(rule) || strings.ContainsFunc(rule, func(r rune) bool { return r < ' ' }) {
			return
		}
		// What parses can be compiled, and finds what it finds without harm.
		if tax, err := tryLoad(t, topic([]string{rule}, nil)); err == nil {
			found(tax, rule)
			taxonomy.Lint(tax)
		}
	})
}

func FuzzMatch(f *testing.F) {
	tax := load(f, family)
	m := tax.NewMatcher()
	for _, s := range []string{
		"The parcel never came. I'll sue you!", "", "\xff", "PAAAARCEL n’t 's '' don't won’t", "#ParcelNeverCame #_ #1", "parcel\n\nnever", "😀 @a parcel",
		"İ'll sue", "ﬀ’t ſue ẞ's", "aaa’'´t", "Ǆ'S", "ain't shan't can't’t",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var text segment.Text
		text.Read(s, nil, "en")
		last := 0
		for _, match := range m.Match(&text) {
			if match.Span.Start < last || match.Span.End <= match.Span.Start || match.Span.End > len(s) {
				t.Fatalf("%v behind %d in %q", match, last, s)
			}
			if text.Span(match.Tokens) != match.Span {
				t.Fatalf("tokens %v and span %v of %q", match.Tokens, match.Span, s)
			}
			last = match.Span.Start
		}
	})
}
