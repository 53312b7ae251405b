package taxonomy_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp/segment"
	"earshot/nlp/taxonomy"
)

// load loads packs from their texts; the last one is asked for.
func load(t testing.TB, packs ...string) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := tryLoad(t, packs...)
	if err != nil {
		t.Fatal(err)
	}
	return tax
}

// tryLoad writes packs to files a.yaml, b.yaml, … and loads the last one.
func tryLoad(t testing.TB, packs ...string) (*taxonomy.Taxonomy, error) {
	t.Helper()
	dir := t.TempDir()
	var path string
	for i, p := range packs {
		path = filepath.Join(dir, string(rune('a'+i))+".yaml")
		if err := os.WriteFile(path, []byte(p), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return taxonomy.LoadAlone(path)
}

// topic is a pack with one topic "t" that has the rules.
func topic(include, exclude []string) string {
	quoted := func(rules []string) string {
		var b strings.Builder
		for _, r := range rules {
			b.WriteString("\n      - '" + strings.ReplaceAll(r, "'", "''") + "'")
		}
		return b.String()
	}
	return "pack: p\nversion: 1\ntopics:\n  t:\n    label: T\n    stage: usage\n    touchpoint: app\n" +
		"    include:" + quoted(include) + "\n    exclude:" + quoted(exclude) + "\n"
}

// found is the texts of the matches, each behind its name.
func found(tax *taxonomy.Taxonomy, text string) []string {
	var read segment.Text
	read.Read(text, nil, "en")
	all := []string{}
	for _, m := range tax.NewMatcher().Match(&read) {
		all = append(all, m.Name+": "+text[m.Span.Start:m.Span.End])
	}
	return all
}

const base = `
pack: base
version: 3
topics:
  billing:
    label: Billing
    stage: billing
    touchpoint: bill
    include: [bill, invoice]
  billing.double_charge:
    label: Charged twice
    include: [charge twice]
  staff:
    label: Staff
    stage: support
    touchpoint: shop
    include: [staff]
  staff.rude:
    label: Rude staff
    include: [rude]
`

func TestAPackChangesWhatItExtends(t *testing.T) {
	tax := load(t, base, `
pack: mine
version: 2
extends: [a.yaml]
retire: [staff]
topics:
  billing:
    label: Bills and invoices
    remove: ["1"]
    include:
      - id: rechnung
        rule: =rechnung
  billing.double_charge:
    stage: renewal
  billing.late:
    label: Late bill
    touchpoint: letter
    include: [bill (late|overdue)]
`)
	want := []taxonomy.Topic{
		{Name: "billing", Label: "Bills and invoices", Stage: "billing", Touchpoint: "bill", Pack: "base"},
		{Name: "billing.double_charge", Label: "Charged twice", Stage: "renewal", Touchpoint: "bill", Pack: "base"},
		{Name: "billing.late", Label: "Late bill", Stage: "billing", Touchpoint: "letter", Pack: "mine"},
	}
	if diff := cmp.Diff(want, tax.Topics()); diff != "" {
		t.Error(diff)
	}
	if tax.ID() != "mine@2" {
		t.Errorf("ID %q", tax.ID())
	}
	var files []string
	for _, f := range tax.Files() {
		files = append(files, filepath.Base(f))
	}
	if !slices.Equal(files, []string{"a.yaml", "b.yaml"}) {
		t.Errorf("files %v", files)
	}
	for text, want := range map[string][]string{
		"The bill and the invoice.": {"billing: invoice"},
		"Die Rechnung ist da.":      {"billing: Rechnung"},
		"The staff was rude.":       {},
		"I was charged twice.":      {"billing.double_charge: charged twice"},
	} {
		if diff := cmp.Diff(want, found(tax, text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	if got, ok := tax.Topic("billing.late"); !ok || got != want[2] {
		t.Errorf("Topic gives %v, %v", got, ok)
	}
	if _, ok := tax.Topic("staff"); ok {
		t.Error("a retired topic is still there")
	}
}

func TestPacksAreLoadedOnceAndInOrder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one := write("one.yaml", "pack: one\nversion: 1\nextends: [base.yaml]\n")
	two := write("two.yaml", "pack: two\nversion: 7\nextends: [base, one]\n") // by the names of files that are loaded
	below := write("base.yaml", base)
	tax, err := taxonomy.LoadAlone(one, two, one)
	if err != nil {
		t.Fatal(err)
	}
	if tax.ID() != "one@1+two@7" {
		t.Errorf("ID %q", tax.ID())
	}
	if want := []string{below, one, two}; !slices.Equal(tax.Files(), want) {
		t.Errorf("files %v, want %v", tax.Files(), want)
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		names []string
		says  string
	}{
		"pack": {[]string{"kore"}, `no built-in pack "kore": did you mean core?`},
		"file": {[]string{"./nowhere.yaml"}, "nowhere.yaml: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := taxonomy.Load(test.names...); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %q in it", err, test.says)
			}
		})
	}
}

// The files of testdata/bad say with .err what is reported of them, a line for each
// mistake.
func TestBadPacks(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.err")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad packs: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".err")
		t.Run(filepath.Base(name), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = taxonomy.LoadAlone(name + ".yaml")
			var at *taxonomy.Error
			if !errors.As(err, &at) {
				t.Fatalf("error %v, want one of this package", err)
			}
			if got := strings.ReplaceAll(err.Error(), "testdata/bad/", ""); got != strings.TrimSpace(string(want)) {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestANestedFileIsRefusedBeforeItIsParsed(t *testing.T) {
	for name, text := range map[string]string{
		"brackets": "pack: " + strings.Repeat("[", 300_000),
		"dashes":   "topics:\n  " + strings.Repeat("- ", 300_000),
		"size":     "# " + strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tryLoad(t, text)
			if err == nil || !strings.Contains(err.Error(), "nested too deep") && !strings.Contains(err.Error(), "larger than 1 MiB") {
				t.Errorf("error %v", err)
			}
		})
	}
}
