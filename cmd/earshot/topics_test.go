package main

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp/lane"
)

// tickets are messages with a user's own labels.
const tickets = "label\ttext\n" +
	"refund\twhere is my money\nrefund\tI want my money back\nrefund\trefund the money please\nrefund\tno refund so far\n" +
	"refund\tis the money on its way back\nrefund\tmy refund is late\nrefund\trefund it\nrefund\tmoney back now\n" +
	"card\tmy card was stolen\ncard\tI lost the card\ncard\ta new card please\ncard\tblock the card\n" +
	"card\tcard gone\ncard\tstolen card again\ncard\tis my card on its way\ncard\tcard lost on the bus\n"

func TestTopicsAreTrainedAndMeasured(t *testing.T) {
	dir := t.TempDir()
	data, out := file(t, "tickets.tsv", tickets), filepath.Join(dir, "shop.model")
	said := earshot(t, "", "train", "--task", "topics", "--tier", "fast", "--data", data, "--out", out, "--precision", "0.6").succeeds(t)
	for _, want := range []string{"shop: 2 labels learned from 16 texts", "16 texts held out, n-grams alone: ", "wrote " + out} {
		if !strings.Contains(said.err, want) {
			t.Errorf("%q is not in\n%s", want, said.err)
		}
	}
	first, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := lane.Read(first); err != nil || m.Name() != "shop" || m.Precision() != 0.6 {
		t.Error(m, err)
	}
	again := filepath.Join(dir, "again")
	earshot(t, tickets, "train", "--task", "topics", "--tier", "fast", "--data", "-", "--name", "shop", "--out", again, "--precision", "0.6").succeeds(t)
	if second, err := os.ReadFile(again); err != nil || string(second) != string(first) {
		t.Error("the same input and seed give other bytes", err)
	}

	dev := file(t, "dev.tsv", "text\tlabel\nthe money, I want it back\trefund\nstolen card\tcard\nmy card\tloan\n")
	table := earshot(t, "", "eval", "--task", "topics", "--model", out, "--data", dev).succeeds(t).out
	for _, want := range []string{dev, "accuracy %", "66.7", "of these right", "heard as", "│ loan ", dev + ": texts with a label that the lane doesn't know: 1"} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is not in\n%s", want, table)
		}
	}
	var got struct {
		Task, Tier, Model string
		Files             *[]any
		Topics            []struct {
			N, Foreign         int
			Accuracy, Coverage float64
			Confused           []struct {
				Label, Heard string
				N, Of        int
			}
		}
	}
	printed := earshot(t, "", "eval", "--task", "topics", "--model", out, dev, "--output", "json").succeeds(t).out
	if err := json.Unmarshal([]byte(printed), &got); err != nil {
		t.Fatal(err)
	}
	if got.Task != "topics" || got.Tier != "fast" || got.Model != "shop" || got.Files != nil || len(got.Topics) != 1 {
		t.Fatal(printed)
	}
	if f := got.Topics[0]; f.N != 3 || f.Foreign != 1 || len(f.Confused) != 1 || f.Confused[0].Label != "loan" || f.Confused[0].Heard != "card" || f.Confused[0].Of != 1 {
		t.Error(printed)
	}
}

func TestTrainingTopicsSaysWhatIsWrong(t *testing.T) {
	data, out := file(t, "tickets.tsv", tickets), filepath.Join(t.TempDir(), "shop.model")
	cut := file(t, "cut.tsv.gz", packed(t, tickets)[:60])
	for name, c := range map[string]struct {
		code int
		args []string
		says string
	}{
		"no header":      {1, []string{"--data", file(t, "a.tsv", strings.TrimPrefix(tickets, "label\ttext\n"))}, "line 1 is a labelled text, not a header"},
		"one example":    {1, []string{"--data", file(t, "b.tsv", tickets+"rare\tonly once\n")}, `b.tsv: label "rare" has one example only`},
		"one label":      {1, []string{"--data", file(t, "c.tsv", "label\ttext\na\tb\na\tc\n")}, "c.tsv: 1 labels"},
		"damaged gzip":   {1, []string{"--data", cut}, cut + ": "},
		"missing file":   {1, []string{"--data", "nowhere.tsv"}, "nowhere.tsv"},
		"folder":         {1, []string{"--data", t.TempDir()}, "is a directory; name the files in it"},
		"name":           {1, []string{"--data", data, "--name", "My shop"}, `name "My shop"`},
		"precision":      {2, []string{"--data", data, "--precision", "90"}, "--precision 90"},
		"unlabelled":     {2, []string{"--data", data, "--unlabelled", data}, "--unlabelled goes with --task sentiment"},
		"tier":           {2, []string{"--data", data, "--tier", "deeper"}, `--tier "deeper"`},
		"standard input": {2, []string{"--data", "-", "--data", "-"}, "standard input"},
		"no data":        {2, nil, "--data is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"train", "--task", "topics", "--out", out}, c.args...)
			if !strings.Contains(strings.Join(args, " "), "--tier") {
				args = append(args, "--tier", "fast")
			}
			earshot(t, "", args...).fails(t, c.code, c.says)
		})
	}
	earshot(t, "", "train", "--data", data, "--out", out, "--precision", "0.5").fails(t, 2, "--precision and --tier go with --task topics only")
	if _, err := os.Stat(out); err == nil {
		t.Error("a failed training left a file")
	}
}

func TestLinesWithoutTextAreNamedAndLeftOut(t *testing.T) {
	data, out := file(t, "tickets.tsv", tickets+"card\t \n\tnobody's\n"), filepath.Join(t.TempDir(), "shop.model")
	said := earshot(t, "", "train", "--task", "topics", "--tier", "fast", "--data", data, "--out", out).succeeds(t).err
	for _, want := range []string{data + ": line 18: no text; left out", data + ": line 19: no label; left out", "learned from 16 texts"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}

func TestMeasuringTopicsSaysWhatIsWrong(t *testing.T) {
	data := file(t, "tickets.tsv", tickets)
	for name, c := range map[string]struct{ model, says string }{
		"missing": {"none.model", "none.model"},
		"foreign": {data, "not a topic lane"},
		"later":   {file(t, "later.model", "earshot lane 9\n"), "another version"},
		"damaged": {file(t, "cut.model", "earshot lane 1\n"), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			earshot(t, "", "eval", "--task", "topics", "--model", c.model, data).fails(t, 1, c.says)
		})
	}
}

func TestWithoutALaneTheWholeAnalysisIsMeasured(t *testing.T) {
	header := "label\ttext\taspects\ttopics\tstage\tintents\teffort\temotion\tchannel\tindustry\n"
	data := file(t, "voice.tsv", header+
		"negative\tThe bill is wrong again.\tbill=negative\tbilling\tbilling\tcomplaint\t\tanger\tticket\ttelecom\n"+
		"neutral\tHello\t\t\t\tchitchat\t\tnone\tchat\tretail\n")
	table := earshot(t, "", "eval", "--task", "topics", "--tier", "fast", data).succeeds(t).out
	for _, want := range []string{data, "topics F1", "emotion F1", "│ retail ", "│ telecom ", "│ all "} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is not in\n%s", want, table)
		}
	}
	var got struct {
		Tier  string
		Voice []struct {
			N          int
			Stage      *float64 `json:"stage_accuracy"`
			Industries []struct{ Industry string }
		}
	}
	printed := earshot(t, "", "eval", "--task", "topics", "--tier", "fast", data, "--output", "json").succeeds(t).out
	if err := json.Unmarshal([]byte(printed), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tier != "fast" || len(got.Voice) != 1 || got.Voice[0].N != 2 || got.Voice[0].Stage == nil || len(got.Voice[0].Industries) != 2 {
		t.Error(printed)
	}
	bad := file(t, "bad.tsv", header+"x\ty\n")
	earshot(t, "", "eval", "--task", "topics", "--tier", "fast", bad).fails(t, 1, bad+": line 2: 2 columns")
}

// packed is a text in gzip.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
