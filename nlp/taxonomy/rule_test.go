package taxonomy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each case is a rule, a text, and the parts of the text that the rule finds,
// with bars between them.
func TestRules(t *testing.T) {
	tests := []struct{ rule, text, want string }{
		// words and their inflections
		{"install", "Install, installs, installed and INSTALLING it.", "Install|installs|installed|INSTALLING"},
		{"install", "The installer left an installation.", ""},
		{"=bill", "My Bill and my bills.", "Bill"},
		{"instal*", "installer instal reinstall", "installer|instal"},
		{"be late", "It is late, they were late, I'm late, it's late, I’M LATE, isn't late", "is late|were late|I'm late|it's late|I’M LATE"},
		{"have refund", "They've refunded it", "They've refunded"},
		{"bill", "The bill's date and the bills’ date.", "bill's|bills"},
		{"soon", "Come soooon please", "soooon"},
		{"bad", "That was baaaad and BAAD.", "baaaad"},
		{"=straße", "Die STRASSE, die Straße", "Straße"},
		{"=größer", "Nicht GRÖSSER, GRÖßER", "GRÖßER"},
		{"rechnung*", "Rechnungen und Rechnungsstelle", "Rechnungen|Rechnungsstelle"},
		{"l'offre", "Je veux l’offre.", "l’offre"},

		// negation
		{"not work", "It does not work. It doesn't work. It DOESN’T WORK. It doesnt work.", "not work|doesn't work|DOESN’T WORK|doesnt work"},
		{"not work", "It never works.", ""},
		{"can not log", "I cannot log in, can't log, cant log", "cannot log|can't log|cant log"},
		{"don't", "I do not, you don’t", "do not|don’t"},
		{"will not", "It won't start, wont start", "won't|wont"},

		// case and quotes
		{`"O2"`, "o2 and O2", "O2"},
		{`"Face ID" fail`, "Face ID fails, face id fails", "Face ID fails"},
		{`"Bill"`, "Bill sent the bill, Bills", "Bill"},

		// phrases
		{"no show", "A no show, a no-show, a No, show! #NoShow #noshow", "no show|no-show|No, show|#NoShow|#noshow"},
		{"no show", "He said no. Show me.", ""},
		{"no-show", "no show; no–show", "no show|no–show"},
		{"set the? box up", "set box up. set the box up. set the big box up.", "set box up|set the box up"},
		{"(turn|show|come) up", "turned up, showed up, came up, went up", "turned up|showed up|came up"},
		{"(a b|c) (d|e f?)", "a b d, c e, c e f, a d", "a b d|c e|c e f"},
		{"24/7 line", "a 24/7 line", "24/7 line"},
		{"wi-fi", "The Wi-Fi and the wi fi, not wifi", "Wi-Fi|wi fi"},

		// near and then
		{"install NEAR/2 slot", "install in a slot", "install in a slot"},
		{"install NEAR/2 slot", "install in a late slot", ""},
		{"install NEAR/2 slot", "a slot to install", "slot to install"},
		{"install THEN/2 slot", "a slot to install", ""},
		{"install THEN/2 slot", "install the slot", "install the slot"},
		{"install NEAR/9 slot", "Install it. The slot is gone.", ""},
		{"install NEAR/0 slot", "install slot, slot install; install a slot", "install slot|slot install"},
		{"app NEAR/1 not work", "app doesn't work", "app doesn't work"},
		{"a1 NEAR/1 b1 NEAR/1 c1", "c1 x b1 x a1. b1 a1 c1. c1 b1 a1.", "c1 x b1 x a1|b1 a1 c1|c1 b1 a1"},
		{"pay NEAR/3 pay", "I pay once. I pay and paid.", "pay and paid"},
		{"late NEAR/1 (tech|engineer)", "tech engineer late", "engineer late"},
		{"a1 NEAR/4 b1 THEN/0 c1", "b1 a1 b1 c1", "a1 b1 c1"},

		// not
		{"refund NOT thank", "A refund. Thanks for the refund.", "refund"},
		{"refund NOT/1 thank", "Thanks for the refund. Thanks for the very refund.", "refund|refund"},
		{"refund NOT/2 thank", "Thanks for the refund. Thanks for the very big refund.", "refund"},
		{"refund NOT/0 thank", "refund thanks, later refund", "refund"},
		{"refund NOT thank NOT please", "refund. refund please. thanks, refund.", "refund"},
		{"bill NOT/2 (no problem|fine)", "bill fine. bill is no problem. bill is really not no problem", "bill"},

		// kinds of token
		{"(wait|hold) NUM minute", "I waited 45 minutes, held 3 min", "waited 45 minutes"},
		{"PRICE more", "€5 more, 5 more", "€5 more"},
		{"at TIME", "at 10:30, at 9am, at noon", "at 10:30|at 9am"},
		{"< URL >", "https://example.org", "https://example.org"},
		{"visit URL", "visit www.example.org now", "visit www.example.org"},
		{"great EMOJI", "great 😡", "great 😡"},

		// ends of the sentence
		{"< cancel", "Cancel it. Please cancel it. 😀 Cancel now. @telco cancel!", "Cancel|Cancel|cancel"},
		{"bill >", "The bill! The bill is late. My bill 😡", "bill|bill"},
		{"< ok >", "Ok. ok then. OK!!!", "Ok|OK"},
	}
	var pack strings.Builder
	pack.WriteString("pack: p\nversion: 1\ntopics:\n")
	for i, test := range tests {
		fmt.Fprintf(&pack, "  t%d: {label: T, stage: usage, touchpoint: app, include: ['%s']}\n", i, strings.ReplaceAll(test.rule, "'", "''"))
	}
	tax := load(t, pack.String())
	for i, test := range tests {
		var got []string
		for _, f := range found(tax, test.text) {
			if span, own := strings.CutPrefix(f, fmt.Sprintf("t%d: ", i)); own {
				got = append(got, span)
			}
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%s\n  in %q: %s", test.rule, test.text, diff)
		}
	}
}

func TestExclusionsDropWhatTheyOverlap(t *testing.T) {
	tax := load(t, topic([]string{"install", "app NEAR/5 broken"}, []string{"install the? app"}))
	for text, want := range map[string][]string{
		"I installed the app.":                        {},
		"I installed the router, not the app.":        {"t: installed"},
		"I installed the app. The engineer installs.": {"t: installs"},
		"Installed the app, broken!":                  {},
	} {
		if diff := cmp.Diff(want, found(tax, text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
