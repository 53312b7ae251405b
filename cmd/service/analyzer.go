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

// openAnalyzer opens the analyzer that c asks for. A deep tier that can't be had
// is one line in the log, and the fast tier hears.
func openAnalyzer(c *config.Config, log *slog.Logger) (*nlp.Analyzer, error) {
	analyzer, err := nlp.New(nlp.Options{Tier: tierOf(c)})
	if err != nil {
		return nil, fmt.Errorf("analysis.tier %s: %w", c.Analysis.Tier, err)
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
	log.Info("hearing", "tier", analyzer.Tier(), "model", analyzer.Model(), "batch_records", limits.BatchRecords, "batch_bytes", limits.BatchBytes)
	return limits
}

// checkTier finds a deep tier that is asked for and can't be had on this machine.
// That loses nothing, but is not what was asked for.
func checkTier(c *config.Config) []pipeline.Finding {
	if c.Analysis.Tier != nlp.TierDeep {
		return nil
	}
	finding := pipeline.Finding{Severity: pipeline.Warning, Subject: "analysis.tier deep"}
	analyzer, err := nlp.New(nlp.Options{Tier: nlp.TierDeep})
	if err == nil {
		defer analyzer.Close()
		err = analyzer.Degraded()
	}
	if err != nil {
		finding.Detail = fmt.Sprintf("%v; the fast tier would hear instead", err)
		finding.Fix = "Run `make onnxruntime` on each machine that runs earshot, or point EARSHOT_ONNXRUNTIME to a libonnxruntime file."
		return []pipeline.Finding{finding}
	}
	finding.Severity, finding.Detail = pipeline.OK, analyzer.Model()+" hears"
	return []pipeline.Finding{finding}
}
