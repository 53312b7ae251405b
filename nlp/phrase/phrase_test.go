package phrase_test

import (
	"slices"
	"strings"
	"testing"

	"earshot/nlp/phrase"
)

func TestPhrasesAreWhatATextNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"The parcel locker ate my return label.":    {"parcel locker", "return label"},
		"Two parcel lockers were full.":             {"parcel locker"},
		"The thing is, last week was bad.":          nil,
		"I spoke to [name] about the credit freeze": {"credit freeze"},
		"":   nil,
		"👍👍": nil,
		"the black glitter, the mobile hotspot, the queue": {"black glitter", "mobile hotspot"},
	} {
		found, err := phrase.Find(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range found {
			got = append(got, p.Text)
			if part := text[p.Start:p.End]; !strings.HasPrefix(strings.ToLower(part), p.Text[:len(p.Text)-2]) {
				t.Errorf("%q: %q stands at %q", text, p.Text, part)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestOnlyTheBeginningOfALongTextIsRead(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("and it was é, ", 300) + "the parcel locker"
	if found, err := phrase.Find(text); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("The parcel locker ate my return label.")
	f.Add("\xff[name] x-")
	f.Fuzz(func(t *testing.T, text string) {
		found, err := phrase.Find(text)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for _, p := range found {
			if p.Start < at || p.End <= p.Start || p.End > len(text) || p.Text == "" {
				t.Fatalf("%+v of %d bytes, behind %d", p, len(text), at)
			}
			at = p.End
		}
	})
}
