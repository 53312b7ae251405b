package taxonomy_test

import (
	"slices"
	"strings"
	"testing"

	"earshot/nlp/taxonomy"
)

func TestInflections(t *testing.T) {
	for word, want := range map[string]struct{ has, hasNot string }{
		"install":  {"install installs installed installing", "installer installation"},
		"bill":     {"bills billed billing", ""},
		"charge":   {"charges charged charging", "charger chargeing"},
		"carry":    {"carries carried carrying", "carrys carryed"},
		"delay":    {"delays delayed delaying", "delaies"},
		"stop":     {"stops stopped stopping", "stoped"},
		"hop":      {"hopped hopping", "hoped hoping"},
		"wait":     {"waits waited waiting", "waiter"},
		"refer":    {"referred referring", ""},
		"deliver":  {"delivers delivered delivering", ""},
		"cancel":   {"cancels cancelled canceled cancelling canceling", ""},
		"dial":     {"dialed dialled dialling", ""},
		"fix":      {"fixes fixed fixing", "fixxed"},
		"box":      {"boxes", ""},
		"agree":    {"agrees agreed agreeing", ""},
		"tie":      {"ties tied tying", ""},
		"photo":    {"photos", ""},
		"potato":   {"potatoes", ""},
		"panic":    {"panicked panicking", ""},
		"be":       {"am is are was were been being", "bes"},
		"go":       {"goes went gone going", ""},
		"have":     {"has had having", ""},
		"pay":      {"pays paid paying", ""},
		"break":    {"broke broken", "breaked"},
		"person":   {"people persons", "personed"},
		"man":      {"men", ""},
		"child":    {"children", "childs"},
		"knife":    {"knives", ""},
		"slow":     {"slower slowest slows slowed", ""},
		"easy":     {"easier easiest", ""},
		"big":      {"bigger biggest", ""},
		"nice":     {"nicer nicest", ""},
		"bad":      {"worse worst", ""},
		"good":     {"better best", "goods"},
		"fee":      {"fees", "feed"},
		"car":      {"cars", "cared caring carred"},
		"bus":      {"buses", "used"},
		"booking":  {"bookings", "bookinged"},
		"damaged":  {"", "damagedes damageded"},
		"meeting":  {"meetings", ""},
		"came":     {"", "cames camed come"},
		"us":       {"", "used uses"},
		"to":       {"", "toes tos"},
		"even":     {"", "evening evens"},
		"rechnung": {"", ""},
		"größe":    {"", "größed größes"},
		"5g":       {"", "5gs"},
	} {
		got := taxonomy.Inflections(word)
		if got[0] != word {
			t.Errorf("%s: the first form is %s", word, got[0])
		}
		for form := range strings.FieldsSeq(want.has) {
			if !slices.Contains(got, form) {
				t.Errorf("%s: %s is missing in %v", word, form, got)
			}
		}
		for form := range strings.FieldsSeq(want.hasNot) {
			if slices.Contains(got, form) {
				t.Errorf("%s: %s is in %v", word, form, got)
			}
		}
	}
}
