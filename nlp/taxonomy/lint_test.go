package taxonomy_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp/taxonomy"
)

func TestLintFindsWhatCannotBeMeant(t *testing.T) {
	tax, err := taxonomy.LoadAlone("testdata/lint/findings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/lint/findings.want")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, f := range taxonomy.Lint(tax) {
		got.WriteString(strings.TrimPrefix(f.String(), "testdata/lint/") + "\n")
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Error(diff)
	}
}

// What a pack extends is for its own author to mend.
func TestLintSpeaksOfThePacksAskedForOnly(t *testing.T) {
	tax := load(t, topic([]string{"bill", "bill late"}, nil), "pack: q\nversion: 1\nextends: [a.yaml]\n")
	if got := taxonomy.Lint(tax); len(got) > 0 {
		t.Errorf("findings %v", got)
	}
}

func TestExamplesThatFailAreShownWithWhatWasFound(t *testing.T) {
	tax := load(t, strings.ReplaceAll(family, "include: [sue]", `include: [sue]
    "yes": [I sue., I am calm.]
    "no": [Sue is my name.]`)+`
`)
	failures, run := tax.Test()
	var got []string
	for _, f := range failures {
		got = append(got, f.String()[strings.Index(f.String(), "a.yaml"):])
	}
	want := []string{
		`a.yaml:31:21: "I am calm." should be emotion.anger; found: nothing`,
		`a.yaml:32:12: "Sue is my name." should not be emotion.anger; found: emotion.anger “Sue” (shop@4/emotion.anger/1)`,
	}
	if diff := cmp.Diff(want, got); diff != "" || run != 3 {
		t.Errorf("%d run; %s", run, diff)
	}
}

func TestAFirstLevelIsFulfilledByItsSecond(t *testing.T) {
	tax := load(t, strings.Replace(family, "    exclude: [parcel shelf]", `    exclude: [parcel shelf]
    "yes": [The parcel never came.]
    "no": [The parcel has never come.]`, 1))
	failures, _ := tax.Test()
	if len(failures) != 1 || failures[0].Want || failures[0].Topic != "delivery" {
		t.Errorf("failures %v", failures)
	}
}
