package privacy_test

import (
	"strings"
	"testing"

	"earshot/nlp/privacy"
)

func TestUsersPatternsAreFound(t *testing.T) {
	f, err := privacy.New(privacy.Options{NoEntities: true, Patterns: []privacy.Pattern{
		{Name: "contract", Regexp: `\bVC\d{4}\b`}, {Name: "badge", Kind: privacy.Name, Regexp: `badge of (\w+)`},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, found, _ := f.Redact("VC1234 and the badge of quux", privacy.Known{})
	if want := "[account] and the badge of [name]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(found) != 2 || found[0].Rule != "pattern.contract" {
		t.Errorf("found %v", found)
	}
}

func TestPatternsThatCannotBeUsedAreNamed(t *testing.T) {
	for says, p := range map[string]privacy.Pattern{
		"patterns[1].name":    {Regexp: "x"},
		"patterns[1].kind":    {Name: "a", Kind: "secret", Regexp: "x"},
		"patterns[1].pattern": {Name: "a", Regexp: "x("},
		"empty text":          {Name: "a", Regexp: "x*"},
	} {
		_, err := privacy.New(privacy.Options{Patterns: []privacy.Pattern{{Name: "good", Regexp: "x"}, p}})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: error %v does not say %q", p, err, says)
		}
	}
}

func TestTermsToKeepAreNoNames(t *testing.T) {
	check(t, privacy.Known{Keep: []string{"Anna Cola"}}, "Anna Cola is great, says {name:Anna}.")
}

func TestTheEntityRecogniserDecidesWhatNoRuleDoes(t *testing.T) {
	text := "In the end Quentyn Vostrikov came and he fixed it in minutes."
	with, err := privacy.New(privacy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	without, err := privacy.New(privacy.Options{NoEntities: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := found(with, text, privacy.Known{}); len(got) != 1 || got[0] != "name:Quentyn Vostrikov" {
		t.Errorf("with the recogniser found %q", got)
	}
	if got := found(without, text, privacy.Known{}); got != nil {
		t.Errorf("without it found %q", got)
	}
}
