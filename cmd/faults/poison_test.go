//go:build faults

package faults

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/pipeline"
	"earshot/pipeline/decode"
)

// poison is a value that can't become a row.
type poison struct {
	name   string
	value  []byte // nil: a tombstone
	reason pipeline.Reason
}

// poisons are the bad inputs that the decoder's own tests keep, and what is no
// file: no value, an empty one.
func poisons(t testing.TB) []poison {
	t.Helper()
	all := []poison{
		{"tombstone", nil, pipeline.ReasonTombstone},
		{"white space", []byte(" \n\t "), pipeline.ReasonEmpty},
		{"binary", []byte{0, 1, 2, 0xff, 0xfe}, pipeline.ReasonInvalidJSON},
	}
	paths, err := filepath.Glob("../../pipeline/decode/testdata/reject/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no bad inputs: %v", err)
	}
	d := decode.New(decode.Source{Topic: "t", Channel: pipeline.Review})
	for _, path := range paths {
		value, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, rejection := d.Decode(pipeline.Record{Value: value, Time: time.Now()})
		if rejection == nil {
			t.Fatalf("%s is no bad input", path)
		}
		all = append(all, poison{strings.TrimSuffix(filepath.Base(path), ".json"), value, rejection.Reason})
	}
	return all
}

// hugePoison is a value over the limit: topics take it only if they are told to.
func hugePoison() poison {
	value := []byte(`{"id":"huge","text":"x"}`)
	return poison{"huge", append(value, bytes.Repeat([]byte{' '}, decode.MaxRecordBytes+1-len(value))...), pipeline.ReasonTooLarge}
}

func (p poison) String() string { return fmt.Sprintf("%s (%s)", p.name, p.reason) }
