package main

import (
	"encoding/json"
	"strings"
	"testing"

	"earshot/nlp/taxonomy"
)

const smallPack = `
pack: small
version: 4
description: For tests.
topics:
  billing:
    label: Billing
    stage: billing
    touchpoint: bill
    include: [bill]
    exclude: [phone bill]
    "yes": [My bill is wrong.]
    "no": [The bell rings.]
  billing.late:
    label: Late bills
    include: [{id: late, rule: bill NEAR/2 late}]
    "yes": [The bill came late.]
    "no": [My bill is wrong.]
`

func TestTaxonomyList(t *testing.T) {
	path := file(t, "small.yaml", smallPack)
	out := earshot(t, "", "taxonomy", "list", path).succeeds(t).out
	for _, word := range []string{"small", "signals", "version"} {
		if !strings.Contains(out, word) {
			t.Errorf("%q is missing in\n%s", word, out)
		}
	}
	var packs []taxonomy.Pack
	if err := json.Unmarshal([]byte(earshot(t, "", "taxonomy", "list", "--output", "json", path).succeeds(t).out), &packs); err != nil {
		t.Fatal(err)
	}
	small := packs[len(packs)-1]
	if small.Name != "small" || small.Version != 4 || small.Topics != 2 || small.Rules != 3 || small.File != path {
		t.Errorf("%+v", small)
	}
}

func TestTaxonomyShow(t *testing.T) {
	path := file(t, "small.yaml", smallPack)
	if out := earshot(t, "", "taxonomy", "show", path).succeeds(t).out; !strings.HasPrefix(out, "billing: Billing (billing, bill)\nbilling.late: Late bills (billing, bill)\n") {
		t.Errorf("shows\n%s", out)
	}
	want := "billing.late: Late bills (billing, bill)\n  include small@4/billing.late/late: bill NEAR/2 late\n  yes: The bill came late.\n  no:  My bill is wrong.\n"
	if out := earshot(t, "", "taxonomy", "show", path, "--topic", "billing.late").succeeds(t).out; out != want {
		t.Errorf("shows\n%s", out)
	}
	out := earshot(t, "", "taxonomy", "show", path, "--topic", "billing", "--output", "json").succeeds(t).out
	var topics []taxonomy.Definition
	if err := json.Unmarshal([]byte(out), &topics); err != nil {
		t.Fatal(err)
	}
	if len(topics) != 2 || topics[0].Exclude[0].Text != "phone bill" {
		t.Errorf("%+v", topics)
	}
	earshot(t, "", "taxonomy", "show", path, "--topic", "biling").fails(t, 1, "biling", "small@4")
}

func TestTaxonomyTestAndLintFailOnWhatIsWrong(t *testing.T) {
	good := file(t, "small.yaml", smallPack)
	for _, command := range []string{"test", "lint"} {
		if out := earshot(t, "", "taxonomy", command, good).succeeds(t).out; !strings.HasPrefix(out, "small@4: ") {
			t.Errorf("%s prints %q", command, out)
		}
	}
	bad := file(t, "bad.yaml", strings.Replace(smallPack, "include: [bill]", "include: [bell]", 1))
	for command, says := range map[string]string{
		"test": bad + `:13:12: "The bell rings." should not be billing; found: billing “bell” (small@4/billing/1)`,
		"lint": bad + ":11:15: billing: exclusion exclude1 overlaps no include rule",
	} {
		got := earshot(t, "", "taxonomy", command, bad)
		if got.code != 1 || !strings.Contains(got.out, says) || got.err != "" {
			t.Errorf("%s: exit code %d, want 1 and %q in\n%s%s", command, got.code, says, got.out, got.err)
		}
		got = earshot(t, "", "taxonomy", command, bad, "--output", "json")
		if !json.Valid([]byte(got.out)) || got.code != 1 {
			t.Errorf("%s: exit code %d, JSON %s", command, got.code, got.out)
		}
	}
}

func TestTaxonomyNamesEveryMistakeInALineOfItsOwn(t *testing.T) {
	path := file(t, "bad.yaml", "pack: p\nversion: 1\ntopics:\n  t:\n    label: T\n    include:\n      - a (b\n      - c NEAR d\n")
	got := earshot(t, "", "taxonomy", "lint", path)
	lines := strings.Split(strings.TrimSpace(got.err), "\n")
	if got.code != 1 || len(lines) != 2 || !strings.HasPrefix(lines[0], "earshot: "+path+":7:11: ") || !strings.HasPrefix(lines[1], "earshot: "+path+":8:11: ") {
		t.Errorf("exit code %d\n%s", got.code, got.err)
	}
	earshot(t, "", "taxonomy", "test", "kore").fails(t, 1, `"kore"`, "did you mean core")
	earshot(t, "", "taxonomy", "test", path+".yaml").fails(t, 1, "no such file")
	earshot(t, "", "taxonomy", "list", "--output", "xml").fails(t, 2, `"xml"`)
	earshot(t, "", "taxonomy", "tset").fails(t, 2, `did you mean "test"`)
}
