package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/cmd/config"
	"earshot/pipeline/kafka"
	"earshot/pipeline/simulate"
)

// sendHistory publishes four weeks of the simulated telecom to a running earshot, until
// a moment ago, and waits until they are stored.
func sendHistory(t *testing.T, p *process, n int) {
	t.Helper()
	conn, err := kafka.NewConnection([]string{p.Kafka}, kafka.TLS{}, kafka.SASL{})
	if err != nil {
		t.Fatal(err)
	}
	producer := kafka.NewProducer(conn)
	defer func() { _ = producer.Close() }()
	now := time.Now()
	company := simulate.New(simulate.Options{Seed: 1, Start: now, Incidents: []simulate.Incident{{After: -5 * 24 * time.Hour}}})
	past := company.History(now.Add(-28*24*time.Hour), now, n)
	if err := publishAll(t.Context(), producer, slices.Collect(past)); err != nil {
		t.Fatal(err)
	}
	awaitCommitted(t, p, p.Kafka, config.Default().Kafka.Group)
}

// eachRecipe calls do with every query of the cookbook.
func eachRecipe(t *testing.T, do func(file, query string)) {
	t.Helper()
	files, err := filepath.Glob("../../deploy/sql/*.sql")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		query, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		do(filepath.Base(file), string(query))
	}
}

func TestTheCookbookAnswersOnAnEmptyStoreAndOnTheDemosHistory(t *testing.T) {
	t.Parallel()
	p := startsUp(t, t.TempDir())
	p.sql(t, "CREATE TABLE orders (customer String, ordered_at DateTime, amount Float64) ENGINE = MergeTree ORDER BY customer")
	eachRecipe(t, func(_, query string) { p.sql(t, query) })

	sendHistory(t, p, 12_000)
	p.sql(t, "INSERT INTO orders SELECT customer, now() - INTERVAL 100 DAY, 25 FROM feedback WHERE customer != '' LIMIT 1 BY customer")
	p.Await(t, "phrases are kept", func() bool { return p.sql(t, "SELECT count() > 100 FROM phrase_store") == "1" })
	notANumber := regexp.MustCompile(`(?i)(^|\t)-?(nan|inf)($|\t|\n)`)
	eachRecipe(t, func(file, query string) {
		switch answer := p.sql(t, query); {
		case strings.Contains(query, "FORMAT Parquet"):
			if !strings.HasPrefix(answer, "PAR1") || !strings.HasSuffix(answer, "PAR1") {
				t.Errorf("%s: %d bytes are no Parquet", file, len(answer))
			}
		case answer == "":
			t.Errorf("%s: no row", file)
		case notANumber.MatchString(answer):
			t.Errorf("%s: no numbers:\n%s", file, answer)
		}
	})
}

func TestTheCookbookSaysWhatEachQueryAnswers(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../deploy/sql/README.md")
	if err != nil {
		t.Fatal(err)
	}
	eachRecipe(t, func(file, query string) {
		comment, _, _ := strings.Cut(query, "\n")
		if question, _, asked := strings.Cut(strings.TrimPrefix(comment, "-- "), "?"); !asked || !strings.Contains(string(readme), "]("+file+") | "+question+"? |") {
			t.Errorf("%s does not begin with the question that deploy/sql/README.md lists it for: %q", file, comment)
		}
	})
}
