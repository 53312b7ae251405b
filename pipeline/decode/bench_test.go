package decode

import (
	"testing"
	"time"

	"earshot/pipeline"
)

const benchReview = `{"id":"rv-000123456","source":"shop","created_at":"2026-03-14T09:26:53.589Z","title":"Two weeks without internet","text":"The engineer never showed up, twice, and nobody called back. When it finally worked it was fast, I'll admit.","rating":2,"language":"en","customer":{"id":"c-8841","segment":"consumer"},"product":"fibre-500"}`

const benchChat = `{"id":"ch-77","messages":[{"role":"customer","text":"Hi, my router keeps restarting"},{"role":"bot","text":"Have you tried turning it off and on?"},{"role":"customer","text":"Yes. Three times.\nI want a human."},{"role":"agent","text":"Hello, I am Sam, I can help you with that"}],"customer":"c-1"}`

func BenchmarkDecode(b *testing.B) {
	mapping, err := ParseMapping(map[string]any{
		"id": "id", "source": "source", "created_at": "created_at", "title": "title", "text": "text", "rating": "rating",
		"language": "language", "customer.id": "customer.id", "customer.segment": "customer.segment", "product": "product",
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name, value string
		mapping     *Mapping
	}{
		{"review", benchReview, nil},
		{"chat", benchChat, nil},
		{"mapped review", benchReview, mapping},
	} {
		b.Run(bench.name, func(b *testing.B) {
			d := New(Source{Topic: "feedback.reviews", Mapping: bench.mapping})
			r := pipeline.Record{Value: []byte(bench.value), Time: time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)}
			b.SetBytes(int64(len(r.Value)))
			b.ReportAllocs()
			for b.Loop() {
				if _, rejection := d.Decode(r); rejection != nil {
					b.Fatal(rejection)
				}
			}
		})
	}
}
