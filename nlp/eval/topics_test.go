package eval

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp/lane"
)

func TestReadTopicsFindsItsColumns(t *testing.T) {
	t.Parallel()
	want := []TopicItem{{2, "refund", "money back"}, {4, "card", "stolen"}}
	for name, file := range map[string]string{
		"in order":        "label\ttext\nrefund\tmoney back\n\ncard\tstolen\n",
		"other order":     "\uFEFFtext\tday\tlabel\r\nmoney back\t1\t refund\r\n\r\nstolen\t2\tcard",
		"other names":     "kind\tmessage\nrefund\tmoney back\n\ncard\tstolen\n",
		"text named":      "intent\tn\tText\nrefund\t1\tmoney back\n\ncard\t1\tstolen\n",
		"label like text": "label\tbody of it\nrefund\tmoney back\n\ncard\tstolen\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadTopics(strings.NewReader(file), "f.tsv")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Items); diff != "" || len(got.Bad) > 0 {
				t.Error(diff, got.Bad)
			}
		})
	}
}

func TestReadTopicsNamesLinesThatItLeavesOut(t *testing.T) {
	t.Parallel()
	got, err := ReadTopics(strings.NewReader("label\ttext\na\tone\n\ttwo\na\t \na\na\tb\tc\n"), "f.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, line := range got.Bad {
		said = append(said, line.Error())
	}
	want := []string{
		"f.tsv: line 3: no label",
		"f.tsv: line 4: no text",
		"f.tsv: line 5: 1 of the 2 columns that hold label and text",
		"f.tsv: line 6: 3 columns, the header names 2: is there a tab in the text?",
	}
	if diff := cmp.Diff(want, said); diff != "" || len(got.Items) != 1 {
		t.Error(diff, got.Items)
	}
}

func TestReadTopicsRefusesWhatIsNoTable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, says string }{
		"empty":              {"", "f.tsv: it is empty"},
		"header alone":       {"label\ttext\n", "no labelled text"},
		"one column":         {"label\na\n", "line 1: one column"},
		"no header":          {"refund\tmoney back\nrefund\twhere is it\n", "line 1 is a labelled text, not a header"},
		"no header, a text":  {"refund\tI sent it back two weeks ago\ncard\tstolen\n", "line 1 is a labelled text"},
		"no header, a label": {"refund\tshort\ncard\tstolen\nrefund\twhen\n", "line 1 is a labelled text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := ReadTopics(strings.NewReader(c.file), "f.tsv"); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q in it", err, c.says)
			}
		})
	}
}

func FuzzReadTopics(f *testing.F) {
	f.Add("label\ttext\na\tb\n")
	f.Add("\xff\t\x00\r\n\t\n")
	f.Fuzz(func(t *testing.T, file string) {
		got, err := ReadTopics(strings.NewReader(file), "f")
		if err != nil {
			return
		}
		for _, item := range got.Items {
			if item.Label == "" || strings.TrimSpace(item.Text) == "" || item.Line < 2 {
				t.Errorf("%+v", item)
			}
		}
	})
}

// saidByText is a lane that hears in a text what the text says: a label, a
// probability, and "sure".
type saidByText []string

func (s saidByText) Labels() []string { return s }

func (s saidByText) Predict(ctx context.Context, texts []string) ([]TopicPrediction, error) {
	predictions := make([]TopicPrediction, len(texts))
	for i, text := range texts {
		label, rest, _ := strings.Cut(text, " ")
		p, sure, _ := strings.Cut(rest, " ")
		predictions[i] = TopicPrediction{Label: label, Sure: sure == "sure"}
		predictions[i].Probability, _ = strconv.ParseFloat(p, 64)
	}
	return predictions, ctx.Err()
}

func TestTopicsAreScored(t *testing.T) {
	t.Parallel()
	set, err := ReadTopics(strings.NewReader("label\ttext\n"+
		"a\ta 0.8 sure\na\ta 0.8 sure\na\tb 0.8\nb\tb 0.8 sure\nb\ta 0.8 sure\nother\ta 0.8\n\tbad\n"), "f.tsv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := set.Score(t.Context(), saidByText{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	low, high := wilson(3, 6)
	want := &TopicResult{
		File: "f.tsv", BadLines: 1, N: 6, Foreign: 1, Accuracy: 0.5, AccuracyLow: low, AccuracyHigh: high,
		MacroF1: (4.0/7 + 0.5 + 0) / 3, MacroRecall: (2.0/3 + 0.5 + 0) / 3, CalibrationError: 0.8 - 0.5,
		Coverage: 4.0 / 6, Precision: 0.75,
		Labels:   map[string]ClassResult{"a": {3, 0.5, 2.0 / 3, 4.0 / 7}, "b": {2, 0.5, 0.5, 0.5}, "other": {N: 1}},
		Confused: []Confused{{"other", "a", 1, 1}, {"b", "a", 1, 2}, {"a", "b", 1, 3}},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
		t.Error(diff)
	}
	if _, err := set.Score(t.Context(), saidByText{"b"}); err != nil {
		t.Error("a label of the file is no label of the lane, which is allowed:", err)
	}
	set.Items[0].Text = "quux 1"
	if _, err := set.Score(t.Context(), saidByText{"a", "b"}); err == nil || !strings.Contains(err.Error(), `"quux"`) {
		t.Error(err)
	}
}

// oneHot gives texts a feature that tells them apart; of those with "deaf" none.
type oneHot struct{ err error }

func (o oneHot) Features(_ context.Context, texts []string) ([][]float32, error) {
	features := make([][]float32, len(texts))
	for i, text := range texts {
		switch {
		case strings.Contains(text, "deaf"):
		case strings.Contains(text, "yes"):
			features[i] = []float32{1, 0}
		default:
			features[i] = []float32{0, 1}
		}
	}
	return features, o.err
}

func TestALaneIsJudgedWithTheEncoder(t *testing.T) {
	t.Parallel()
	var items []lane.Item
	for i := range 40 {
		for _, text := range []string{"yes", "no"} {
			text += " " + strconv.Itoa(i)
			features, _ := oneHot{}.Features(t.Context(), []string{text})
			items = append(items, lane.Item{Label: strings.Fields(text)[0], Text: "same words " + strconv.Itoa(i) + strings.Repeat("!", len(text)), Features: features[0]})
		}
	}
	m, _, err := lane.Train(t.Context(), lane.Options{Name: "x", Encoder: "e"}, items)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"yes", "no", "deaf yes"}
	got, err := ByLane(m, oneHot{}).Predict(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := ByLane(m, nil).Predict(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Label != "yes" || !got[0].Sure || got[1].Label != "no" || !got[1].Sure || got[2] != alone[2] {
		t.Errorf("with the encoder %+v, without %+v", got, alone)
	}
	failure := errors.New("no library")
	if _, err := ByLane(m, oneHot{failure}).Predict(t.Context(), texts); !errors.Is(err, failure) {
		t.Error(err)
	}
}
