package simulate

import (
	"strings"
	"testing"
)

func TestCompileNamesTheFault(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown rule":          {"[a]\n{b.c}", `f:2: no rule "b.c"`},
		"unknown slot":          {"[a]\n<nope>", "f:2: no slot <nope>"},
		"open brace":            {"[a]\n{x|y", "f:2: a brace is not closed"},
		"open slot":             {"[a]\n<say", "f:2: a slot is not closed"},
		"stray brace":           {"[a]\nx}", `f:2: unexpected '}' at column 2`},
		"no range":              {"[a]\n<money>", "f:2: <money >: want a range"},
		"range upside down":     {"[a]\n{9-2}", "f:2: range 9-2"},
		"slot with more":        {"[a]\n<city 3>", "f:2: <city> takes nothing more"},
		"phrase without a rule": {"x", "f:1: a phrase before the first rule"},
		"rule twice":            {"[a]\nx\n[a]\ny", `f:3: rule "a" is there already`},
		"rule name":             {"[A b]\nx", `f:1: rule name "A b"`},
		"empty rule":            {"[a]\n\n[b]\nx", `rule "a" has no phrase`},
		"rule as a word":        {"[a]\n{a|x}", `f:2: "a" is a rule: in a choice write {a}`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := compile([]source{{"f", c.text}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"  two  spaces ":         "Two spaces",
		"a. b? c":                "A. B? C",
		"why?. so":               "Why? So",
		"word . next":            "Word. Next",
		"hello,\n yes\n":         "Hello,\nYes",
		"£3.50 a month. is that": "£3.50 a month. Is that",
		"\"quote\" it":           "\"quote\" it",
	} {
		if got := string(tidy([]byte(in))); got != want {
			t.Errorf("tidy(%q) = %q, want %q", in, got, want)
		}
	}
}
