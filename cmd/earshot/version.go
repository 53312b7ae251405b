package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"earshot/nlp"
	"earshot/nlp/encoder"
	"earshot/sinks/clickhouse"
	"earshot/sinks/clickhouse/embedded"
)

// Set by the linker when a release is built.
var (
	buildVersion = "dev"
	buildCommit  = ""
)

// version is what this program calls itself.
func version() string { return buildVersion }

func newVersion(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Show the versions of earshot, its model and its engines",
		Example: "  earshot version\n  earshot version --output json",
		Args:    noArgs,
	}
	output := cmd.Flags().String("output", "text", "text or json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		analyzer, err := nlp.New(nlp.Options{})
		if err != nil {
			return err
		}
		fields := [][2]string{
			{"version", version()},
			{"commit", commit()},
			{"model", analyzer.Model()},
			{"deep_model", nlp.DeepModel},
			{"taxonomy", analyzer.Taxonomy()},
			{"schema", fmt.Sprint(clickhouse.LatestVersion())},
			{"clickhouse_engine", embedded.EngineVersion},
			{"kafka_engine", moduleVersion("github.com/twmb/franz-go/pkg/kfake")},
			{"onnxruntime", onnxRuntime()},
			{"go", runtime.Version()},
		}
		switch *output {
		case "json":
			object := map[string]string{}
			for _, f := range fields {
				object[f[0]] = f[1]
			}
			return json.NewEncoder(std.out).Encode(object)
		case "text":
			for _, f := range fields {
				fmt.Fprintf(std.out, "%-18s %s\n", f[0], f[1])
			}
			return nil
		}
		return usagef(cmd, "--output %q is neither text nor json", *output)
	}
	return cmd
}

// onnxRuntime is the version of the library that the deep tier runs on, or what
// keeps it from running.
func onnxRuntime() string {
	path, err := encoder.FindLibrary()
	if err != nil {
		return "absent: " + err.Error()
	}
	library, err := encoder.Open(path)
	if err != nil {
		return "unusable: " + err.Error()
	}
	defer library.Close()
	return library.Version()
}

// commit is what the linker was told, else what the go tool noted.
func commit() string {
	if buildCommit != "" {
		return buildCommit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == path {
				return m.Version
			}
		}
	}
	return "unknown"
}
