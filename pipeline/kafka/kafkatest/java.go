package kafkatest

import (
	"bytes"
	"path/filepath"
	"testing"
)

// Java runs a Java source file that uses Kafka's own client, and returns what it
// prints. It fails the test where Kafka's jars or Java are missing, and where
// the program fails.
func Java(tb testing.TB, source string, args ...string) string {
	tb.Helper()
	kafka, err := findKafka()
	if err != nil {
		tb.Fatal(err)
	}
	// The source takes the place of a class; the client logs to nowhere.
	command := kafka.command(filepath.Join(tb.TempDir(), "none.properties"), source, args...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		tb.Fatalf("%s: %v\n%s", source, err, problems.String())
	}
	return out.String()
}
