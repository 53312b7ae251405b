package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"earshot/nlp"
	"earshot/nlp/lane"
)

// openAnalyzer opens the analyzer that the flags --tier and --model ask for. Where
// no tier is named it is the deep one, if it can be had. What can't be had is said
// in one line, and the fast tier hears instead.
func openAnalyzer(cmd *cobra.Command, std stdio, tier, model string) (*nlp.Analyzer, error) {
	return openListening(cmd, std, nlp.Options{Tier: tier, Model: model})
}

// openListening is openAnalyzer with what else the options ask for.
func openListening(cmd *cobra.Command, std stdio, o nlp.Options) (*nlp.Analyzer, error) {
	tier, model := o.Tier, o.Model
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
	o.Tier = tier
	analyzer, err := nlp.New(o)
	if err != nil {
		return nil, err
	}
	if err := analyzer.Degraded(); err != nil {
		fmt.Fprintf(std.err, "earshot: %v; hearing with the built-in fast tier\n", err)
	}
	return analyzer, nil
}

func isONNX(file string) bool { return strings.HasSuffix(file, ".onnx") }

// sortModels tells the files of --model apart: lanes of learned topics, of which
// there may be any number, and one model of sentiment.
func sortModels(cmd *cobra.Command, files []string) (o nlp.Options, err error) {
	for _, file := range files {
		learned, err := isLane(file)
		switch {
		case err != nil:
			return o, fmt.Errorf("model: %w", err)
		case learned:
			o.Lanes = append(o.Lanes, file)
		case o.Model != "":
			return o, usagef(cmd, "--model %s: %s is there already, and only learned topics may be several", file, o.Model)
		default:
			o.Model = file
		}
	}
	return o, nil
}

// isLane tells by its beginning whether a file holds learned topics.
func isLane(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 256)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	return lane.IsLane(head[:n]), nil
}
