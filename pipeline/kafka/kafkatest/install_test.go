package kafkatest

import (
	"errors"
	"strings"
	"testing"
)

func TestMissingKafkaSaysHowToGetIt(t *testing.T) {
	for _, tt := range []struct{ name, variable string }{
		{"no jars", "XDG_CACHE_HOME"},
		{"no Java", "PATH"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(tt.variable, t.TempDir())
			_, err := findKafka()
			if !errors.Is(err, errNotInstalled) || !strings.Contains(err.Error(), "make kafka") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestFreePortsDiffer(t *testing.T) {
	ports, err := freePorts(9)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range ports {
		if seen[p] || p < lowestPort || p > highestPort {
			t.Errorf("ports %v", ports)
		}
		seen[p] = true
	}
	if len(seen) != 9 {
		t.Errorf("got %d ports, want 9", len(seen))
	}
}
