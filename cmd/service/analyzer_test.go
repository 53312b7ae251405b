package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/cmd/config"
	"earshot/nlp"
	"earshot/nlp/encoder"
	"earshot/pipeline"
)

func configured(tier string) *config.Config {
	c := config.Default()
	c.Analysis.Tier = tier
	return &c
}

// withoutLibrary makes a machine of this one that has no ONNX Runtime.
func withoutLibrary(t *testing.T) {
	t.Helper()
	t.Setenv("EARSHOT_ONNXRUNTIME", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
}

// needLibrary skips a test where there is no ONNX Runtime, except where
// EARSHOT_ONNXRUNTIME says that there is one.
func needLibrary(t *testing.T) {
	t.Helper()
	if _, err := encoder.FindLibrary(); err != nil {
		if errors.Is(err, encoder.ErrLibraryNotFound) && os.Getenv("EARSHOT_ONNXRUNTIME") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
}

// start opens the analyzer as a service does, and returns what was logged.
func start(t *testing.T, c *config.Config) (a *nlp.Analyzer, limits pipeline.Limits, said string, reg *prometheus.Registry) {
	t.Helper()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	reg = prometheus.NewRegistry()
	warnOfMissing(c, log)
	a, err := openAnalyzer(c, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a, hearing(a, c.Pipeline.Limits(), log, reg), out.String(), reg
}

// infoOf returns the labels of earshot_analysis_info.
func infoOf(t *testing.T, reg *prometheus.Registry) map[string]string {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	for _, f := range families {
		if f.GetName() == "earshot_analysis_info" {
			for _, l := range f.Metric[0].Label {
				labels[l.GetName()] = l.GetValue()
			}
		}
	}
	return labels
}

func TestWhoHearsIsSaidOnceInTheLogAndTheMetrics(t *testing.T) {
	for tier, warns := range map[string]int{"fast": 0, "adaptive": 1} {
		t.Run(tier, func(t *testing.T) {
			a, limits, said, reg := start(t, configured(tier))
			if a.Tier() != nlp.TierFast || limits != pipeline.DefaultLimits() {
				t.Errorf("%s hears with %+v, want fast with the default limits", a.Tier(), limits)
			}
			if strings.Count(said, "level=WARN") != warns || strings.Count(said, "level=INFO msg=hearing tier=fast model="+a.Model()) != 1 {
				t.Errorf("it says\n%s", said)
			}
			if info := infoOf(t, reg); info["tier"] != "fast" || info["model"] != a.Model() {
				t.Errorf("the metrics say %v", info)
			}
		})
	}
}

func TestWithoutTheLibraryTheFastTierHearsAndTheReasonIsOneLine(t *testing.T) {
	withoutLibrary(t)
	c := configured("deep")
	a, limits, said, reg := start(t, c)
	if a.Tier() != nlp.TierFast || limits != pipeline.DefaultLimits() || infoOf(t, reg)["tier"] != "fast" {
		t.Errorf("%s hears with %+v, the metrics say %v", a.Tier(), limits, infoOf(t, reg))
	}
	if strings.Count(said, "level=WARN") != 1 || !strings.Contains(said, "make onnxruntime") {
		t.Errorf("it says\n%s", said)
	}
	found := checkAnalysis(c)
	if len(found) != 2 || found[1].Severity != pipeline.Warning || !strings.Contains(found[1].Fix, "make onnxruntime") || strings.Contains(found[1].Detail, "\n") {
		t.Errorf("the check finds %+v", found)
	}
}

func TestTheCheckNamesTheTaxonomyAndLooksForTheDeepTierOnlyWhereItIsAskedFor(t *testing.T) {
	for _, tier := range []string{"fast", "adaptive"} {
		found := checkAnalysis(configured(tier))
		if len(found) != 1 || found[0].Severity != pipeline.OK || !strings.HasPrefix(found[0].Detail, "core@1+telecom@") {
			t.Errorf("%s: %+v", tier, found)
		}
	}
	needLibrary(t)
	if found := checkAnalysis(configured("deep")); len(found) != 2 || found[1].Severity != pipeline.OK || !strings.Contains(found[1].Detail, nlp.DeepModel) {
		t.Errorf("deep: %+v", found)
	}
}

func TestTheCheckFindsATaxonomyThatCannotBeRead(t *testing.T) {
	c := configured("fast")
	c.Analysis.Taxonomy = []string{"core", "no-such-pack"}
	if found := checkAnalysis(c); len(found) != 1 || found[0].Severity != pipeline.Unsafe || !strings.Contains(found[0].Detail, "no-such-pack") {
		t.Errorf("the check finds %+v", found)
	}
}

func TestBatchesOfTheDeepTierGrowWithTheCoresAndStayWithinTheLimits(t *testing.T) {
	most := pipeline.DefaultLimits()
	small := most
	small.BatchRecords, small.BatchBytes = 10, 20
	for _, tt := range []struct {
		name           string
		tier           string
		limits         pipeline.Limits
		cores          int
		records, bytes int
	}{
		{"fast", nlp.TierFast, most, 2, most.BatchRecords, most.BatchBytes},
		{"deep on one core", nlp.TierDeep, most, 1, 64, 32 << 10},
		{"deep on four", nlp.TierDeep, most, 4, 256, 128 << 10},
		{"deep on a thousand", nlp.TierDeep, most, 1000, most.BatchRecords, most.BatchBytes},
		{"deep with limits of the operator's", nlp.TierDeep, small, 4, 10, 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.limits
			want.BatchRecords, want.BatchBytes = tt.records, tt.bytes
			if got := batchesFor(tt.tier, tt.limits, tt.cores); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// flood is a source that never runs dry, and a store that counts what it is given.
type flood struct {
	next      int64
	committed chan int64 // the first position that is committed
}

func (f *flood) Fetch(ctx context.Context) (pipeline.Record, error) {
	f.next++
	return pipeline.Record{Topic: "t", Offset: f.next - 1, Value: fmt.Appendf(nil, "Number %d: the engineer never came, and nobody called me back.", f.next)}, ctx.Err()
}

func (f *flood) Commit(_ context.Context, done []pipeline.Position) error {
	select {
	case f.committed <- done[0].Offset:
	default:
	}
	return nil
}

func (*flood) Decode(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
	return pipeline.Feedback{Source: r.Topic, ID: fmt.Sprint(r.Offset), Text: string(r.Value)}, nil
}

func (*flood) Write(_ context.Context, items []*pipeline.Item) error {
	for _, item := range items {
		if a := item.Analysis; a.Tier != nlp.TierDeep || a.Sentiment.Label != nlp.Negative {
			return fmt.Errorf("%q is %s, heard by the tier %s", a.Text, a.Sentiment.Label, a.Tier)
		}
	}
	return nil
}

func (*flood) Reject(_ context.Context, items []*pipeline.Item) error { return items[0].Rejection }

func TestTheDeepTierIsSeenBatchByBatchAndStopsWithinASecond(t *testing.T) {
	needLibrary(t)
	a, limits, said, _ := start(t, configured("deep"))
	if a.Tier() != nlp.TierDeep {
		t.Fatal(said)
	}
	limits.Drain = time.Millisecond // what is under way is given up
	f := &flood{committed: make(chan int64, 1)}
	p := &pipeline.Pipeline{
		Source: f, Decoder: f, Analyzer: a, Writer: f, DeadLetters: f,
		Limits: limits, Log: slog.New(slog.DiscardHandler), Metrics: pipeline.NewMetrics(nil, nil),
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	select {
	case at := <-f.committed:
		if at >= int64(limits.BatchRecords) {
			t.Errorf("nothing is committed before offset %d, want before %d", at, limits.BatchRecords)
		}
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	stopped := time.Now()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v, want what was under way given up", err)
	}
	if took := time.Since(stopped); took > time.Second {
		t.Errorf("it went on for %s", took)
	}
}
