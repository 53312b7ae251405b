package service

import (
	"os"
	"path/filepath"
	"testing"

	"earshot/cmd/config"
	"earshot/nlp"
)

func TestASetupChangesWithWhatDecidesWhatIsHeard(t *testing.T) {
	pack := filepath.Join(t.TempDir(), "pack.yaml")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(pack, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("pack: a")
	setup := func(reread bool, change func(*config.Config, *nlp.Options)) string {
		t.Helper()
		c, err := config.Parse([]byte("sources: [{topic: t, channel: review, mapping: {id: a, text: b, attributes.c: d}}]"), os.LookupEnv)
		if err != nil {
			t.Fatal(err)
		}
		o := nlp.Options{Subjects: nlp.Subjects{Taxonomy: []string{"core", pack}}}
		change(c, &o)
		digest, err := SetupOf(c, o, reread)
		if err != nil {
			t.Fatal(err)
		}
		return digest
	}
	same := func(*config.Config, *nlp.Options) {}
	reread, stored := setup(true, same), setup(false, same)
	if setup(true, same) != reread || reread == stored {
		t.Errorf("setups %s, %s, %s", reread, setup(true, same), stored)
	}
	for name, tt := range map[string]struct {
		change         func(*config.Config, *nlp.Options)
		reread, stored bool // whether it changes them
	}{
		"mapping":    {func(c *config.Config, _ *nlp.Options) { c.Sources[0].RawMap["text"] = "c" }, true, false},
		"channel":    {func(c *config.Config, _ *nlp.Options) { c.Sources[0].Channel = "chat" }, true, false},
		"redaction":  {func(c *config.Config, _ *nlp.Options) { c.Privacy.Redact = false }, true, false},
		"pattern":    {func(c *config.Config, _ *nlp.Options) { c.Privacy.Patterns = []config.Pattern{{Name: "x"}} }, true, false},
		"targets":    {func(_ *config.Config, o *nlp.Options) { o.Targets = []string{"router"} }, true, true},
		"taxonomy":   {func(_ *config.Config, o *nlp.Options) { o.Taxonomy = []string{"core"} }, true, true},
		"its file":   {func(*config.Config, *nlp.Options) { write("pack: b") }, true, true},
		"the broker": {func(c *config.Config, _ *nlp.Options) { c.Kafka.Group = "other" }, false, false},
	} {
		write("pack: a")
		if got := setup(true, tt.change) != reread; got != tt.reread {
			t.Errorf("%s changes the setup of a replay of the topics: %v", name, got)
		}
		write("pack: a")
		if got := setup(false, tt.change) != stored; got != tt.stored {
			t.Errorf("%s changes the setup of a replay of the stored texts: %v", name, got)
		}
	}
}
