package decode

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"earshot/pipeline"
)

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{benchReview, benchChat, `{"id":"\ud800","text":"\u0000é` + "\xff" + `"}`, `[[[[`, `{"id":1e999,"deleted":true}`,
		`{"id":"1","messages":[{"role":"user","text":"a\n👨‍👩‍👧","at":1e11},null,[]],"text":"b","customer":{"id":1,"x":[ 1 ]},"targets":"t"}`} {
		f.Add([]byte(seed))
	}
	for _, folder := range []string{"accept", "reject"} {
		for _, value := range testdata(f, folder) {
			f.Add(value)
		}
	}
	mapping, err := ParseMapping(map[string]any{"id": "a.b", "text": "text", "messages": "m", "messages.role": "0",
		"attributes": "x", "attributes.y": "@this", "created_at": "t", "created_at_format": "epoch"})
	if err != nil {
		f.Fatal(err)
	}
	plain, mapped := New(Source{Topic: "t"}), New(Source{Topic: "t", Mapping: mapping})
	f.Fuzz(func(t *testing.T, value []byte) {
		r := pipeline.Record{Value: value, Time: arrived}
		for _, d := range []*Decoder{plain, mapped} {
			fb, rejection := d.Decode(r)
			if rejection != nil {
				if rejection.Reason == "" || rejection.Detail == "" || !utf8.ValidString(rejection.Detail) {
					t.Fatalf("rejection %+v", rejection)
				}
				continue
			}
			checkItem(t, fb)
		}
		// What the standard library takes for an object of limited depth, this
		// package must too.
		var object map[string]any
		strict := json.Unmarshal(value, &object) == nil && object != nil && strings.Count(string(value), "[")+strings.Count(string(value), "{") < maxDepth
		if err := checkObject(string(value)); strict && err != nil {
			t.Fatalf("valid JSON is refused: %v", err)
		} else if err == nil && !json.Valid(value) {
			t.Fatalf("invalid JSON is taken: %q", value)
		}
	})
}

// checkItem checks the limits that Feedback promises.
func checkItem(t *testing.T, fb pipeline.Feedback) {
	t.Helper()
	texts := []string{fb.Title, fb.Text, fb.Language, fb.Customer, fb.Segment, fb.Product, fb.Location, fb.Touchpoint, fb.URL, fb.Platform, fb.ReplyTo, fb.ID, fb.Source}
	texts = append(texts, fb.Targets...)
	for name, value := range fb.Attributes {
		texts = append(texts, name, value)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Fatalf("unclean string %q", s)
		}
	}
	switch {
	case strings.TrimSpace(fb.ID) == "" || len(fb.ID) > pipeline.MaxIDBytes,
		!fb.Channel.Valid(),
		!timeAllowed(fb.CreatedAt),
		fb.Version < 0,
		len(fb.Text) > pipeline.MaxTextBytes,
		fb.Stage != "" && !pipeline.ValidStage(fb.Stage),
		len(fb.Attributes) > maxAttributes,
		!slices.IsSorted(fb.Flags),
		fb.Text == "" && !fb.Scored() && !fb.Deleted,
		fb.Rating != nil && (fb.RatingMax == nil || !(*fb.Rating >= 0 && *fb.Rating <= *fb.RatingMax)):
		t.Fatalf("outside its limits: %+v", fb)
	}
	at := 0
	for _, turn := range fb.Turns {
		if turn.Start < at || turn.End <= turn.Start || turn.End > len(fb.Text) {
			t.Fatalf("turn %+v in a text of %d bytes", turn, len(fb.Text))
		}
		at = turn.End
		if !strings.HasSuffix(fb.Text[:turn.Start], string(turn.Role)+": ") || !utf8.ValidString(fb.Text[turn.Start:turn.End]) {
			t.Fatalf("turn %+v of %q", turn, fb.Text)
		}
	}
}
