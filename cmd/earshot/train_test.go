package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp/language"
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
	data, out := file(t, "toys.train.tsv", lessons), filepath.Join(t.TempDir(), "m")
	for name, c := range map[string]struct {
		code int
		args []string
		says string
	}{
		"no data":       {2, []string{"--out", "m"}, "--data is missing"},
		"no out":        {2, []string{"--data", data}, "--out is missing"},
		"unknown task":  {2, []string{"--task", "mood", "--data", data, "--out", "m"}, `--task "mood"`},
		"left out, out": {2, []string{"--leave-one-out", "--data", data, "--out", "m"}, "--leave-one-out"},
		"missing file":  {1, []string{"--data", "nowhere.tsv", "--out", "m"}, "nowhere.tsv"},
		"wrong label":   {1, []string{"--data", file(t, "a.tsv", "label\ttext\nmeh\tx\n"), "--out", "m"}, `line 2: label "meh"`},
		"no folder":     {1, []string{"--data", data, "--out", filepath.Join(t.TempDir(), "none", "m")}, "no such file or directory"},
		// Before the data is read, which is not there.
		"out is a directory":    {1, []string{"--data", "nowhere.tsv", "--out", t.TempDir()}, "is a directory: name the file to write"},
		"out where none can be": {1, []string{"--data", "nowhere.tsv", "--out", filepath.Join(data, "m")}, "m cannot be written: not a directory"},
		"language, out":         {1, []string{"--task", "language", "--data", "nowhere", "--out", t.TempDir()}, "is a directory: name the file to write"},
		"language of a file":    {1, []string{"--task", "language", "--data", data, "--out", out}, "it takes folders"},
		"language, teacher":     {2, []string{"--task", "language", "--data", ".", "--out", out, "--unlabelled", data}, "--unlabelled and --name go with --task sentiment"},
		"language, name":        {2, []string{"--task", "language", "--data", ".", "--out", out, "--name", "l@1"}, "--unlabelled and --name go with --task sentiment"},
		"one set left out":      {1, []string{"--leave-one-out", "--data", data}, "leaves nothing to learn from"},
		"empty file":            {1, []string{"--data", file(t, "b.tsv", ""), "--out", out}, "b.tsv: it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			earshot(t, "", append([]string{"train"}, c.args...)...).fails(t, c.code, c.says)
		})
	}
}

func TestAFailedTrainingLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	earshot(t, "", "train", "--data", "nowhere.tsv", "--out", filepath.Join(dir, "m")).fails(t, 1, "nowhere.tsv")
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTrainWritesALanguageModel(t *testing.T) {
	if testing.Short() {
		t.Skip("trains in full")
	}
	corpus, out := file(t, "a.train.tsv", "label\ttext\tindustry\nneutral\tSono contento\titalian\n"), filepath.Join(t.TempDir(), "language.bin")
	earshot(t, "", "train", "--task", "language", "--data", filepath.Dir(corpus), "--out", out).succeeds(t)
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := language.Read(f); err != nil {
		t.Error(err)
	}
	if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// counting counts what is written to it.
type counting struct {
	strings.Builder
	writes int
}

func (c *counting) Write(b []byte) (int, error) {
	c.writes++
	return c.Builder.Write(b)
}

func TestLeaveOneOutPrintsRowsAsTheyCome(t *testing.T) {
	var out counting
	args := []string{
		"train", "--leave-one-out",
		"--data", file(t, "toys.train.tsv", lessons),
		"--data", file(t, "shoes.train.tsv", strings.ReplaceAll(lessons, " it", " the shoe")),
	}
	if code := run(t.Context(), args, stdio{in: strings.NewReader(""), out: &out, err: t.Output()}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 3 || out.writes != 3 {
		t.Fatalf("%d lines in %d writes:\n%s", len(lines), out.writes, out.String())
	}
	for i, begins := range []string{"left out ", "toys ", "shoes "} {
		if !strings.HasPrefix(lines[i], begins) || len(lines[i]) != len(lines[0]) {
			t.Errorf("line %d: %q beneath %q", i+1, lines[i], lines[0])
		}
	}
}
