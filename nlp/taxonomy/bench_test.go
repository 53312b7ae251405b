package taxonomy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/nlp/segment"
	"earshot/nlp/taxonomy"
)

// message has 35 tokens.
const message = "Our engineer never turned up on Tuesday, and although the lady on the phone was kind, " +
	"nobody could say when the line would work again; I pay €45 a month for this!"

// commonWords stand in message: every generated topic has rules with them.
var commonWords = strings.Fields("engineer never turn up tuesday lady phone kind nobody say line work again pay month")

// generated writes a pack of so many topics, of which ten are found in message,
// and returns its path.
func generated(tb testing.TB, topics int) string {
	tb.Helper()
	var b strings.Builder
	b.WriteString("pack: generated\nversion: 1\ntopics:\n")
	for i := range topics {
		word := fmt.Sprintf("%s%c%c%c", commonWords[i%len(commonWords)][:2], 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
		common := commonWords[i%len(commonWords)]
		fmt.Fprintf(&b, "  topic_%d:\n    label: L\n    stage: usage\n    touchpoint: t\n    include:\n", i)
		fmt.Fprintf(&b, "      - %s %s\n      - (%s|%s) NEAR/4 %s\n      - %s* THEN/2 %s NOT phone\n", common, word, common, commonWords[(i+3)%len(commonWords)], word, word, common)
		if i < 10 {
			fmt.Fprintf(&b, "      - %s\n", common)
		}
	}
	path := filepath.Join(tb.TempDir(), "generated.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func BenchmarkMatch(b *testing.B) {
	run := func(name string, load func() (*taxonomy.Taxonomy, error)) {
		b.Run(name, func(b *testing.B) {
			t, err := load()
			if err != nil {
				b.Fatal(err)
			}
			m := t.NewMatcher()
			var text segment.Text
			text.Read(message, nil, "en")
			found := len(m.Match(&text))
			b.ReportAllocs()
			for b.Loop() {
				m.Match(&text)
			}
			b.ReportMetric(float64(found), "matches")
			b.ReportMetric(float64(len(t.Topics())), "topics")
		})
	}
	for _, topics := range [...]int{50, 500, 5000} {
		run(fmt.Sprintf("topics=%d", topics), func() (*taxonomy.Taxonomy, error) { return taxonomy.LoadAlone(generated(b, topics)) })
	}
	run("packs=all", func() (*taxonomy.Taxonomy, error) { return taxonomy.Load(taxonomy.Names()...) })
}
