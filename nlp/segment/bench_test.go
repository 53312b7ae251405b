package segment_test

import (
	"testing"

	"earshot/nlp/segment"
)

// message has 35 tokens.
const message = "Our engineer never turned up on Tuesday, and although the lady on the phone was kind, " +
	"nobody could say when the line would work again; I pay €45 a month for this!"

func BenchmarkReadOfAMessage(b *testing.B) {
	var t segment.Text
	t.Read(message, nil, "en")
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		t.Read(message, nil, "en")
	}
	b.ReportMetric(float64(len(t.Tokens)), "tokens")
}
