package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

var update = flag.Bool("update", false, "write the golden results of testdata/accept anew")

var arrived = time.Date(2026, time.April, 1, 12, 0, 0, 0, time.UTC)

// rejections says for each file of testdata/reject why it is rejected.
var rejections = map[string]struct {
	reason pipeline.Reason
	detail string
}{
	"blank":                    {pipeline.ReasonEmpty, "white space only"},
	"only_byte_order_mark":     {pipeline.ReasonEmpty, "white space only"},
	"array":                    {pipeline.ReasonInvalidJSON, "byte 0: found an array, not an object"},
	"plain_text":               {pipeline.ReasonInvalidJSON, `byte 0: found 't', not an object`},
	"cut_short":                {pipeline.ReasonInvalidJSON, "byte 32: a string is cut short"},
	"two_objects":              {pipeline.ReasonInvalidJSON, "byte 22: found an object after the object"},
	"trailing_comma":           {pipeline.ReasonInvalidJSON, `byte 21: found '}', not a field name in quotes`},
	"single_quotes":            {pipeline.ReasonInvalidJSON, `byte 1: found '\'', not a field name in quotes`},
	"raw_control_character":    {pipeline.ReasonInvalidJSON, "byte 19: found control character"},
	"leading_zero":             {pipeline.ReasonInvalidJSON, "byte 30: a number that JSON does not allow"},
	"not_a_number":             {pipeline.ReasonInvalidJSON, `byte 19: found 'N', not a value`},
	"unknown_escape":           {pipeline.ReasonInvalidJSON, "byte 19: no such escape"},
	"missing_id":               {pipeline.ReasonMissingID, "id"},
	"null_id":                  {pipeline.ReasonMissingID, "id"},
	"blank_id":                 {pipeline.ReasonMissingID, "id"},
	"object_id":                {pipeline.ReasonWrongType, "id: found an object, expected a string or number"},
	"nul_in_id":                {pipeline.ReasonWrongType, "holds a NUL"},
	"invalid_utf8_in_id":       {pipeline.ReasonWrongType, "not valid UTF-8"},
	"lone_surrogate_in_id":     {pipeline.ReasonWrongType, "not valid UTF-8"},
	"id_too_long":              {pipeline.ReasonIDTooLong, "513 bytes; at most 512"},
	"source_too_long":          {pipeline.ReasonIDTooLong, "source: "},
	"array_text":               {pipeline.ReasonWrongType, "text: found an array, expected a string"},
	"number_text":              {pipeline.ReasonWrongType, "text: found number 42, expected a string"},
	"boolean_title":            {pipeline.ReasonWrongType, "title: found boolean true, expected a string"},
	"word_rating":              {pipeline.ReasonWrongType, `rating: found string "four", expected a number`},
	"hexadecimal_rating":       {pipeline.ReasonWrongType, "rating: found string"},
	"array_customer":           {pipeline.ReasonWrongType, "customer: found an array"},
	"object_customer_id":       {pipeline.ReasonWrongType, "customer.id: found an object"},
	"array_attributes":         {pipeline.ReasonWrongType, "attributes: found an array, expected an object"},
	"object_target":            {pipeline.ReasonWrongType, "targets[1]: found an object"},
	"number_deleted":           {pipeline.ReasonWrongType, "deleted: found number 1, expected true or false"},
	"string_messages":          {pipeline.ReasonWrongType, `messages: found string "hello", expected an array`},
	"message_pair":             {pipeline.ReasonWrongType, "messages[0]: found an array, expected an object"},
	"number_message_text":      {pipeline.ReasonWrongType, "messages[0].text: found number 1"},
	"boolean_time":             {pipeline.ReasonWrongType, "created_at: found boolean true, expected a time"},
	"year_1":                   {pipeline.ReasonInvalidTime, `created_at: string "0001-01-01T00:00:00Z" is outside 1970`},
	"year_9999":                {pipeline.ReasonInvalidTime, "is outside 1970"},
	"year_2200":                {pipeline.ReasonInvalidTime, "is outside 1970"},
	"negative_epoch":           {pipeline.ReasonInvalidTime, "number -1 is outside 1970"},
	"epoch_in_microseconds":    {pipeline.ReasonInvalidTime, "is outside 1970"},
	"date_without_separators":  {pipeline.ReasonInvalidTime, "may be a date or an epoch: name its created_at_format"},
	"spoken_time":              {pipeline.ReasonInvalidTime, "is no time that can be read"},
	"message_time":             {pipeline.ReasonInvalidTime, `messages[1].at: string "noon"`},
	"rating_above_scale":       {pipeline.ReasonOutOfRange, "rating: 7 is outside 0…5 (no rating_max is given)"},
	"rating_above_named_scale": {pipeline.ReasonOutOfRange, "rating: 11 is outside 0…10"},
	"negative_rating":          {pipeline.ReasonOutOfRange, "rating: -1 is outside 0…5"},
	"infinite_rating":          {pipeline.ReasonOutOfRange, "rating: 1e999 is outside"},
	"nan_rating":               {pipeline.ReasonOutOfRange, "rating: NaN is outside"},
	"infinite_scale":           {pipeline.ReasonOutOfRange, "rating_max: Infinity is outside"},
	"zero_scale":               {pipeline.ReasonOutOfRange, "rating_max: 0 is outside"},
	"nps_above_scale":          {pipeline.ReasonOutOfRange, "nps: 11 is outside 0…10"},
	"nps_not_whole":            {pipeline.ReasonOutOfRange, "nps: 8.5 is not one of the whole numbers 0…10"},
	"csat_below_scale":         {pipeline.ReasonOutOfRange, "csat: 0 is outside 1…5"},
	"ces_above_scale":          {pipeline.ReasonOutOfRange, "ces: 8 is outside 1…7"},
	"negative_version":         {pipeline.ReasonOutOfRange, "version: -1 is not a whole number from 0 on"},
	"fractional_version":       {pipeline.ReasonOutOfRange, "version: 1.5"},
	"version_beyond_64_bits":   {pipeline.ReasonOutOfRange, "version: 9223372036854775808"},
	"negative_likes":           {pipeline.ReasonOutOfRange, "likes: -3"},
	"negative_shares":          {pipeline.ReasonOutOfRange, "shares: -1"},
	"unknown_role":             {pipeline.ReasonInvalidRole, `messages[1].role: string "supervisor" is not customer, agent or bot; name who that is in role_map`},
	"no_role":                  {pipeline.ReasonInvalidRole, "messages[0] has no role"},
	"no_content":               {pipeline.ReasonNoContent, "no text, no messages with text, and no rating"},
	"silent_conversation":      {pipeline.ReasonNoContent, "no text"},
}

func TestRejectsWithReasonAndDetail(t *testing.T) {
	t.Parallel()
	d := New(Source{Topic: "feedback.reviews", Channel: pipeline.Review})
	seen := 0
	for name, value := range testdata(t, "reject") {
		want, known := rejections[name]
		if !known {
			t.Errorf("%s: no reason is expected for it", name)
			continue
		}
		seen++
		_, got := d.Decode(pipeline.Record{Value: value, Time: arrived})
		switch {
		case got == nil:
			t.Errorf("%s: accepted, want %s", name, want.reason)
		case got.Reason != want.reason || !strings.Contains(got.Detail, want.detail):
			t.Errorf("%s:\n got %v\nwant %s: …%s…", name, got, want.reason, want.detail)
		}
	}
	if seen != len(rejections) {
		t.Errorf("%d files, %d expected", seen, len(rejections))
	}
}

func TestAcceptsAsGolden(t *testing.T) {
	t.Parallel()
	d := New(Source{Topic: "feedback.reviews"})
	for name, value := range testdata(t, "accept") {
		got, rejection := d.Decode(pipeline.Record{Value: value, Time: arrived})
		if rejection != nil {
			t.Errorf("%s: %v", name, rejection)
			continue
		}
		written, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, '\n')
		golden := filepath.Join("testdata", "accept", name+".golden")
		if *update {
			if err := os.WriteFile(golden, written, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(written)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// testdata returns the JSON files of a folder, by name without ending.
func testdata(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no testdata in %s: %v", folder, err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(path), ".json")] = content
	}
	return files
}

func decodeOne(t *testing.T, value string) pipeline.Feedback {
	t.Helper()
	fb, rejection := New(Source{Topic: "t"}).Decode(pipeline.Record{Value: []byte(value), Time: arrived})
	if rejection != nil {
		t.Fatalf("%.100s: %v", value, rejection)
	}
	return fb
}

func rejected(t *testing.T, r pipeline.Record) pipeline.Reason {
	t.Helper()
	_, rejection := New(Source{Topic: "t"}).Decode(r)
	if rejection == nil {
		t.Fatalf("%.100s: accepted", r.Value)
	}
	var err error = rejection
	if !errors.As(err, &rejection) || rejection.Detail == "" {
		t.Errorf("rejection without detail: %v", err)
	}
	return rejection.Reason
}

func TestTombstoneIsNotAnEmptyMessage(t *testing.T) {
	t.Parallel()
	if got := rejected(t, pipeline.Record{Key: []byte("k")}); got != pipeline.ReasonTombstone {
		t.Errorf("nil value: %s", got)
	}
	if got := rejected(t, pipeline.Record{Value: []byte{}}); got != pipeline.ReasonEmpty {
		t.Errorf("empty value: %s", got)
	}
}

func TestRecordOverLimitIsTooLarge(t *testing.T) {
	t.Parallel()
	fill := func(n int) []byte {
		value := []byte(`{"id":"1","text":"x"}`)
		return append(value, bytes.Repeat([]byte{' '}, n-len(value))...)
	}
	if got := rejected(t, pipeline.Record{Value: fill(MaxRecordBytes + 1), Time: arrived}); got != pipeline.ReasonTooLarge {
		t.Errorf("one byte over: %s", got)
	}
	decodeOne(t, string(fill(MaxRecordBytes)))
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	nested := func(open, close string, n int) []byte {
		return []byte(`{"id":"1","text":"x","deep":` + strings.Repeat(open, n) + "1" + strings.Repeat(close, n) + `}`)
	}
	for name, value := range map[string][]byte{
		"arrays":       nested("[", "]", 256),
		"objects":      nested(`{"a":`, "}", 256),
		"never closed": []byte(`{"id":"1","deep":` + strings.Repeat("[", 10<<20)),
	} {
		if got := rejected(t, pipeline.Record{Value: value, Time: arrived}); got != pipeline.ReasonInvalidJSON {
			t.Errorf("%s: %s", name, got)
		}
	}
	fb := decodeOne(t, string(nested("[", "]", 255)))
	if got := fb.Attributes["deep"]; !strings.HasPrefix(got, "[[[") {
		t.Errorf("deep attribute: %.20s", got)
	}
}

func TestRecordWithoutAnyTimeIsRejected(t *testing.T) {
	t.Parallel()
	for _, kafka := range []time.Time{{}, time.UnixMilli(-1)} {
		if got := rejected(t, pipeline.Record{Value: []byte(`{"id":"1","text":"x"}`), Time: kafka}); got != pipeline.ReasonInvalidTime {
			t.Errorf("%v: %s", kafka, got)
		}
	}
}

func TestResultSharesNoMemoryWithRecord(t *testing.T) {
	t.Parallel()
	value := []byte(`{"id":"abc","text":"hello","x":"y"}`)
	fb, rejection := New(Source{Topic: "t"}).Decode(pipeline.Record{Value: value, Time: arrived})
	if rejection != nil {
		t.Fatal(rejection)
	}
	for i := range value {
		value[i] = '#'
	}
	if fb.ID != "abc" || fb.Text != "hello" || fb.Attributes["x"] != "y" {
		t.Errorf("changed with the record: %+v", fb)
	}
}

func TestSourceNamesAndChannel(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		source  Source
		value   string
		name    string
		channel pipeline.Channel
		kept    string // the attribute channel
	}{
		"topic is the source":         {Source{Topic: "t", Channel: pipeline.Survey}, `{"id":"1","nps":1}`, "t", pipeline.Survey, ""},
		"configured name":             {Source{Topic: "t", Name: "n", Channel: pipeline.Survey}, `{"id":"1","nps":1}`, "n", pipeline.Survey, ""},
		"record's own source":         {Source{Topic: "t", Name: "n"}, `{"id":"1","nps":1,"source":"own"}`, "own", pipeline.Review, ""},
		"record's channel":            {Source{Topic: "t"}, `{"id":"1","nps":1,"channel":"Survey"}`, "t", pipeline.Survey, ""},
		"source's channel wins":       {Source{Topic: "t", Channel: pipeline.Review}, `{"id":"1","nps":1,"channel":"survey"}`, "t", pipeline.Review, "survey"},
		"same channel":                {Source{Topic: "t", Channel: pipeline.Survey}, `{"id":"1","nps":1,"channel":"survey"}`, "t", pipeline.Survey, ""},
		"unknown channel":             {Source{Topic: "t"}, `{"id":"1","nps":1,"channel":7}`, "t", pipeline.Review, "7"},
		"messages of unknown channel": {Source{Topic: "t"}, `{"id":"1","messages":[{"role":"bot","text":"hi"}]}`, "t", pipeline.Chat, ""},
	} {
		fb, rejection := New(test.source).Decode(pipeline.Record{Value: []byte(test.value), Time: arrived})
		if rejection != nil {
			t.Errorf("%s: %v", name, rejection)
			continue
		}
		if fb.Source != test.name || fb.Channel != test.channel || fb.Attributes["channel"] != test.kept {
			t.Errorf("%s: source %s, channel %s, attribute %q", name, fb.Source, fb.Channel, fb.Attributes["channel"])
		}
	}
}
