//go:build bench

package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/sinks/clickhouse/clickhousetest"
	"earshot/sinks/clickhouse/embedded"
)

// BenchmarkPages measures how long a first viewer waits for each page, whole, over 7
// days and over 90, beside a year of items: the median of five, in milliseconds.
func BenchmarkPages(b *testing.B) {
	n := clickhousetest.Rows(b)
	server, err := embedded.Start(b.Context(), embedded.Options{Dir: b.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close(context.Background()) })
	store := migrated(b, server.Addr(), "earshot")
	began := time.Now()
	for _, sql := range clickhousetest.Year(n, time.Now()) {
		if err := store.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d items written in %v", n, time.Since(began).Round(time.Second))
	began = time.Now()
	if _, err := store.RollUp(b.Context(), 0); err != nil {
		b.Fatal(err)
	}
	b.Logf("rolled up in %v", time.Since(began).Round(time.Second))
	s, err := newStore(store, store.Database())
	if err != nil {
		b.Fatal(err)
	}
	some, err := s.search(b.Context(), view{Window: lastWeek}, 1, time.Now())
	if err != nil || len(some.items) == 0 {
		b.Fatalf("no items: %v", err)
	}
	one := some.items[0]
	of := view{Window: lastWeek, Topic: "billing.3", Customer: one.customer, Source: one.source, ID: one.id}

	for _, w := range []window{lastWeek, lastQuarter} {
		for _, path := range []string{overviewPath, painsPath, journeyPath, feedPath, feedPath + "?q=back+99", feedPath + "?label=negative&stage=billing&channel=chat", topicPath, itemPath, customerPath, alertsPath, improvementsPath, pipelinePath} {
			base, query, _ := strings.Cut(path, "?")
			v := of
			if base == feedPath {
				v = view{}
			}
			target := v.withWindow(w).on(base) + "&" + query
			if !strings.Contains(target, "?") {
				target = base + "?" + query
			}
			b.Run(fmt.Sprintf("%s%s", w, strings.NewReplacer("?", " ", "/", "-").Replace(path)), func(b *testing.B) {
				for b.Loop() {
					var took []time.Duration
					for range 5 {
						d, err := New(Options{Store: store, Database: store.Database()})
						if err != nil {
							b.Fatal(err)
						}
						began := time.Now()
						if status, _ := wholePage(b, d, target); status != 200 {
							b.Fatalf("%s: status %d", target, status)
						}
						took = append(took, time.Since(began))
						_ = d.Close()
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[2].Milliseconds()), "ms")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
