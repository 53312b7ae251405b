package embedded_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline/kafka/embedded"
)

func TestSnapshotsAfterACrashAreThoseOfAnOrderlyStop(t *testing.T) {
	stopped, crashed := t.TempDir(), t.TempDir()
	b := start(t, stopped, embedded.Topic{Name: "t", Partitions: 2})
	w := writer(t, b.Addr(), "t")
	w.BatchSize, w.BatchBytes = 10, 8<<20
	messages := numbered("small", 500)
	for range 15 {
		large := numbered("large", 2) // 30 MB a partition, in segments of 16
		for i := range large {
			large[i].Value = make([]byte, 2<<20)
		}
		messages = append(messages, large...)
	}
	if err := w.WriteMessages(within(t, 30*time.Second), messages...); err != nil {
		t.Fatal(err)
	}
	copyTree(t, crashed, stopped)
	if err := embedded.WriteSnapshots(t.Context(), crashed); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for _, partition := range []string{"t-0", "t-1"} {
		want, got := snapshot(t, stopped, partition), snapshot(t, crashed, partition)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-orderly stop +crash):\n%s", partition, diff)
		}
		if segments := got["segments"].([]any); len(segments) < 2 {
			t.Errorf("%s has %d segments, want several", partition, len(segments))
		}
	}
}

// snapshot reads a partition's snapshot, but for the time of its creation,
// which is when the partition was made in the one case and when its first
// record was in the other.
func snapshot(t *testing.T, dir, partition string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "partitions", partition, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	delete(s, "created_at")
	for _, seg := range s["segments"].([]any) { // 0, which the engine leaves out
		delete(seg.(map[string]any), "min_epoch")
		delete(seg.(map[string]any), "max_epoch")
	}
	return s
}
