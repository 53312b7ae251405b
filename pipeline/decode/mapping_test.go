package decode

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

// mappingErrors says for each file of testdata/mapping what its error names.
var mappingErrors = map[string]string{
	"unknown_key":               `unknown field "titel"; the nearest is title`,
	"unknown_part_of_customer":  `unknown field "customer.segmnt"; the nearest is customer.segment`,
	"number_for_a_path":         `rating_max: 5 is not a string; write "5" for a path or column, "=5" for a literal`,
	"empty_path":                `id is empty; leave the key out`,
	"nested_customer":           `customer: write its parts as keys of their own`,
	"customer_twice":            `customer.id and customer exclude each other`,
	"messages_without_list":     `messages.role is a path inside each of messages`,
	"role_map_without_messages": `role_map is for the roles in messages`,
	"unknown_role":              `role_map: "csr" is mapped to "staff"; expected customer, agent or bot`,
	"role_map_of_names":         `role_map: expected a map`,
	"foreign_time_format":       `created_at_format: "yyyy-MM-dd" is not epoch, epoch_ms or a layout`,
	"hash_for_text":             `text: only id may be @hash`,
	"nameless_attribute":        `attributes. names no attribute`,
	"nothing":                   `the mapping names no field`,
	"list":                      `not a YAML mapping of fields to paths`,
	"key_twice":                 `not a YAML mapping of fields to paths`,
}

func TestWrongMappingNamesKeyAndRemedy(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/mapping/*.yaml")
	if err != nil || len(paths) != len(mappingErrors) {
		t.Fatalf("%d files, %d expected (%v)", len(paths), len(mappingErrors), err)
	}
	for _, path := range paths {
		want := mappingErrors[strings.TrimSuffix(filepath.Base(path), ".yaml")]
		_, err := LoadMapping(path)
		if want == "" || err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s:\n got %v\nwant …%s…", path, err, want)
		}
	}
	if _, err := LoadMapping("testdata/mapping/none.yaml"); !os.IsNotExist(err) {
		t.Errorf("missing file: %v", err)
	}
}

func parse(t *testing.T, lines ...string) *Mapping {
	t.Helper()
	m, err := ParseMappingYAML([]byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMappingTurnsRecordsIntoContract(t *testing.T) {
	t.Parallel()
	columns := Origin{File: "dir/posts.csv.gz", Number: 7, Columns: true}
	for name, test := range map[string]struct {
		mapping []string
		from    Origin
		record  string
		want    string
	}{
		"paths keep types": {
			[]string{"id: review.id", "text: body", "rating: stars", `rating_max: "=5"`, "created_at: ts", "attributes.a: deep", "attributes.b: gone"},
			Origin{}, `{"review":{"id":18446744073709551617},"body":"\u00e9","stars":4.50,"ts":1700000000,"deep":[1, 2],"more":true}`,
			`{"id":18446744073709551617,"created_at":1700000000,"text":"\u00e9","rating":4.50,"rating_max":"5","attributes":{"a":[1, 2]}}`},
		"nulls and missing fields are left out": {
			[]string{"id: a", "text: b", "customer.id: c", "customer.segment: d"},
			Origin{}, `{"a":1,"b":null,"c":null}`, `{"id":1}`},
		"array elements, counts and modifiers": {
			[]string{"id: ids.0", "likes: 'ids.#'", "text: 'lines.@reverse.0'", "targets: 'tags.#.name'"},
			Origin{}, `{"ids":["x","y"],"lines":["a","b"],"tags":[{"name":"A"},{"name":"B"}]}`,
			`{"id":"x","text":"b","likes":2,"targets":["A","B"]}`},
		"customer": {
			[]string{"id: a", "customer.id: u.n", "customer.segment: u.s"},
			Origin{}, `{"a":1,"u":{"n":9,"s":"x"}}`, `{"id":1,"customer":{"id":9,"segment":"x"}}`},
		"whole attributes and one": {
			[]string{"id: a", "attributes: x", "attributes.k: y"},
			Origin{}, `{"a":1,"x":{"k":1,"l":null},"y":2}`, `{"id":1,"attributes":{"k":1,"l":null,"k":2}}`},
		"hash": {
			[]string{`id: "@hash"`, "text: t"},
			Origin{}, `{"t":"x"}`, `{"id":"69537f07719510a63407aee89ff1d5e77d54d77e029937916b3ca94c8235940e","text":"x"}`},
		"line": {
			[]string{`id: "@line"`, "text: t"},
			columns, `{"t":"x"}`, `{"id":"posts.csv:7","text":"x"}`},
		"column names as they stand": {
			[]string{"id: a.b", "text: '#*?| x'", "title: Review Text", "location: empty", "attributes.q: a.b"},
			columns, `{"a.b":"1","a":{"b":"wrong"},"#*?| x":"t","Review Text":"r","empty":""}`,
			`{"id":"1","title":"r","text":"t","attributes":{"q":"1"}}`},
		"turns as pairs": {
			[]string{"id: a", "messages: turns", `messages.role: "0"`, `messages.text: "1"`, "role_map: {Action: bot, CSR: agent}"},
			Origin{}, `{"a":1,"turns":[["action","x"],["csr","y"],["customer","z"],null,"?"]}`,
			`{"id":1,"messages":[{"role":"bot","text":"x"},{"role":"agent","text":"y"},{"role":"customer","text":"z"},null,"?"]}`},
		"turns as objects, numbers as roles, a literal role": {
			[]string{"id: a", "messages: m", "messages.text: body.plain", "messages.at: t", "created_at_format: epoch", `role_map: {0: customer, 1: agent}`},
			Origin{}, `{"a":1,"m":[{"role":0,"body":{"plain":"x"},"t":1700000000.25},{"role":1,"text":"?"}]}`,
			`{"id":1,"messages":[{"role":"customer","text":"x","at":"2023-11-14T22:13:20.25Z"},{"role":"agent"}]}`},
		"literal role": {
			[]string{"id: a", "messages: m", `messages.role: "=customer"`},
			Origin{}, `{"a":1,"m":[{"text":"x"}]}`, `{"id":1,"messages":[{"role":"customer","text":"x"}]}`},
		"messages that are no array": {
			[]string{"id: a", "messages: m"}, Origin{}, `{"a":1,"m":"x"}`, `{"id":1,"messages":"x"}`},
		"literal with quotes": {
			[]string{"id: a", `platform: '="x"'`}, Origin{}, `{"a":1}`, `{"id":1,"platform":"\"x\""}`},
		"invalid UTF-8 stays": {
			[]string{"id: a", "text: t"}, Origin{}, "{\"a\":1,\"t\":\"caf\xe9\"}", "{\"id\":1,\"text\":\"caf\xe9\"}"},
		"what is no object stays":    {[]string{"id: a"}, Origin{}, `[{"a":1}]`, `[{"a":1}]`},
		"what is no JSON stays":      {[]string{"id: a"}, Origin{}, `a,b`, `a,b`},
		"byte order mark":            {[]string{"id: a"}, Origin{}, "\uFEFF{\"a\":1}", `{"id":1}`},
		"no id named, nothing found": {[]string{"text: t"}, Origin{}, `{"a":1}`, `{}`},
	} {
		got := string(parse(t, test.mapping...).Apply([]byte(test.record), test.from))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestMappedTimes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		format, value string
		want          string // RFC 3339; empty: invalid_time
	}{
		{"2006/1/2", `"2020/3/18"`, "2020-03-18T00:00:00Z"},
		{"Mon Jan 02 15:04:05 -0700 2006", `"Mon Dec 01 19:30:03 +0000 2014"`, "2014-12-01T19:30:03Z"},
		{"Mon Jan 02 15:04:05 -0700 2006", `"Mon Dec 01 19:30:03 -0500 2014"`, "2014-12-02T00:30:03Z"},
		{"20060102", `"20240115"`, "2024-01-15T00:00:00Z"},
		{"20060102", `20240115`, "2024-01-15T00:00:00Z"},
		{"20060102", `"20241315"`, ""}, // not an epoch number of 1970
		{"20060102", `1700000000`, ""},
		{"20060102", `"2024-01-15"`, "2024-01-15T00:00:00Z"},
		{"2006/1/2", `"18.3.2020"`, ""},
		{"epoch", `12345678`, "1970-05-23T21:21:18Z"},
		{"epoch", `"1700000000.5"`, "2023-11-14T22:13:20.5Z"},
		{"epoch_ms", `12345678`, "1970-01-01T03:25:45.678Z"},
		{"epoch_ms", `1700000000123`, "2023-11-14T22:13:20.123Z"},
		{"epoch", `"yesterday"`, ""},
		{"epoch", `-5`, ""},
		{"2006/1/2", `"1/1/1"`, ""},
		{"2006/1/2", `"9999/1/1"`, ""},
		{"2006/1/2", `{"y":2020}`, ""},
	} {
		m := parse(t, "id: id", "text: id", "created_at: t", `created_at_format: "`+test.format+`"`)
		d := New(Source{Topic: "t", Mapping: m})
		fb, rejection := d.Decode(pipeline.Record{Value: []byte(`{"id":"1","t":` + test.value + `}`), Time: arrived})
		got := ""
		switch {
		case rejection == nil:
			got = fb.CreatedAt.Format(time.RFC3339Nano)
		case rejection.Reason != pipeline.ReasonInvalidTime && rejection.Reason != pipeline.ReasonWrongType:
			t.Errorf("%s as %s: %v", test.value, test.format, rejection)
		}
		if got != test.want {
			t.Errorf("%s as %s: got %q (%v), want %q", test.value, test.format, got, rejection, test.want)
		}
	}
}

func TestMappedStreamIsDecodedLikeAnyOther(t *testing.T) {
	t.Parallel()
	m := parse(t, "id: review.id", "text: body", "rating: stars", `rating_max: "=5"`)
	d := New(Source{Topic: "shop.reviews", Channel: pipeline.Review, Mapping: m})
	record := []byte(`{"review":{"id":7},"body":"lovely","stars":"4"}`)
	fb, rejection := d.Decode(pipeline.Record{Value: record, Time: arrived})
	if rejection != nil {
		t.Fatal(rejection)
	}
	again, rejection := New(Source{Topic: "shop.reviews", Channel: pipeline.Review}).Decode(
		pipeline.Record{Value: m.Apply(record, Origin{}), Time: arrived})
	if diff := cmp.Diff(fb, again); diff != "" || rejection != nil {
		t.Errorf("mapped before and in the decoder differ (%v):\n%s", rejection, diff)
	}
	if fb.ID != "7" || fb.Text != "lovely" || *fb.Rating != 4 || *fb.RatingMax != 5 {
		t.Errorf("%+v", fb)
	}
	for value, want := range map[string]pipeline.Reason{
		"not JSON":                        pipeline.ReasonInvalidJSON,
		strings.Repeat(`{"review":`, 300): pipeline.ReasonInvalidJSON,
		`{"body":"x"}`:                    pipeline.ReasonMissingID,
		`{"review":{"id":1}}`:             pipeline.ReasonNoContent,
	} {
		if _, rejection := d.Decode(pipeline.Record{Value: []byte(value), Time: arrived}); rejection == nil || rejection.Reason != want {
			t.Errorf("%.40s: %v, want %s", value, rejection, want)
		}
	}
}

func TestDoctorSeesWhatMappingLacks(t *testing.T) {
	t.Parallel()
	if parse(t, "text: t").NamesID() {
		t.Error("a mapping without id names one")
	}
	for _, id := range []string{"a.b", `"@hash"`, `"@line"`, `"=x"`} {
		m := parse(t, "id: "+id)
		if !m.NamesID() {
			t.Errorf("id: %s is not seen", id)
		}
		if err := m.CheckStream(); (err != nil) != (id == `"@line"`) {
			t.Errorf("id: %s in a stream: %v", id, err)
		}
	}
	m := parse(t, "id: Number", "text: Reveiw Text", `platform: "=x"`)
	err := m.CheckColumns([]string{"Number", "Review Text", "Rating"})
	if err == nil || !strings.Contains(err.Error(), `no column "Reveiw Text"; the nearest is "Review Text"`) {
		t.Errorf("misspelt column: %v", err)
	}
	if err := m.CheckColumns([]string{"Number", "Reveiw Text"}); err != nil {
		t.Error(err)
	}
}

func TestExampleMappingsLoad(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../deploy/examples/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples (%v)", err)
	}
	for _, path := range paths {
		m, err := LoadMapping(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if err := m.CheckStream(); err != nil || !m.NamesID() {
			t.Errorf("%s names an id: %v, serves streams: %v", path, m.NamesID(), err)
		}
	}
}
