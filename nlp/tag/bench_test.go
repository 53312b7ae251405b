package tag_test

import (
	"testing"

	"earshot/nlp/sentiment"
	"earshot/nlp/tag"
)

// messages are of 35 tokens on average, as customers write.
var messages = []string{
	"They promised the technician between eight and twelve, I took the day off, and nobody came or even called. Second time now. The lady on the phone was really kind about it though.",
	"Ordered the blue one on the 3rd, got the red one on the 12th, and the return label in the box is for another company, so what am I supposed to do with it now?",
	"hi, quick one - can you tell me if the family plan covers my daughter abroad, she is off to Spain in June for 3 weeks and uses about 2 gig a week, thanks in advance Jo",
	"Checked in at midnight after a cancelled flight and the night porter had kept the kitchen open for us; soup, bread, a room on the quiet side. We would drive an hour for that place.",
}

func BenchmarkJudge(b *testing.B) {
	m := builtIn(b)
	var all []*sentiment.Features
	for _, text := range messages {
		all = append(all, features(text))
	}
	b.ReportAllocs()
	var sum tag.Sum
	var tags tag.Tags
	n := 0
	for b.Loop() {
		sum.Reset()
		m.Add(&sum, all[n%len(all)])
		m.Judge(&tags, &sum, polarity["neutral"])
		n++
	}
}
