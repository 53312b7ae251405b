package clickhouse

import (
	"encoding/binary"

	"earshot/pipeline"
)

// Rank is the order of an item's versions as the store keeps it: a UInt256 in
// little-endian bytes. From the highest bit: version, created_at in milliseconds,
// offset, 64 bits each; then 12 bits of revision, which counts how
// often the row was replaced by a replay, and 20 of the partition.
type Rank [32]byte

// partitionBits are those of a rank's lowest 32 that hold the partition; the others
// hold the revision.
const partitionBits = 1<<20 - 1

// rankOf is the rank that the record of an item gets from the store, at revision 0.
func rankOf(item *pipeline.Item) (r Rank) {
	binary.LittleEndian.PutUint32(r[0:], uint32(item.Record.Partition)&partitionBits)
	binary.LittleEndian.PutUint64(r[4:], uint64(item.Record.Offset))
	binary.LittleEndian.PutUint64(r[12:], uint64(item.Feedback.CreatedAt.UnixMilli()))
	binary.LittleEndian.PutUint64(r[20:], uint64(item.Feedback.Version))
	return r
}

// first is the rank of the same version at revision 0.
func (r Rank) first() Rank {
	low := binary.LittleEndian.Uint32(r[0:])
	binary.LittleEndian.PutUint32(r[0:], low&partitionBits)
	return r
}
