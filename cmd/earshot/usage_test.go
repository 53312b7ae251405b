package main

import (
	"encoding/json"
	"strings"
	"testing"

	"earshot/nlp"
)

func TestEveryCommandHelpsWithAnExample(t *testing.T) {
	root := newRoot(stdio{})
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" { // the library's own
			continue
		}
		t.Run(cmd.Name(), func(t *testing.T) {
			for _, args := range [][]string{{cmd.Name(), "--help"}, {"help", cmd.Name()}} {
				got := earshot(t, "", args...).succeeds(t)
				for _, want := range []string{"Usage:", "Examples:\n  ", "earshot " + cmd.Name()} {
					if !strings.Contains(got.out, want) {
						t.Errorf("%v does not show %q:\n%s", args, want, got.out)
					}
				}
				if got.err != "" {
					t.Errorf("%v wrote on standard error: %s", args, got.err)
				}
			}
		})
	}
	if got := earshot(t, "").succeeds(t); !strings.Contains(got.out, "earshot demo") {
		t.Errorf("earshot alone shows\n%s", got.out)
	}
}

func TestWrongUsage(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		says []string
	}{
		"unknown command":            {[]string{"frobnicate"}, []string{`unknown command "frobnicate"`, "earshot --help"}},
		"misspelt command":           {[]string{"snd"}, []string{`did you mean "send"`}},
		"help of an unknown command": {[]string{"help", "snd"}, []string{`did you mean "send"`}},
		"unknown flag":               {[]string{"analyze", "--inptu", "csv"}, []string{"--inptu", "earshot analyze --help"}},
		"flag of the wrong type":     {[]string{"demo", "--rate", "fast"}, []string{"--rate", "fast"}},
		"rate of nothing":            {[]string{"demo", "--rate", "0"}, []string{"--rate 0"}},
		"rate that is no number":     {[]string{"demo", "--rate", "NaN"}, []string{"--rate NaN"}},
		"time below zero":            {[]string{"demo", "--for", "-1s"}, []string{"--for -1s"}},
		"argument where none is":     {[]string{"up", "now"}, []string{`"now"`}},
		"address without a port":     {[]string{"up", "--http", "localhost"}, []string{`--http "localhost"`}},
		"no address at all":          {[]string{"demo", "--kafka", ""}, []string{`--kafka ""`}},
		"run without config":         {[]string{"run"}, []string{"--config is missing", "earshot run --help"}},
		"check without config":       {[]string{"check"}, []string{"--config is missing"}},
		"migrate without config":     {[]string{"migrate"}, []string{"--config is missing"}},
		"send without topic":         {[]string{"send", "a.csv"}, []string{"--topic is missing"}},
		"send without file":          {[]string{"send", "--topic", "t"}, []string{"no file"}},
		"send unknown format":        {[]string{"send", "--topic", "t", "--format", "xml", "a"}, []string{`"xml"`, "ndjson"}},
		"send to two places":         {[]string{"send", "--topic", "t", "--config", "a", "--brokers", "b:1", "c.csv"}, []string{"--config and --brokers"}},
		"query without SQL":          {[]string{"query"}, []string{"one SQL statement"}},
		"query of nothing":           {[]string{"query", " "}, []string{"one SQL statement"}},
		"improvement of nothing":     {[]string{"improvement", "add"}, []string{"--topic"}},
		"improvement of a stage":     {[]string{"improvement", "add", "--topic", "staff", "--stage", "later"}, []string{`"later"`, "fulfilment"}},
		"improvement of a channel":   {[]string{"improvement", "add", "--topic", "staff", "--channel", "fax"}, []string{`"fax"`, "survey"}},
		"improvement at no time":     {[]string{"improvement", "add", "--topic", "staff", "--at", "soon"}, []string{"--at", "2026-11-01"}},
		"improvement removed":        {[]string{"improvement", "remove"}, []string{"improvement list"}},
		"improvements as XML":        {[]string{"improvement", "list", "--output", "xml"}, []string{`"xml"`, "json"}},
		"query unquoted":             {[]string{"query", "SELECT", "1"}, []string{"in quotes"}},
		"query unknown format":       {[]string{"query", "--format", "xml", "SELECT 1"}, []string{`"xml"`, "table"}},
		"query with FORMAT":          {[]string{"query", "SELECT 1 FORMAT JSON;"}, []string{"--format"}},
		"query of two places":        {[]string{"query", "--config", "a", "--clickhouse", "b", "SELECT 1"}, []string{"--config and --clickhouse"}},
		"analyze unknown tier":       {[]string{"analyze", "--tier", "deepest"}, []string{`"deepest"`}},
		"analyze unknown input":      {[]string{"analyze", "--input", "json"}, []string{`"json"`, "ndjson"}},
		"analyze unknown output":     {[]string{"analyze", "--output", "xml"}, []string{`"xml"`, "table"}},
		"version unknown output":     {[]string{"version", "--output", "xml"}, []string{`"xml"`}},
	} {
		t.Run(name, func(t *testing.T) { earshot(t, "", test.args...).fails(t, 2, test.says...) })
	}
}

func TestConfigurationErrorsNameTheFile(t *testing.T) {
	path := file(t, "earshot.yaml", "kafka:\n  brokrs: [a:1]\n")
	for _, command := range []string{"run", "check", "migrate"} {
		earshot(t, "", command, "--config", path).fails(t, 1, path, "line 2", "kafka.brokrs", "kafka.brokers")
	}
	earshot(t, "", "query", "--config", path, "SELECT 1").fails(t, 1, path, "line 2")
	earshot(t, "", "send", "--config", path, "--topic", "t", file(t, "a.csv", "id\n1\n")).fails(t, 1, path, "line 2")
	earshot(t, "", "run", "--config", path+".none").fails(t, 1, path+".none", "no such file")
}

func TestVersion(t *testing.T) {
	var got map[string]string
	if err := json.Unmarshal([]byte(earshot(t, "", "version", "--output", "json").succeeds(t).out), &got); err != nil {
		t.Fatal(err)
	}
	text := earshot(t, "", "version").succeeds(t).out
	for _, field := range []string{"version", "commit", "model", "deep_model", "taxonomy", "schema", "clickhouse_engine", "kafka_engine", "onnxruntime"} {
		if got[field] == "" {
			t.Errorf("%s is missing in %v", field, got)
		}
		if !strings.Contains(text, field) || !strings.Contains(text, got[field]) {
			t.Errorf("%s %s is missing in\n%s", field, got[field], text)
		}
	}
}

func TestVersionSaysThatTheLibraryOfTheDeepTierIsAbsent(t *testing.T) {
	t.Setenv("EARSHOT_ONNXRUNTIME", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	out := earshot(t, "", "version").succeeds(t).out
	for _, word := range []string{nlp.DeepModel, "absent: ", "make onnxruntime"} {
		if !strings.Contains(out, word) {
			t.Errorf("%q is missing in\n%s", word, out)
		}
	}
}
