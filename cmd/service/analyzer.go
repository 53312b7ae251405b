package service

import (
	"fmt"
	"log/slog"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/cmd/config"
	"earshot/nlp"
	"earshot/pipeline"
)

// tierOf is the tier that hears for c. Which of the two is better under the load
// of the moment, as adaptive asks for, is not told yet.
func tierOf(c *config.Config) string {
	if c.Analysis.Tier == nlp.TierDeep {
		return nlp.TierDeep
	}
	return nlp.TierFast
}

// SubjectsOf is what c asks to listen for.
func SubjectsOf(c *config.Config) nlp.Subjects {
	return nlp.Subjects{
		Taxonomy: append([]string{}, c.Analysis.Taxonomy...), // none asked for is none, not all
		Lanes:    c.Analysis.Models,
		Targets:  c.Analysis.Targets,
	}
}

// openAnalyzer opens the analyzer that c asks for. A deep tier that can't be had
// is one line in the log, and the fast tier hears.
func openAnalyzer(c *config.Config, log *slog.Logger) (*nlp.Analyzer, error) {
	analyzer, err := nlp.New(nlp.Options{Tier: tierOf(c), Subjects: SubjectsOf(c)})
	if err != nil {
		return nil, fmt.Errorf("analysis: %w", err)
	}
	if err := analyzer.Degraded(); err != nil {
		log.Warn(fmt.Sprintf("analysis.tier %s: the fast tier hears instead; feedback.tier says so", c.Analysis.Tier), "error", err)
	}
	return analyzer, nil
}

// The most that one batch gives the deep tier to hear, a core. It hears some 70
// short messages a second on each, the fast tier thousands: with batches that suit
// the fast tier, a row would be seen a minute after its record, and what is under
// way at a stop (Workers+3 batches) would take longer than Limits.Drain. These take
// about a second, and three if all of their bytes are words that are heard.
const (
	deepRecords = 64
	deepBytes   = 32 << 10
)

// batchesFor makes the batches of limits as small as the tier needs them on a
// number of cores.
func batchesFor(tier string, limits pipeline.Limits, cores int) pipeline.Limits {
	if tier == nlp.TierDeep {
		limits.BatchRecords = min(limits.BatchRecords, deepRecords*cores)
		limits.BatchBytes = min(limits.BatchBytes, deepBytes*cores)
	}
	return limits
}

// hearing says once, in the log and in the metrics, who hears, and returns the
// limits that this needs.
func hearing(analyzer *nlp.Analyzer, limits pipeline.Limits, log *slog.Logger, reg prometheus.Registerer) pipeline.Limits {
	limits = batchesFor(analyzer.Tier(), limits, runtime.GOMAXPROCS(0))
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "earshot_analysis_info",
		Help:        "1; the labels say which tier hears, and its model. Rows name theirs: the deep tier leaves some to the fast one.",
		ConstLabels: prometheus.Labels{"tier": analyzer.Tier(), "model": analyzer.Model()},
	})
	info.Set(1)
	reg.MustRegister(info)
	log.Info("hearing", "tier", analyzer.Tier(), "model", analyzer.Model(), "taxonomy", analyzer.Taxonomy(), "batch_records", limits.BatchRecords, "batch_bytes", limits.BatchBytes)
	return limits
}

// checkAnalysis finds a taxonomy or model that can't be read, without which the
// service would not start, and a deep tier that is asked for and can't be had on
// this machine: that loses nothing, but is not what was asked for.
func checkAnalysis(c *config.Config) []pipeline.Finding {
	analyzer, err := nlp.New(nlp.Options{Tier: tierOf(c), Subjects: SubjectsOf(c)})
	if err != nil {
		return []pipeline.Finding{{
			Severity: pipeline.Unsafe, Subject: "analysis", Detail: err.Error(),
			Fix: "Mend what it names; `earshot taxonomy lint` looks at packs.",
		}}
	}
	defer analyzer.Close()
	findings := []pipeline.Finding{{Severity: pipeline.OK, Subject: "analysis.taxonomy", Detail: analyzer.Taxonomy()}}
	if c.Analysis.Tier != nlp.TierDeep {
		return findings
	}
	tier := pipeline.Finding{Severity: pipeline.OK, Subject: "analysis.tier deep", Detail: analyzer.Model() + " hears"}
	if err := analyzer.Degraded(); err != nil {
		tier.Severity = pipeline.Warning
		tier.Detail = fmt.Sprintf("%v; the fast tier would hear instead", err)
		tier.Fix = "Run `make onnxruntime` on each machine that runs earshot, or point EARSHOT_ONNXRUNTIME to a libonnxruntime file."
	}
	return append(findings, tier)
}
