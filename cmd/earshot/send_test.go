package main

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

func TestSendDryRunPrintsTheMessages(t *testing.T) {
	mapping := file(t, "map.yaml", "id: n\ntext: said\nrating: \"=5\"\nattributes.shop: shop\n")
	mappedFile := file(t, "line.yaml", "id: \"@line\"\ntext: said\n")
	for name, test := range map[string]struct {
		file, content string
		args          []string
		want          string
	}{
		"ndjson as it stands": {"a.ndjson", "{\"b\": 1}\n\nbroken\n", nil, "{\"b\": 1}\nbroken\n"},
		"csv as objects":      {"a.csv", "n,said\n1,\"two\nlines\"\n2,\n", nil, `{"n":"1","said":"two\nlines"}` + "\n" + `{"n":"2"}` + "\n"},
		"tsv as objects":      {"a.tsv", "n\tsaid\n1\tx\n", nil, `{"n":"1","said":"x"}` + "\n"},
		"csv mapped":          {"a.csv", "n,said,shop,other\n1,x,Bern,y\n", []string{"--map", mapping}, `{"id":"1","text":"x","rating":"5","attributes":{"shop":"Bern"}}` + "\n"},
		"json mapped":         {"a.json", `[{"n":1,"said":"x","shop":"Bern"}]`, []string{"--map", mapping}, `{"id":1,"text":"x","rating":"5","attributes":{"shop":"Bern"}}` + "\n"},
		"id from the line":    {"a.tsv", "said\nx\n", []string{"--map", mappedFile}, `{"id":"a.tsv:1","text":"x"}` + "\n"},
		"format said":         {"a.txt", "n\tsaid\n1\tx\n", []string{"--format", "tsv"}, `{"n":"1","said":"x"}` + "\n"},
		"nothing":             {"a.csv", "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"send", "--topic", "t", "--dry-run"}, test.args...)
			got := earshot(t, "", append(args, file(t, test.file, test.content))...).succeeds(t)
			if got.out != test.want {
				t.Errorf("got  %s\nwant %s", got.out, test.want)
			}
		})
	}
	if got := earshot(t, "n\n1\n", "send", "--topic", "t", "--dry-run", "--format", "csv", "-").succeeds(t); got.out != `{"n":"1"}`+"\n" {
		t.Errorf("standard input: %s", got.out)
	}
}

func TestSendDecompresses(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	content := strings.Repeat(`{"id":"1","text":"abc"}`+"\n", 20_000)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if got := earshot(t, "", "send", "--topic", "t", "--dry-run", file(t, "a.ndjson.gz", b.String())).succeeds(t); got.out != content {
		t.Errorf("%d bytes, want %d", len(got.out), len(content))
	}
	half := file(t, "half.ndjson.gz", b.String()[:b.Len()/2])
	got := earshot(t, "", "send", "--topic", "t", "--dry-run", half)
	got.fails(t, 1, half, "cut short", "records are sent")
	if !strings.HasPrefix(content, got.out) || got.out == "" {
		t.Errorf("of the half that is there %d bytes were sent", len(got.out))
	}
}

func TestSendReportsWhatCannotBeSent(t *testing.T) {
	mapping := file(t, "map.yaml", "id: nn\n")
	for name, test := range map[string]struct {
		args []string
		says []string
	}{
		"missing file":        {[]string{"none.csv"}, []string{"none.csv", "no such file"}},
		"directory":           {[]string{t.TempDir()}, []string{"is a directory"}},
		"unknown format":      {[]string{file(t, "a.xls", "x")}, []string{"a.xls", "--format"}},
		"missing mapping":     {[]string{"--map", "none.yaml", file(t, "a.csv", "n\n1\n")}, []string{"none.yaml", "no such file"}},
		"mapping misspelt":    {[]string{"--map", file(t, "m.yaml", "txt: a\n"), file(t, "a.csv", "n\n1\n")}, []string{"m.yaml", `"txt"`, "text"}},
		"mapping of no YAML":  {[]string{"--map", file(t, "m.yaml", "id: [\n"), file(t, "a.csv", "n\n1\n")}, []string{"m.yaml", "YAML"}},
		"column misspelt":     {[]string{"--map", mapping, file(t, "a.csv", "n\n1\n")}, []string{"a.csv", `no column "nn"`, `"n"`}},
		"file of another age": {[]string{file(t, "a.csv", "\xff\xfen\x00")}, []string{"UTF-16"}},
	} {
		t.Run(name, func(t *testing.T) {
			earshot(t, "", append([]string{"send", "--topic", "t", "--dry-run"}, test.args...)...).fails(t, 1, test.says...)
		})
	}

	got := earshot(t, "", "send", "--topic", "t", "--dry-run", file(t, "a.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n"))
	if got.code != 1 || !strings.Contains(got.err, "a.csv: line 4 (record 3): 3 cells, the header has 2") || !strings.HasSuffix(got.err, "1 could not be sent\n") && !strings.HasSuffix(got.err, "2 could not be sent\n") {
		t.Errorf("code %d: %s", got.code, got.err)
	}
	if !strings.Contains(got.out, `{"a":"7","b":"8"}`) {
		t.Errorf("the record after a broken one is missing: %s", got.out)
	}
}
