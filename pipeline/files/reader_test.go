package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// readAll returns what a reader finds, a line a record or error. It ends with
// the error that ends reading, if that is not io.EOF.
func readAll(r *Reader) []string {
	var found []string
	for {
		record, err := r.Read()
		var broken *RecordError
		switch {
		case errors.Is(err, io.EOF):
			return found
		case errors.As(err, &broken):
			found = append(found, fmt.Sprintf("%d:%d ! %s", broken.Number, broken.Line, broken.Problem))
		case err != nil:
			return append(found, "!! "+err.Error())
		default:
			found = append(found, fmt.Sprintf("%d:%d %s", record.Number, record.Line, record.Value))
		}
	}
}

func TestReadsRecords(t *testing.T) {
	t.Parallel()
	const manyCells, afterQuote, neverClosed = "2:3 ! 3 cells, the header has 2",
		"a quoted cell goes on after its closing quote; inside a cell, quotes are doubled", "a quoted cell is never closed"
	for name, test := range map[string]struct {
		format Format
		file   string
		want   []string // number:line record
	}{
		"CSV":                       {CSV, "id,text\n1,hello\n2,world\n", []string{`1:2 {"id":"1","text":"hello"}`, `2:3 {"id":"2","text":"world"}`}},
		"CSV without last line end": {CSV, "id,text\n1,hello", []string{`1:2 {"id":"1","text":"hello"}`}},
		"CSV with byte order mark and CRLF": {CSV, "\uFEFFid,text\r\n1,hello\r\n2,\"x\"\r\n",
			[]string{`1:2 {"id":"1","text":"hello"}`, `2:3 {"id":"2","text":"x"}`}},
		"CSV with quoted line ends": {CSV, "id,text\n1,\"a, \"\"b\"\"\r\n\nc\"\n2,x\n",
			[]string{`1:2 {"id":"1","text":"a, \"b\"\r\n\nc"}`, `2:5 {"id":"2","text":"x"}`}},
		"CSV with blank lines and empty cells": {CSV, "id,text\n\n1,\r\n\n,\"\"\n", []string{`1:3 {"id":"1"}`, `2:5 {}`}},
		"CSV with nameless and repeated columns": {CSV, ",a, a ,a_2,\n0,1,2,3,4\n",
			[]string{`1:2 {"column_1":"0","a":"1","a_3":"2","a_2":"3","column_5":"4"}`}},
		"CSV with odd names":                       {CSV, "a.b,\"c \"\"d\"\"\"\n1,2\n", []string{`1:2 {"a.b":"1","c \"d\"":"2"}`}},
		"CSV with semicolons":                      {CSV, "id;text\n1;\"a;b\"\n2;a,b\n", []string{`1:2 {"id":"1","text":"a;b"}`, `2:3 {"id":"2","text":"a,b"}`}},
		"CSV with control bytes and invalid UTF-8": {CSV, "t\na\x00\x1f\xe9\\\n", []string{"1:2 {\"t\":\"a\\u0000\\u001f\xe9\\\\\"}"}},
		"rows of other lengths": {CSV, "id,text\n1,a\n2,b,c\n3\n4,d\n",
			[]string{`1:2 {"id":"1","text":"a"}`, manyCells, "3:4 ! 1 cells, the header has 2", `4:5 {"id":"4","text":"d"}`}},
		"quotes inside cells":        {CSV, "id,text\n1,it's 5\" long\n", []string{`1:2 {"id":"1","text":"it's 5\" long"}`}},
		"quote that is no quoting":   {CSV, "id,text\n1,\"so\" he said\n2,b\n", []string{`1:2 {"id":"1","text":"\"so\" he said"}`, `2:3 {"id":"2","text":"b"}`}},
		"text after a quoted cell":   {CSV, "id,text\n1,\"a,b\" c\n2,b\n", []string{"1:2 ! " + afterQuote, `2:3 {"id":"2","text":"b"}`}},
		"quote that is never closed": {CSV, "id,text\n1,\"a,b\n2,b\n\n3,c", []string{"1:2 ! " + neverClosed, `2:3 {"id":"2","text":"b"}`, `3:5 {"id":"3","text":"c"}`}},
		"quotes that are never closed": {TSV, "id\ttext\n1\t\"a\n2\t\"b\n3\tc\n4\t\"d",
			[]string{`1:2 {"id":"1","text":"\"a"}`, `2:3 {"id":"2","text":"\"b"}`, `3:4 {"id":"3","text":"c"}`, `4:5 {"id":"4","text":"\"d"}`}},
		"TSV": {TSV, "id\ttext\n1\tsay \"hi\", you\n2\t\"a\tb\nc\"\n",
			[]string{`1:2 {"id":"1","text":"say \"hi\", you"}`, `2:3 {"id":"2","text":"a\tb\nc"}`}},
		"header only": {CSV, "id,text\n", nil},
		"empty":       {CSV, "", nil},
		"UTF-16":      {CSV, "\xff\xfei\x00d\x00", []string{"!! f is in UTF-16; convert it to UTF-8 first"}},

		"NDJSON": {NDJSON, "\uFEFF{\"a\":1}\r\n\n  \n [2] \nnot JSON", []string{`1:1 {"a":1}`, `2:4 [2]`, `3:5 not JSON`}},

		"array": {JSONArray, "[\n {\"a\":\"]}\\\"\"},\n\n[\"x\",{}], 12 ,\"s,\\\\\",null\n]\n",
			[]string{`1:2 {"a":"]}\""}`, `2:4 ["x",{}]`, `3:4 12`, `4:4 "s,\\"`, `5:4 null`}},
		"single object":        {JSONArray, " {\"a\":\n[]} ", []string{"1:1 {\"a\":\n[]}"}},
		"objects in a row":     {JSONArray, "{\"a\":1}\n{\"a\":2}", []string{`1:1 {"a":1}`, `2:2 {"a":2}`}},
		"empty array":          {JSONArray, "[]", nil},
		"broken element":       {JSONArray, "[{\"a\":nope},{\"a\":1}]", []string{`1:1 {"a":nope}`, `2:1 {"a":1}`}},
		"array cut short":      {JSONArray, "[{\"a\":1},\n{\"a\":2}", []string{`1:1 {"a":1}`, `2:2 {"a":2}`, "!! f: cut short: the array has no end; its 2 records were read"}},
		"element cut short":    {JSONArray, "[{\"a\":1},\n{\"a\":\"2", []string{`1:1 {"a":1}`, "!! f: cut short: record 2 begins on line 2 and has no end; 1 records were read"}},
		"no comma":             {JSONArray, "[{\"a\":1}\n{\"a\":2}]", []string{`1:1 {"a":1}`, "!! f: line 2, after record 1: found '{', not a comma or ]"}},
		"bare word at the end": {JSONArray, "true", []string{"1:1 true"}},
	} {
		for way, source := range map[string]io.Reader{"": strings.NewReader(test.file), " byte by byte": iotest.OneByteReader(strings.NewReader(test.file))} {
			if diff := cmp.Diff(test.want, readAll(NewReader(source, test.format, "f"))); diff != "" {
				t.Errorf("%s%s (-want +got):\n%s", name, way, diff)
			}
		}
	}
}

func TestHeaderComesBeforeRecords(t *testing.T) {
	t.Parallel()
	r := NewReader(strings.NewReader(",a\n1,2\n"), CSV, "f")
	for range 2 {
		header, err := r.Header()
		if diff := cmp.Diff([]string{"column_1", "a"}, header); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
	}
	if diff := cmp.Diff([]string{`1:2 {"column_1":"1","a":"2"}`}, readAll(r)); diff != "" {
		t.Error(diff)
	}
	for _, r := range []*Reader{NewReader(strings.NewReader(""), CSV, "f"), NewReader(strings.NewReader("{}"), NDJSON, "f")} {
		if header, err := r.Header(); header != nil || err != nil {
			t.Errorf("%v %v", header, err)
		}
	}
}

func TestOverlongRecordIsPassedOver(t *testing.T) {
	t.Parallel()
	const limit = 1000
	long := strings.Repeat("x", limit)
	const problem = "longer than 64 MiB, the limit of a record"
	for name, test := range map[string]struct {
		format Format
		file   []string
		want   []string
	}{
		"NDJSON": {NDJSON, []string{"{}\n", long, "x\n[]\n"}, []string{"1:1 {}", "2:2 ! " + problem, "3:3 []"}},
		"CSV":    {CSV, []string{"a\n", long, "x\ny\n"}, []string{"1:2 ! " + problem, `2:3 {"a":"y"}`}},
		"quote that is not closed for too long": {CSV, []string{"a,b\n1,\"x\n", strings.Repeat("2,y\n", limit/2), "3,z\n"},
			append(append([]string{`1:2 {"a":"1","b":"\"x"}`}, repeatedRows(limit/2, 3, `{"a":"2","b":"y"}`)...), fmt.Sprintf(`%d:%d {"a":"3","b":"z"}`, limit/2+2, limit/2+3))},
		"array": {JSONArray, []string{`[{},"`, long, `",1]`}, []string{"1:1 {}", "2:1 ! " + problem, "3:1 1"}},
	} {
		var parts []io.Reader
		for _, part := range test.file {
			parts = append(parts, strings.NewReader(part))
		}
		r := NewReader(io.MultiReader(parts...), test.format, "f")
		r.limit = limit
		if diff := cmp.Diff(test.want, readAll(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// repeatedRows are n records alike, as readAll shows them, the first as record
// 2 on the given line.
func repeatedRows(n, line int, value string) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d:%d %s", i+2, line+i, value)
	}
	return rows
}

func TestReadErrorSaysWhere(t *testing.T) {
	t.Parallel()
	failure := errors.New("the disk is gone")
	for _, format := range Formats() {
		start := map[Format]string{NDJSON: "{}\n", CSV: "a\nx\n", TSV: "a\nx\n", JSONArray: "[{},\n"}[format]
		r := NewReader(io.MultiReader(strings.NewReader(start), iotest.ErrReader(failure)), format, "f")
		if _, err := r.Read(); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		for range 2 { // it stays
			if _, err := r.Read(); !errors.Is(err, failure) || !strings.Contains(err.Error(), "after record 1") {
				t.Errorf("%s: %v", format, err)
			}
		}
	}
}

func TestOpenLooksAtBytesNotAtNames(t *testing.T) {
	t.Parallel()
	const content = "id,text\n1,hello\n"
	var zipped, zstandard bytes.Buffer
	g := gzip.NewWriter(&zipped)
	z, err := zstd.NewWriter(&zstandard)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{g, z} {
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	twice := append(bytes.Clone(zipped.Bytes()), zipped.Bytes()...)
	dir := t.TempDir()
	for name, test := range map[string]struct{ file, want string }{
		"plain.csv.gz": {content, content},
		"zipped.csv":   {zipped.String(), content},
		"twice.csv.gz": {string(twice), content + content},
		"z.csv":        {zstandard.String(), content},
		"empty.csv":    {"", ""},
		"short":        {"\x1f", "\x1f"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(test.file), 0o644); err != nil {
			t.Fatal(err)
		}
		for name, stdin := range map[string]io.Reader{path: nil, Stdin: strings.NewReader(test.file)} {
			f, err := Open(name, stdin)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got, err := io.ReadAll(f)
			if err != nil || string(got) != test.want {
				t.Errorf("%s: %q (%v)", name, got, err)
			}
			if err := f.Close(); err != nil {
				t.Errorf("%s: closing: %v", name, err)
			}
		}
	}
	if _, err := Open(dir, nil); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("directory: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none"), nil); !os.IsNotExist(err) {
		t.Errorf("missing file: %v", err)
	}
	f, err := Open(Stdin, bytes.NewReader(zipped.Bytes()[:zipped.Len()-4]))
	if err != nil {
		t.Fatal(err)
	}
	found := readAll(NewReader(f, CSV, Stdin))
	if last := found[len(found)-1]; !strings.Contains(last, "standard input: the compressed file is cut short") {
		t.Errorf("cut gzip: %v", found)
	}
}

func TestDetectsFormatByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Format{
		"a.csv": CSV, "dir.x/A.CSV.GZ": CSV, "a.train.tsv.gz": TSV, "a.tab": TSV, "a.jsonl.zst": NDJSON, "a.ndjson": NDJSON, "a.json": JSONArray,
		"a.txt": "", "csv": "", "-": "", "a.gz": "",
	} {
		if got, ok := Detect(name); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", name, got, ok)
		}
	}
}

func TestRepeatsAreCounted(t *testing.T) {
	t.Parallel()
	var r Repeats
	for line, id := range []string{"a", "b", "", "c", "b", "", "a", "b"} {
		r.Add(id, line+2)
	}
	if id, line := r.Example(); r.Count() != 3 || id != "b" || line != 6 {
		t.Errorf("%d repeats, first %s on line %d", r.Count(), id, line)
	}
}

func FuzzReader(f *testing.F) {
	for _, seed := range []string{"a,b\n1,\"x\ny\"\n\"z,3\n", "a\tb\n\"1\"\"\t2\n", "[{\"a\":\"]\"},2,\"x\"]", "{}\n{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, format := range Formats() {
			r := NewReader(bytes.NewReader(file), format, "f")
			number, line := 0, 1
			for {
				record, err := r.Read()
				var broken *RecordError
				if errors.As(err, &broken) {
					record.Number, record.Line = broken.Number, broken.Line
				} else if err != nil {
					break
				}
				if record.Number != number+1 || record.Line < line || record.Line > bytes.Count(file, []byte{'\n'})+1 {
					t.Fatalf("%s: record %d on line %d after %d on line %d", format, record.Number, record.Line, number, line)
				}
				number, line = record.Number, record.Line
			}
		}
	})
}
