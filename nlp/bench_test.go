package nlp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jonreiter/govader"

	"earshot/nlp"
)

// messages are of 35 tokens on average, as customers write.
var messages = []string{
	"They promised the technician between eight and twelve, I took the day off, and nobody came or even called. Second time now. The lady on the phone was really kind about it though.",
	"Ordered the blue one on the 3rd, got the red one on the 12th, and the return label in the box is for another company, so what am I supposed to do with it now?",
	"hi, quick one - can you tell me if the family plan covers my daughter abroad, she is off to Spain in June for 3 weeks and uses about 2 gig a week, thanks in advance Jo",
	"Checked in at midnight after a cancelled flight and the night porter had kept the kitchen open for us; soup, bread, a room on the quiet side. We would drive an hour for that place.",
	"@telco third outage this month and your app still says all good 🙄 #fail who do I have to call to get my money back?? been a customer for 9 yrs and never seen it this bad",
}

func BenchmarkAnalyze(b *testing.B) {
	for _, tier := range tiers {
		b.Run(tier, func(b *testing.B) {
			a := newAnalyzer(b, tier)
			docs := make([]nlp.Document, len(messages))
			tokens := 0
			for i, text := range messages {
				docs[i] = nlp.Document{Text: text}
				tokens += len(strings.Fields(text))
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				i := n % len(docs)
				if _, err := a.Analyze(b.Context(), docs[i:i+1]); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
			b.ReportMetric(float64(n*tokens)/float64(len(docs))/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

// What users would pick instead: polarity alone, by lexicon and rules. Both hear
// the same messages by turns, so that a busy machine slows both.
func BenchmarkFastTierAgainstGovader(b *testing.B) {
	a := newAnalyzer(b, nlp.TierFast)
	vader := govader.NewSentimentIntensityAnalyzer()
	var ours, theirs time.Duration
	n := 0
	for b.Loop() {
		text := messages[n%len(messages)]
		began := time.Now()
		if _, err := a.Analyze(b.Context(), []nlp.Document{{Text: text}}); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		vader.PolarityScores(text)
		ours += between.Sub(began)
		theirs += time.Since(between)
		n++
	}
	b.ReportMetric(float64(n)/ours.Seconds(), "ours/s")
	b.ReportMetric(float64(n)/theirs.Seconds(), "govader/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-govader")
}
