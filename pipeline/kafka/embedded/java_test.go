//go:build integration

package embedded_test

import (
	"path/filepath"
	"testing"

	"earshot/pipeline/kafka/kafkatest"
)

// TestRealJavaClient does what Kafka's console tools do, with the client that
// they are made of: admin, an idempotent producer, a consumer in a group.
func TestRealJavaClient(t *testing.T) {
	b := start(t, t.TempDir())
	got := kafkatest.Java(t, filepath.Join("testdata", "Client.java"), b.Addr())
	if want := "listed true\npartitions 3\nconsumed 500\ncommitted 500\n"; got != want {
		t.Errorf("the Java client says\n%swant\n%s", got, want)
	}
}
