package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"earshot/nlp"
)

// openAnalyzer opens the analyzer that the flags --tier and --model ask for. Where
// no tier is named it is the deep one, if it can be had. What can't be had is said
// in one line, and the fast tier hears instead.
func openAnalyzer(cmd *cobra.Command, std stdio, tier, model string) (*nlp.Analyzer, error) {
	switch tier {
	case "", nlp.TierFast, nlp.TierDeep:
	default:
		return nil, usagef(cmd, "--tier %q is none of %s, %s", tier, nlp.TierFast, nlp.TierDeep)
	}
	if tier == "" {
		tier = nlp.TierDeep
		if model != "" && !isONNX(model) {
			tier = nlp.TierFast
		}
	}
	analyzer, err := nlp.New(nlp.Options{Tier: tier, Model: model})
	if err != nil {
		return nil, err
	}
	if err := analyzer.Degraded(); err != nil {
		fmt.Fprintf(std.err, "earshot: %v; hearing with the built-in fast tier\n", err)
	}
	return analyzer, nil
}

func isONNX(file string) bool { return strings.HasSuffix(file, ".onnx") }
