package decode

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

func TestTextIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	const family = "👨‍👩‍👧" // one character of 18 bytes
	for name, test := range map[string]struct {
		before int // bytes of text before last
		last   string
		want   int // length of the result
	}{
		"fits":            {pipeline.MaxTextBytes - 2, "é", pipeline.MaxTextBytes},
		"ASCII":           {pipeline.MaxTextBytes, "x", pipeline.MaxTextBytes},
		"inside a rune":   {pipeline.MaxTextBytes - 1, "é", pipeline.MaxTextBytes - 1},
		"inside a family": {pipeline.MaxTextBytes - 10, family, pipeline.MaxTextBytes - 10},
		"before accent":   {pipeline.MaxTextBytes - 1, "e\u0301", pipeline.MaxTextBytes - 1},
		"endless accents": {pipeline.MaxTextBytes - 1000, "e" + strings.Repeat("\u0301", 1000), pipeline.MaxTextBytes - 1},
	} {
		text := strings.Repeat("a", test.before) + test.last
		fb := decodeOne(t, `{"id":"1","text":"`+text+`"}`)
		if len(fb.Text) != test.want || !strings.HasPrefix(text, fb.Text) || !utf8.ValidString(fb.Text) {
			t.Errorf("%s: %d bytes of text, want %d", name, len(fb.Text), test.want)
		}
		if cut := slices.Contains(fb.Flags, "text_cut"); cut != (len(text) > test.want) {
			t.Errorf("%s: flags %v", name, fb.Flags)
		}
	}
}

func TestTranscriptIsCutWithItsTurns(t *testing.T) {
	t.Parallel()
	half := strings.Repeat("é", pipeline.MaxTextBytes/4)
	fb := decodeOne(t, `{"id":"1","messages":[{"role":"agent","text":"`+half+`"},{"role":"customer","text":"`+half+`"},{"role":"customer","text":"more"}]}`)
	if len(fb.Text) > pipeline.MaxTextBytes || len(fb.Text) < pipeline.MaxTextBytes-4 {
		t.Errorf("%d bytes of text", len(fb.Text))
	}
	if len(fb.Turns) != 2 || fb.Turns[1].End != len(fb.Text) || fb.Turns[1].Role != pipeline.RoleCustomer {
		t.Errorf("turns %+v", fb.Turns)
	}
	if !slices.Equal(fb.Flags, []string{"text_cut"}) {
		t.Errorf("flags %v", fb.Flags)
	}

	// No room for one letter of the second turn: it goes with its role.
	full := strings.Repeat("a", pipeline.MaxTextBytes-len("agent: ")-3)
	fb = decodeOne(t, `{"id":"1","messages":[{"role":"agent","text":"`+full+`"},{"role":"customer","text":"no"}]}`)
	if len(fb.Turns) != 1 || !strings.HasSuffix(fb.Text, "a") || !slices.Equal(fb.Flags, []string{"text_cut"}) {
		t.Errorf("turns %+v, flags %v, text ends %q", fb.Turns, fb.Flags, fb.Text[len(fb.Text)-5:])
	}

	if got := rejected(t, pipeline.Record{Time: arrived, Value: []byte(
		`{"id":"1","messages":[{"role":"agent","text":"` + half + half + half + `"},{"role":"nobody","text":"no"}]}`)}); got != pipeline.ReasonInvalidRole {
		t.Errorf("wrong role beyond the cut: %s", got)
	}
}

func TestOtherFieldsAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", maxFieldBytes)
	fb := decodeOne(t, `{"id":"1","text":"x","title":"`+long+`"}`)
	if len(fb.Title) != maxFieldBytes || !slices.Equal(fb.Flags, []string{"field_cut"}) {
		t.Errorf("title of %d bytes, flags %v", len(fb.Title), fb.Flags)
	}
	fb = decodeOne(t, `{"id":"1","text":"x","beyond":"`+long+`"}`)
	if len(fb.Attributes["beyond"]) != maxFieldBytes || !slices.Equal(fb.Flags, []string{"attributes_cut"}) {
		t.Errorf("attribute of %d bytes, flags %v", len(fb.Attributes["beyond"]), fb.Flags)
	}
	fb = decodeOne(t, `{"id":"1","text":"x","targets":["`+strings.Repeat(`a","`, maxTargets)+`b"]}`)
	if len(fb.Targets) != maxTargets || !slices.Equal(fb.Flags, []string{"field_cut"}) {
		t.Errorf("%d targets, flags %v", len(fb.Targets), fb.Flags)
	}
}

func TestAttributesAreBoundedAndOwnOnesStay(t *testing.T) {
	t.Parallel()
	extras, own := map[string]any{"id": "1", "text": "x"}, map[string]string{}
	for i := range maxAttributes {
		extras[fmt.Sprintf("extra%d", i)] = i
	}
	for i := range maxAttributes - 1 {
		own[fmt.Sprintf("own%d", i)] = "v"
	}
	extras["attributes"] = own
	value, err := json.Marshal(extras)
	if err != nil {
		t.Fatal(err)
	}
	fb := decodeOne(t, string(value))
	if len(fb.Attributes) != maxAttributes || !slices.Equal(fb.Flags, []string{"attributes_cut"}) {
		t.Errorf("%d attributes, flags %v", len(fb.Attributes), fb.Flags)
	}
	for name := range own {
		if fb.Attributes[name] != "v" {
			t.Errorf("attribute %s was dropped", name)
		}
	}
}

func TestTimesAreRead(t *testing.T) {
	t.Parallel()
	second := time.Date(2024, time.January, 15, 10, 30, 45, 0, time.UTC)
	for value, want := range map[string]time.Time{
		`"2024-01-15T10:30:45Z"`:           second,
		`"2024-01-15t10:30:45z"`:           second,
		`"2024-01-15T10:30:45.123456789Z"`: second.Add(123 * time.Millisecond),
		`"2024-01-15T12:30:45+02:00"`:      second,
		`"2024-01-15T12:30:45+0200"`:       second,
		`"2024-01-15 10:30:45"`:            second,
		`"2024-01-15 10:30:45.5"`:          second.Add(500 * time.Millisecond),
		`"2024-01-15 12:30:45 +0200"`:      second,
		`"2024-01-15 10:30:45 UTC"`:        second,
		`"2024-01-15T10:30:45"`:            second,
		`" 2024-01-15 "`:                   second.Truncate(24 * time.Hour),
		`"2016-12-31T23:59:60Z"`:           time.Date(2017, time.January, 1, 0, 0, 0, 0, time.UTC),
		`1705314645`:                       second,
		`1705314645.123`:                   second.Add(123 * time.Millisecond),
		`1.705314645e9`:                    second,
		`1705314645123`:                    second.Add(123 * time.Millisecond),
		`1705314645123.9`:                  second.Add(123 * time.Millisecond),
		`"1705314645"`:                     second,
		`"1705314645123"`:                  second.Add(123 * time.Millisecond),
		`0`:                                time.Unix(0, 0).UTC(),
		`7258118399`:                       time.Date(2199, time.December, 31, 23, 59, 59, 0, time.UTC),
	} {
		got, problem := moment(gjson.Parse(value))
		if problem != "" || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v (%s), want %v", value, got, problem, want)
		}
	}
	for _, value := range []string{`""`, `"2024"`, `"202401"`, `"20240115"`, `7258118400`, `-0.5`, `1e300`, `"2024-02-30"`, `"15/01/2024"`, `"1_000_000_000"`, `"0x10"`, `"-"`, `"."`, `".5."`} {
		if got, problem := moment(gjson.Parse(value)); problem == "" {
			t.Errorf("%s: %v, want a problem", value, got)
		}
	}
}

func TestMessageOfRejectionIsShort(t *testing.T) {
	t.Parallel()
	_, rejection := New(Source{}).Decode(pipeline.Record{Time: arrived, Value: []byte(`{"id":"1","rating":"` + strings.Repeat("💥\\n", 10000) + `"}`)})
	if rejection == nil || len(rejection.Detail) > 250 || strings.Contains(rejection.Detail, "\n") {
		t.Errorf("rejection: %v", rejection)
	}
}
