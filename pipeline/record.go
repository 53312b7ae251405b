package pipeline

import "time"

// Record is one message as it came from Kafka, untouched.
type Record struct {
	Topic     string
	Partition int
	Offset    int64
	Key       []byte // may be nil
	Value     []byte // nil is a tombstone
	Time      time.Time
	Headers   []Header
}

// size is how many bytes came from Kafka and are kept as long as the record is.
func (r *Record) size() int {
	n := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}

// Header is one Kafka record header.
type Header struct {
	Key   string
	Value []byte
}

// Position is a place in a partition up to which everything is done: Offset is
// that of the last record done, not of the next one.
type Position struct {
	Topic     string
	Partition int
	Offset    int64
}
