package dashboard

import (
	"cmp"
	"slices"
	"time"
)

// Live is what the running pipeline knows of itself. Counts are since Since.
type Live struct {
	Since    time.Time      // when the pipeline started; zero if unknown
	Consumed uint64         // records fetched from Kafka, redeliveries included
	Rows     uint64         // rows written to ClickHouse, rewrites included
	Rejected uint64         // records rejected, redeliveries included
	Lag      []PartitionLag // one a partition, any order
	Latest   []DeadLetter   // latest dead letters, newest first
	Err      string         // what keeps the pipeline from working, empty while it works
}

// PartitionLag is how far the pipeline is behind in one partition.
type PartitionLag struct {
	Topic     string
	Partition int
	Records   int64 // records not yet committed, ≥ 0; −1 where the broker does not say
}

// DeadLetter is one record that could not become a row.
type DeadLetter struct {
	At        time.Time // of the record, or of its rejection; zero if unknown
	Topic     string
	Partition int
	Offset    int64
	Reason    string // short stable code, as in the header of the dead letter
	Error     string // what is wrong, for people
	Excerpt   string // beginning of the record's value, any bytes
}

// waiting is the lag of all partitions together, and of how many it is known.
func (l Live) waiting() (records int64, known int) {
	for _, p := range l.Lag {
		if p.Records >= 0 {
			records += p.Records
			known++
		}
	}
	return records, known
}

// partitions returns the lag, the longest first.
func (l Live) partitions() []PartitionLag {
	sorted := slices.Clone(l.Lag)
	slices.SortFunc(sorted, func(a, b PartitionLag) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return sorted
}
