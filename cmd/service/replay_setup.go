package service

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"earshot/cmd/config"
	"earshot/nlp"
	"earshot/pipeline"
)

// SetupOf is a digest of what decides what a replay hears and the analyzer's names don't
// say: the content of the files that o names, the terms it listens for, and where records
// are read again their mappings and what is personal in them.
func SetupOf(c *config.Config, o nlp.Options, reread bool) (string, error) {
	type source struct {
		Topic, Name string
		Channel     pipeline.Channel
		Mapping     map[string]any
	}
	setup := struct {
		Tier, Model     string
		Taxonomy, Lanes []string
		Targets         []string
		Sources         []source
		Redact          bool
		Patterns        []config.Pattern
		Files           map[string]string
	}{Tier: o.Tier, Model: o.Model, Taxonomy: o.Taxonomy, Lanes: o.Lanes, Targets: o.Targets, Files: map[string]string{}}
	for _, name := range slices.Concat(o.Taxonomy, o.Lanes, []string{o.Model}) {
		content, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) || name == "" {
			continue // built in
		}
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(content)
		setup.Files[name] = hex.EncodeToString(sum[:])
	}
	if reread {
		setup.Redact, setup.Patterns = c.Privacy.Redact, c.Privacy.Patterns
		for _, s := range c.Sources {
			setup.Sources = append(setup.Sources, source{s.Topic, s.Name, s.Channel, s.RawMap})
		}
	}
	said, err := json.Marshal(setup)
	if err != nil {
		return "", fmt.Errorf("configuration: %w", err)
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:8]), nil
}
