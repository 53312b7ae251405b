package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const lessons = "label\ttext\nnegative\tit is broken\nnegative\tbroken and late\npositive\tit is lovely\npositive\tlovely and quick\nneutral\twhere is it\nneutral\twhen is it open\n"

func TestTrainWritesAModelThatAnalyzeHearsWith(t *testing.T) {
	data, out := file(t, "toys.train.tsv", lessons), filepath.Join(t.TempDir(), "toys.model")
	earshot(t, "", "train", "--data", data, "--out", out).succeeds(t)
	first, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got := earshot(t, "lovely\n", "analyze", "--model", out).succeeds(t).out
	if !strings.Contains(got, `"label":"positive"`) || !strings.Contains(got, `"model":"toys.model@1"`) || !strings.Contains(got, `"tier":"fast"`) {
		t.Error(got)
	}
	earshot(t, "", "train", "--data", data, "--out", out).succeeds(t)
	if second, err := os.ReadFile(out); err != nil || string(second) != string(first) {
		t.Error("the same input and seed give other bytes", err)
	}
}

func TestTrainSaysWhatIsWrong(t *testing.T) {
	data := file(t, "toys.train.tsv", lessons)
	for name, c := range map[string]struct {
		code int
		args []string
		says string
	}{
		"no data":       {2, []string{"--out", "m"}, "--data is missing"},
		"no out":        {2, []string{"--data", data}, "--out is missing"},
		"unknown task":  {2, []string{"--task", "mood", "--data", data, "--out", "m"}, `--task "mood"`},
		"later task":    {2, []string{"--task", "topics", "--data", data, "--out", "m"}, "--task topics"},
		"left out, out": {2, []string{"--leave-one-out", "--data", data, "--out", "m"}, "--leave-one-out"},
		"missing file":  {1, []string{"--data", "nowhere.tsv", "--out", "m"}, "nowhere.tsv"},
		"wrong label":   {1, []string{"--data", file(t, "a.tsv", "label\ttext\nmeh\tx\n"), "--out", "m"}, `line 2: label "meh"`},
		"no folder":     {1, []string{"--data", data, "--out", filepath.Join(t.TempDir(), "none", "m")}, "no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			earshot(t, "", append([]string{"train"}, c.args...)...).fails(t, c.code, c.says)
		})
	}
}
