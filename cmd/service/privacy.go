package service

import (
	"fmt"
	"log/slog"

	"earshot/cmd/config"
	"earshot/nlp/privacy"
	"earshot/pipeline"
)

// openPrivacy opens what hides personal data as c asks for. A key that is not there
// is made, which the log says: every customer is tied to it.
func openPrivacy(c *config.Config, log *slog.Logger) (pipeline.Privacy, error) {
	key, made, err := privacy.MakeKey(c.Privacy.KeyFile)
	if err != nil {
		return pipeline.Privacy{}, fmt.Errorf("privacy.key_file: %w", err)
	}
	if made {
		log.Info("made the key of the customers' pseudonyms: replicas must share this file, and backups must keep it", "file", c.Privacy.KeyFile)
	}
	p := pipeline.Privacy{Pseudonym: privacy.NewPseudonyms(key).Of, Keep: c.Analysis.Targets}
	if !c.Privacy.Redact {
		log.Warn("privacy.redact is false: texts are stored with the personal data in them")
		return p, nil
	}
	finder, err := privacy.New(c.Privacy.Options())
	if err != nil {
		return pipeline.Privacy{}, fmt.Errorf("privacy.%w", err)
	}
	p.Redactor = finder
	return p, nil
}
