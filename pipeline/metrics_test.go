package pipeline_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"

	"earshot/nlp"
	"earshot/pipeline"
)

// samples returns counters by name and labels, and of histograms the count.
func samples(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += fmt.Sprintf(" %s=%s", label.GetName(), label.GetValue())
			}
			if h := metric.GetHistogram(); h != nil {
				values[name] = float64(h.GetSampleCount())
			} else {
				values[name] = metric.GetCounter().GetValue()
			}
		}
	}
	return values
}

func TestMetricsAndActivity(t *testing.T) {
	bubble(t, func(t *testing.T) {
		list := records("good", "bad", "so so", "broken", "refused", "good", "broken")
		list = append(list, pipeline.Record{Topic: "u", Value: []byte("bad"), Time: time.Now().Add(time.Hour)}) // a clock that is ahead
		src, st := &source{records: list}, &store{}
		commits := 0
		src.commit = func([]pipeline.Position) error {
			if commits++; commits < 3 {
				return pipeline.Retriable(fmt.Errorf("busy"))
			}
			return nil
		}
		st.write = func(items []*pipeline.Item) error {
			for _, item := range items {
				switch string(item.Record.Value) {
				case "refused":
					item.Rejection = pipeline.Rejectf(pipeline.ReasonUnwritable, "refused")
				case "good":
					item.Analysis.Sentiment.Label = nlp.Positive
				case "bad":
					item.Analysis.Sentiment.Label = nlp.Negative
				}
			}
			return nil
		}
		registry, activity := prometheus.NewRegistry(), pipeline.NewActivity()
		p := newPipeline(src, st)
		p.Metrics = pipeline.NewMetrics(registry, activity)
		if err := runUntil(t, p, func() bool { return len(src.commits()) == 2 }); err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{
			"earshot_records_consumed_total topic=t":                     7,
			"earshot_records_consumed_total topic=u":                     1,
			"earshot_rows_written_total table=feedback_store":            5,
			"earshot_records_rejected_total reason=invalid_json topic=t": 2,
			"earshot_records_rejected_total reason=unwritable topic=t":   1,
			"earshot_commit_failures_total":                              2,
			"earshot_end_to_end_latency_seconds":                         5,
			"earshot_stage_duration_seconds stage=fetch":                 1,
			"earshot_stage_duration_seconds stage=decode":                1,
			"earshot_stage_duration_seconds stage=analyse":               1,
			"earshot_stage_duration_seconds stage=redact":                1,
			"earshot_stage_duration_seconds stage=write":                 1,
			"earshot_stage_duration_seconds stage=reject":                1,
			"earshot_stage_duration_seconds stage=commit":                1,
		}
		if diff := cmp.Diff(want, samples(t, registry)); diff != "" {
			t.Errorf("metrics (-want +got):\n%s", diff)
		}
		state := activity.Snapshot()
		wantState := pipeline.ActivitySnapshot{
			Consumed: 8, Rows: 5, Negatives: 2, Positives: 2,
			Rejected: map[pipeline.Reason]uint64{pipeline.ReasonInvalidJSON: 2, pipeline.ReasonUnwritable: 1},
		}
		if diff := cmp.Diff(wantState, state, cmpopts.IgnoreFields(pipeline.ActivitySnapshot{}, "Latest")); diff != "" {
			t.Errorf("activity (-want +got):\n%s", diff)
		}
		var latest []int64
		for _, r := range state.Latest {
			latest = append(latest, r.Offset)
		}
		if diff := cmp.Diff([]int64{6, 4, 3}, latest); diff != "" {
			t.Errorf("latest dead letters, newest first (-want +got):\n%s", diff)
		}
		if got := state.NetSentiment(); got != 0 {
			t.Errorf("net sentiment of 2 positives and 2 negatives: %v", got)
		}
	})
}

func TestActivityRemembersTheLatestRejections(t *testing.T) {
	bubble(t, func(t *testing.T) {
		src, st := &source{records: numbered(35)}, &store{}
		for i := range src.records {
			src.records[i].Value = []byte("broken")
		}
		activity := pipeline.NewActivity()
		before := activity.Snapshot()
		p := newPipeline(src, st)
		p.Metrics = pipeline.NewMetrics(nil, activity)
		if err := runUntil(t, p, committedUpTo(src, 34)); err != nil {
			t.Fatal(err)
		}
		state := activity.Snapshot()
		if len(state.Latest) != 20 || state.Latest[0].Offset != 34 || state.Latest[19].Offset != 15 {
			t.Errorf("it remembers %d, want the offsets 34 down to 15", len(state.Latest))
		}
		if state.Rejected[pipeline.ReasonInvalidJSON] != 35 || len(before.Rejected) != 0 {
			t.Errorf("%v were rejected, %v before; want 35 and none", state.Rejected, before.Rejected)
		}
		if got := before.NetSentiment(); got != 0 {
			t.Errorf("net sentiment without rows is %v", got)
		}
	})
}

func TestActivityRemembersOfARejectedRecordItsPlaceAndItsBeginning(t *testing.T) {
	for _, tt := range []struct {
		name           string
		value, excerpt []byte
	}{
		{"a tombstone", nil, nil},
		{"a small value", []byte("broken"), []byte("broken")},
		{"a large value", bytes.Repeat([]byte("x"), 1<<20), bytes.Repeat([]byte("x"), 240)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				created := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
				src := &source{records: []pipeline.Record{{Topic: "t", Offset: 7, Value: tt.value, Time: created}}}
				activity := pipeline.NewActivity()
				p := newPipeline(src, &store{})
				p.Metrics = pipeline.NewMetrics(nil, activity)
				p.Decoder = decoderFunc(func(pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
					return pipeline.Feedback{}, pipeline.Rejectf(pipeline.ReasonInvalidJSON, "not JSON")
				})
				if err := runUntil(t, p, committedUpTo(src, 7)); err != nil {
					t.Fatal(err)
				}
				clear(tt.value) // as if its memory were used anew
				want := []pipeline.Rejected{{
					Topic: "t", Offset: 7, Time: created,
					Reason: pipeline.ReasonInvalidJSON, Detail: "not JSON", Excerpt: tt.excerpt,
				}}
				if diff := cmp.Diff(want, activity.Snapshot().Latest); diff != "" {
					t.Errorf("remembered (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestNetSentiment(t *testing.T) {
	s := pipeline.ActivitySnapshot{Rows: 8, Positives: 5, Negatives: 1}
	if got := s.NetSentiment(); got != 50 {
		t.Errorf("got %v, want 50", got)
	}
}
