//go:build faults

package faults

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"earshot/sinks/deadletter"
)

// checkLetters compares the dead letters with those that there must be: at least
// one of each, since a record that is delivered again has another, and none of
// anything else.
func checkLetters(want map[place]letterOf, got map[place]*kgo.Record, v *Verdict) {
	seen := map[place]bool{}
	for _, letter := range got {
		v.Letters++
		headers, of, err := readLetter(letter)
		expected, known := want[of]
		if err == nil && !known {
			err = fmt.Errorf("%s is no record that must be rejected", of)
		}
		if err == nil {
			seen[of] = true
			err = expected.matches(letter, headers)
		}
		if err != nil {
			v.WrongLetters++
			v.say("dead letter %d: %v", letter.Offset, err)
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(want), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.partition, b.partition), cmp.Compare(a.offset, b.offset))
	}) {
		if !seen[at] {
			v.Unaccounted++
			v.say("%s (%s) is neither row nor dead letter", at, want[at].reason)
		}
	}
}

// readLetter reads what a letter says of its record.
func readLetter(letter *kgo.Record) (headers map[string]string, of place, err error) {
	headers = map[string]string{}
	for _, h := range letter.Headers {
		if !strings.HasPrefix(h.Key, "original.") {
			headers[h.Key] = string(h.Value)
		}
	}
	partition, err := strconv.ParseInt(headers[deadletter.HeaderPartition], 10, 32)
	if err != nil {
		return nil, place{}, err
	}
	offset, err := strconv.ParseInt(headers[deadletter.HeaderOffset], 10, 64)
	return headers, place{headers[deadletter.HeaderTopic], int32(partition), offset}, err
}

// matches says what is wrong with a letter of this record.
func (l letterOf) matches(letter *kgo.Record, headers map[string]string) error {
	size := headers[deadletter.HeaderSize]
	switch {
	case headers[deadletter.HeaderReason] != string(l.reason):
		return fmt.Errorf("%s: reason %s, must be %s", l.place, headers[deadletter.HeaderReason], l.reason)
	case headers[deadletter.HeaderError] == "" || headers[deadletter.HeaderTime] == "":
		return fmt.Errorf("%s: headers are missing: %v", l.place, headers)
	case size == "" && !bytes.Equal(letter.Value, l.Value):
		return fmt.Errorf("%s: another value than the record's", l.place)
	case size != "" && (size != strconv.Itoa(len(l.Value)) || !bytes.HasPrefix(l.Value, letter.Value)):
		return fmt.Errorf("%s: not the beginning of the record's %d bytes", l.place, len(l.Value))
	case size == "" && !bytes.Equal(letter.Key, l.Key):
		return fmt.Errorf("%s: another key than the record's", l.place)
	}
	var originals []kgo.RecordHeader
	for _, h := range letter.Headers {
		if name, ok := strings.CutPrefix(h.Key, "original."); ok {
			originals = append(originals, kgo.RecordHeader{Key: name, Value: h.Value})
		}
	}
	if size == "" && !slices.EqualFunc(originals, l.Headers, func(a, b kgo.RecordHeader) bool {
		return a.Key == b.Key && bytes.Equal(a.Value, b.Value)
	}) {
		return fmt.Errorf("%s: other headers than the record's", l.place)
	}
	return nil
}
