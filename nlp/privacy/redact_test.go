package privacy_test

import (
	"testing"

	"earshot/nlp/privacy"
	"earshot/nlp/privacy/privacytest"
	"earshot/nlp/token"
)

func TestRedactReplacesWhatWasFoundByItsKind(t *testing.T) {
	f := finder(t)
	text := "Dear Ann, my password is hunter2, mail ann@example.org or call +44 20 7946 0958. Regards, John Smith"
	once, found, _ := f.Redact(text, privacy.Known{})
	if want := "Dear [name], my password is [password], mail [email] or call [phone]. Regards, [name]"; once != want {
		t.Errorf("redacted: %s\nwant:     %s", once, want)
	}
	if len(found) != 5 {
		t.Errorf("found %v, want five", found)
	}
	for _, x := range found {
		if got := once[x.Start:x.End]; got != "["+x.Kind+"]" {
			t.Errorf("%s at %d: %q", x.Kind, x.Start, got)
		}
	}
}

func TestRedactingTwiceChangesNothing(t *testing.T) {
	f := finder(t)
	for _, c := range privacytest.Cases(7, 60) {
		once, _, _ := f.Redact(c.Text, privacy.Known{})
		if twice, found, _ := f.Redact(once, privacy.Known{}); twice != once || found != nil {
			t.Errorf("%q\n once  %q\n twice %q", c.Text, once, twice)
		}
	}
}

func TestOffsetsMoveWithTheirText(t *testing.T) {
	f := finder(t)
	const text = "a ann@example.org b bob@example.org c"
	redacted, found, moved := f.Redact(text, privacy.Known{})
	for _, tt := range []struct{ from, to, start, end int }{
		{0, 1, 0, 1},            // before
		{18, 19, 10, 11},        // between: "b"
		{36, 37, 20, 21},        // behind: "c"
		{0, 37, 0, 21},          // all
		{2, 17, 2, 9},           // what was replaced
		{4, 6, 2, 9},            // a part of it
		{5, 19, 2, 11},          // out of it
		{18, 30, 10, 19},        // into it
		{17, 17, 9, 9},          // its end
		{len(text), 37, 21, 21}, // the end
	} {
		if got := moved.Span(token.Span{Start: tt.from, End: tt.to}); got != (token.Span{Start: tt.start, End: tt.end}) {
			t.Errorf("[%d, %d) %q goes to %v %q, want [%d, %d)", tt.from, tt.to, text[tt.from:tt.to], got, redacted[got.Start:got.End], tt.start, tt.end)
		}
	}
	if got := moved.Offset(7); got != 2 {
		t.Errorf("an offset inside of what was replaced goes to %d, want 2", got)
	}
	for i, want := range []string{"ann@example.org", "bob@example.org"} {
		if at := moved.Original(found[i].Span); text[at.Start:at.End] != want {
			t.Errorf("the original of %v is %q, want %q", found[i].Span, text[at.Start:at.End], want)
		}
	}
	var still privacy.Shift
	if still.Offset(5) != 5 || still.Span(token.Span{Start: 1, End: 3}) != (token.Span{Start: 1, End: 3}) {
		t.Error("the zero Shift moves something")
	}
}

func FuzzRedact(f *testing.F) {
	for _, c := range privacytest.Cases(3, 12) {
		f.Add(c.Text, "Ann Lee")
	}
	f.Add("[email] [[name]] password: [password] \xff\x00 +", "[name]")
	finder, err := privacy.New(privacy.Options{NoEntities: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		k := privacy.Known{Names: []string{name}}
		last := 0
		for _, x := range finder.Find(nil, text, k) {
			if x.Start < last || x.End <= x.Start || x.End > len(text) {
				t.Fatalf("%v behind %d in %d bytes", x, last, len(text))
			}
			last = x.End
		}
		redacted, found, moved := finder.Redact(text, k)
		for _, x := range found {
			if redacted[x.Start:x.End] != "["+x.Kind+"]" {
				t.Fatalf("%v is %q", x, redacted[x.Start:x.End])
			}
		}
		if got := moved.Offset(len(text)); got != len(redacted) {
			t.Fatalf("the end moves to %d of %d", got, len(redacted))
		}
		if twice, more, _ := finder.Redact(redacted, k); twice != redacted || len(more) > 0 {
			t.Fatalf("%q\nonce  %q\ntwice %q", text, redacted, twice)
		}
	})
}
