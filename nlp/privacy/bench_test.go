package privacy_test

import (
	"strings"
	"testing"

	"earshot/nlp/privacy"
)

// plain is a text of 35 tokens without personal data.
const plain = "The engineer came an hour late, but he fixed the line in ten minutes and even explained the new router to my mother. Since then the internet has been fast and stable, thank you very much."

func BenchmarkFindNothing(b *testing.B) {
	f := finder(b)
	var dst []privacy.Found
	b.ReportAllocs()
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		dst = f.Find(dst[:0], plain, privacy.Known{})
	}
	if len(dst) > 0 {
		b.Fatalf("found %v", dst)
	}
}

func BenchmarkRedact(b *testing.B) {
	f := finder(b)
	text := strings.Replace(plain, "thank you", "call me on +44 20 7946 0958, Ann Lee, thank you", 1)
	b.ReportAllocs()
	for b.Loop() {
		f.Redact(text, privacy.Known{})
	}
}
