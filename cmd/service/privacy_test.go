package service

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/cmd/config"
	"earshot/pipeline"
)

func TestAKeyIsMadeOnceAndSaidSo(t *testing.T) {
	c := config.Default()
	c.Privacy.KeyFile = filepath.Join(t.TempDir(), "data", "earshot.key")
	var pseudonyms []string
	for _, announced := range []bool{true, false} {
		var said strings.Builder
		p, err := openPrivacy(&c, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(said.String(), "replicas must share"); got != announced {
			t.Errorf("the log says %q", said.String())
		}
		f := pipeline.Feedback{Customer: "c-1", Text: "ann@example.org"}
		p.Apply(&f)
		if f.Text != "[email]" {
			t.Errorf("text %q", f.Text)
		}
		pseudonyms = append(pseudonyms, f.Customer)
	}
	if pseudonyms[0] != pseudonyms[1] || pseudonyms[0] == "c-1" {
		t.Errorf("pseudonyms %q", pseudonyms)
	}
}

func TestCustomersHavePseudonymsAlsoWhereTextsStayAsTheyAre(t *testing.T) {
	c := config.Default()
	c.Privacy.KeyFile, c.Privacy.Redact = filepath.Join(t.TempDir(), "earshot.key"), false
	p, err := openPrivacy(&c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	f := pipeline.Feedback{Customer: "c-1", Text: "ann@example.org"}
	p.Apply(&f)
	if f.Customer == "c-1" || f.Text != "ann@example.org" {
		t.Errorf("%+v", f)
	}
}

func TestADamagedKeyIsAnErrorThatNamesField(t *testing.T) {
	c := config.Default()
	c.Privacy.KeyFile = filepath.Join(t.TempDir(), "earshot.key")
	if err := os.WriteFile(c.Privacy.KeyFile, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openPrivacy(&c, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "privacy.key_file") {
		t.Errorf("got %v", err)
	}
}
