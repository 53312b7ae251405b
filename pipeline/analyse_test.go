package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp"
	"earshot/pipeline"
)

// A batch of 300 is analysed in three chunks; what goes wrong with the text
// "poison" must stay with its record.
func TestWhatGoesWrongWithOneTextRejectsThatRecordAlone(t *testing.T) {
	const n, poisoned = 300, 150
	poisonedText := func(docs []nlp.Document) bool {
		for _, d := range docs {
			if d.Text == "poison" {
				return true
			}
		}
		return false
	}
	for _, tt := range []struct {
		name   string
		change func(*pipeline.Pipeline)
		says   string
	}{
		{"the analyzer panics", func(p *pipeline.Pipeline) {
			p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
				if poisonedText(docs) {
					panic("out of tune")
				}
				return echo(ctx, docs)
			})
		}, "out of tune"},
		{"the analyzer returns an error for the batch", func(p *pipeline.Pipeline) {
			p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
				if poisonedText(docs) {
					return nil, errors.New("no idea")
				}
				return echo(ctx, docs)
			})
		}, "no idea"},
		{"the analyzer returns an error beside analyses", func(p *pipeline.Pipeline) {
			p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
				heard, err := echo(ctx, docs)
				if poisonedText(docs) {
					err = errors.New("half an idea")
				}
				return heard, err
			})
		}, "half an idea"},
		{"the analyzer returns too few analyses", func(p *pipeline.Pipeline) {
			p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
				heard, err := echo(ctx, docs)
				if poisonedText(docs) {
					heard = heard[1:]
				}
				return heard, err
			})
		}, "0 analyses for 1 documents"},
		{"the analyzer returns too many analyses", func(p *pipeline.Pipeline) {
			p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
				heard, err := echo(ctx, docs)
				if poisonedText(docs) {
					heard = append(heard, nlp.Analysis{})
				}
				return heard, err
			})
		}, "2 analyses for 1 documents"},
		{"the decoder panics", func(p *pipeline.Pipeline) {
			p.Decoder = decoderFunc(func(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
				if string(r.Value) == "poison" {
					panic("cannot read")
				}
				return plain(r)
			})
		}, "cannot read"},
		{"the decoder gives a rating without its scale", func(p *pipeline.Pipeline) {
			p.Decoder = decoderFunc(func(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
				if string(r.Value) == "poison" {
					five := 5.0
					return pipeline.Feedback{Source: "t", ID: "1", Rating: &five}, nil
				}
				return plain(r)
			})
		}, "panicked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				src, st := &source{records: numbered(n)}, &store{}
				src.records[poisoned].Value = []byte("poison")
				p := newPipeline(src, st)
				p.Limits.BatchRecords = n
				log, said := logTo()
				p.Log = log
				tt.change(p)

				if err := runUntil(t, p, committedUpTo(src, n-1)); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(map[int64]pipeline.Reason{poisoned: pipeline.ReasonAnalysis}, st.rejected()); diff != "" {
					t.Errorf("dead letters (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(offsets(n, poisoned), st.written()); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
				if got := st.letters[place{"t", 0, poisoned}].Detail; !strings.Contains(got, tt.says) {
					t.Errorf("the dead letter says %q, want it to say %q", got, tt.says)
				}
				if line := said.String(); !strings.Contains(line, "offset=150") || !strings.Contains(line, "level=ERROR") {
					t.Errorf("the log does not name the record: %q", line)
				}
			})
		})
	}
}

func TestRowsCarryTheAnalysisOfTheirOwnText(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const n = 1000
		src, st := &source{records: numbered(n)}, &store{}
		p := newPipeline(src, st)
		p.Limits.BatchRecords = 400
		if err := runUntil(t, p, committedUpTo(src, n-1)); err != nil {
			t.Fatal(err)
		}
		if len(st.rows) != n {
			t.Errorf("%d rows, want %d", len(st.rows), n)
		}
		for at, item := range st.rows {
			if item.Analysis.Text != string(item.Record.Value) {
				t.Fatalf("offset %d: the analysis is of %q, the record of %q", at.offset, item.Analysis.Text, item.Record.Value)
			}
		}
	})
}

func TestOnlyTextsAreHeard(t *testing.T) {
	one, five := 1.0, 5.0
	for _, tt := range []struct {
		name     string
		feedback pipeline.Feedback
		heard    bool
		tier     string
	}{
		{"a text", pipeline.Feedback{Text: "fine"}, true, "heard"},
		{"a title", pipeline.Feedback{Title: "fine"}, true, "heard"},
		{"a text with a rating", pipeline.Feedback{Text: "fine", Rating: &one, RatingMax: &five}, true, "heard"},
		{"a rating alone", pipeline.Feedback{Rating: &one, RatingMax: &five}, false, pipeline.TierScore},
		{"a withdrawn text", pipeline.Feedback{Text: "fine", Deleted: true}, false, ""},
		{"a withdrawal", pipeline.Feedback{Deleted: true}, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				src, st := &source{records: numbered(1)}, &store{}
				p := newPipeline(src, st)
				p.Decoder = decoderFunc(func(pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) { return tt.feedback, nil })
				heard := false
				p.Analyzer = analyzerFunc(func(_ context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
					heard = true
					return []nlp.Analysis{{Tier: "heard"}}, nil
				})
				if err := runUntil(t, p, committedUpTo(src, 0)); err != nil {
					t.Fatal(err)
				}
				if heard != tt.heard {
					t.Errorf("heard: %v, want %v", heard, tt.heard)
				}
				row, ok := st.rows[place{"t", 0, 0}]
				if !ok || row.Analysis.Tier != tt.tier {
					t.Errorf("row %v with tier %q, want a row with tier %q", ok, row.Analysis.Tier, tt.tier)
				}
			})
		})
	}
}

func TestOfTranscriptsTheCustomerIsHeard(t *testing.T) {
	f := pipeline.Feedback{Text: "customer: bad\nagent: sorry\n", Turns: []pipeline.Turn{
		{Role: pipeline.RoleCustomer, Span: nlp.Span{Start: 10, End: 13}},
		{Role: pipeline.RoleAgent, Span: nlp.Span{Start: 21, End: 26}},
	}}
	if diff := cmp.Diff([]nlp.Span{{Start: 10, End: 13}}, f.Document().Voice); diff != "" {
		t.Errorf("voice (-want +got):\n%s", diff)
	}
	f.Turns = f.Turns[1:]
	if got := f.Document().Voice; got == nil || len(got) != 0 {
		t.Errorf("voice of a transcript without the customer: %v, want none of the text", got)
	}
	f.Turns = nil
	if got := f.Document().Voice; got != nil {
		t.Errorf("voice of a plain text: %v, want all of the text", got)
	}
}

func TestAContradictionOfRatingAndTextIsFlaggedAndCorrectsNeither(t *testing.T) {
	one, five := 1.0, 5.0
	bubble(t, func(t *testing.T) {
		src, st := &source{records: records("bad", "good", "alone")}, &store{}
		p := newPipeline(src, st)
		p.Decoder = decoderFunc(func(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
			switch string(r.Value) {
			case "bad":
				return pipeline.Feedback{Text: "praise", Rating: &one, RatingMax: &five}, nil
			case "good":
				return pipeline.Feedback{Text: "praise", Rating: &five, RatingMax: &five}, nil
			}
			return pipeline.Feedback{Rating: &one, RatingMax: &five}, nil
		})
		p.Analyzer = analyzerFunc(func(_ context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
			heard := make([]nlp.Analysis, len(docs))
			for i := range heard {
				heard[i].Sentiment = nlp.Sentiment{Score: 0.9, Label: nlp.Positive, Confidence: 0.9}
			}
			return heard, nil
		})
		if err := runUntil(t, p, committedUpTo(src, 2)); err != nil {
			t.Fatal(err)
		}
		for offset, want := range []struct {
			mismatch bool
			score    float64
		}{{true, 0.9}, {false, 0.9}, {false, -1}} {
			row := st.rows[place{"t", 0, int64(offset)}]
			if row.Analysis.ScoreTextMismatch != want.mismatch || row.Analysis.Sentiment.Score != want.score {
				t.Errorf("offset %d: mismatch %v with score %v, want %v with %v", offset, row.Analysis.ScoreTextMismatch, row.Analysis.Sentiment.Score, want.mismatch, want.score)
			}
		}
	})
}

func TestTheTextsOfABatchAreHeardInPartsForAllCores(t *testing.T) {
	for _, tt := range []struct {
		name         string
		records, kib int
		want         int // most texts at a time
	}{
		{"many small texts", 1000, 0, 128},
		{"a few large texts", 12, 60, 4},
		{"a few huge texts", 12, 300, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				src, st := &source{records: numbered(tt.records)}, &store{}
				for i := range src.records {
					src.records[i].Value = append(src.records[i].Value, strings.Repeat(" word", tt.kib<<10/5)...)
				}
				p := newPipeline(src, st)
				p.Limits.BatchRecords = tt.records
				p.Limits.BatchBytes = 1 << 30
				var mu sync.Mutex
				most, heard := 0, 0
				p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
					mu.Lock()
					defer mu.Unlock()
					most, heard = max(most, len(docs)), heard+len(docs)
					return echo(ctx, docs)
				})
				if err := runUntil(t, p, committedUpTo(src, int64(tt.records-1))); err != nil {
					t.Fatal(err)
				}
				if most != tt.want || heard != tt.records {
					t.Errorf("at most %d texts were heard together, %d in all; want %d and %d", most, heard, tt.want, tt.records)
				}
			})
		})
	}
}
