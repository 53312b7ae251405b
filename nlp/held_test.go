package nlp_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"earshot/nlp"
)

// rows are the rows of a TSV file behind its header.
func rows(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all [][]string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		all = append(all, strings.Split(lines.Text(), "\t"))
	}
	return all[1:]
}

// heldTopics are the topics that the telecom pack is about.
var heldTopics = []string{
	"installation", "internet_outage", "internet_speed", "coverage_signal", "contract_terms",
	"roaming", "device", "number_porting", "tv_service", "billing",
}

// The messages were written before the rules, by another hand, and put away: no rule
// is tuned on them. `go test ./nlp -run Telecom -v` prints the figures by topic.
func TestTheTelecomPackHearsMessagesThatWerePutAway(t *testing.T) {
	t.Parallel()
	for tier, floor := range map[string]float64{nlp.TierFast: heldFast, nlp.TierDeep: heldDeep} {
		t.Run(tier, func(t *testing.T) {
			t.Parallel()
			if tier == nlp.TierDeep {
				newAnalyzer(t, tier) // skips where it can't be had
			}
			a := listening(t, tier, nlp.Subjects{Taxonomy: []string{"telecom"}})
			right, said, there := map[string]float64{}, map[string]float64{}, map[string]float64{}
			for _, row := range rows(t, "taxonomy/testdata/telecom.held.tsv") {
				labelled := strings.Split(row[1], ",")
				var heard []string
				for _, m := range analyzed(t, a, nlp.Document{Text: row[0]}).Mentions {
					if first, _, _ := strings.Cut(m.Topic, "."); !slices.Contains(heard, first) {
						heard = append(heard, first)
					}
				}
				for _, topic := range labelled {
					there[topic]++
				}
				for _, topic := range heard {
					said[topic]++
					if slices.Contains(labelled, topic) {
						right[topic]++
					}
				}
			}
			var sum float64
			for _, topic := range heldTopics {
				f1 := 2 * right[topic] / (said[topic] + there[topic])
				sum += f1
				t.Logf("%-16s precision %.2f recall %.2f F1 %.3f of %.0f", topic, right[topic]/max(1, said[topic]), right[topic]/there[topic], f1, there[topic])
			}
			macro := sum / float64(len(heldTopics))
			if t.Logf("macro F1 %.3f", macro); macro < floor {
				t.Errorf("macro F1 %.3f, at least %.2f", macro, floor)
			}
		})
	}
}

const heldFast, heldDeep = 0.70, 0.72

// Recall counts most: what is missed here may hurt somebody.
func TestUrgencyIsFlaggedAndLookAlikesAreNot(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t, nlp.TierFast)
	missed, wrong, real, alike := 0, 0, 0, 0
	for _, row := range rows(t, "testdata/urgency.tsv") {
		got := analyzed(t, a, nlp.Document{Text: row[1]}).Urgency
		switch {
		case row[0] != "":
			if real++; !slices.Contains(got, row[0]) {
				missed++
				t.Logf("%s missed, heard %q: %s", row[0], got, row[1])
			}
		default:
			if alike++; len(got) > 0 {
				wrong++
				t.Logf("%q heard in: %s", got, row[1])
			}
		}
	}
	if real < 70 || alike < 70 || missed > 3 || wrong > 5 {
		t.Errorf("%d of %d missed, %d of %d look-alikes flagged", missed, real, wrong, alike)
	}
}
