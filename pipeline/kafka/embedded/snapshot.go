package embedded

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// After an orderly stop every partition has a snapshot, and the engine reads
// one segment of it at a time. After a crash it reads the partition as a whole
// and keeps all of it in memory until it is done: gigabytes, where the log is
// that long. So the snapshots that a crash left out are written here, from the
// headers of the batches alone. The engine still reads every batch, checks its
// sum and cuts off what is damaged; a snapshot only spares it the memory.
//
// The forms of both files are the engine's own. Should they change with it, it
// finds no snapshot that it knows and reads the whole partition again.

// snapshot is a partition's snapshot.json.
type snapshot struct {
	Version          int       `json:"version"`
	HighWatermark    int64     `json:"high_watermark"`
	LastStableOffset int64     `json:"last_stable_offset"`
	LogStartOffset   int64     `json:"log_start_offset"`
	Epoch            int32     `json:"epoch"`
	MaxTimestamp     int64     `json:"max_timestamp"`
	CreatedAt        time.Time `json:"created_at"`
	Segments         []segment `json:"segments"`
}

// segment is a file of batches, named after its first offset.
type segment struct {
	BaseOffset int64 `json:"base_offset"`
	Size       int64 `json:"size"`
	MinEpoch   int32 `json:"min_epoch"`
	MaxEpoch   int32 `json:"max_epoch"`
}

const (
	snapshotVersion  = 1
	batchHeaderBytes = 61
)

// errNotPlain says that a partition is the engine's to read: it has a torn end,
// or transactions, whose state is more than headers tell.
var errNotPlain = errors.New("not a plain sequence of batches")

// writeSnapshots writes the snapshots that are missing or out of date in dir.
func writeSnapshots(ctx context.Context, dir string) error {
	partitions, err := filepath.Glob(filepath.Join(dir, "partitions", "*"))
	if err != nil {
		return err
	}
	errs := make([]error, len(partitions))
	var all sync.WaitGroup
	for i, partition := range partitions {
		all.Go(func() {
			if errs[i] = ctx.Err(); errs[i] != nil {
				return
			}
			if err := writeSnapshot(partition); err != nil && !errors.Is(err, errNotPlain) {
				errs[i] = fmt.Errorf("summing up %s: %w", partition, err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// writeSnapshot writes the snapshot of the partition in dir, unless it has one
// that fits its segments.
func writeSnapshot(dir string) error {
	segments, err := segments(dir)
	if err != nil || len(segments) == 0 {
		return err
	}
	path := filepath.Join(dir, "snapshot.json")
	var s snapshot
	if raw, err := os.ReadFile(path); err == nil && json.Unmarshal(raw, &s) == nil && sameSizes(s.Segments, segments) {
		return nil
	}
	s = snapshot{Version: snapshotVersion}
	for i := range segments {
		if err := s.add(dir, &segments[i]); err != nil {
			return err
		}
	}
	s.Segments, s.LastStableOffset = segments, s.HighWatermark
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	// The engine removes what ends in .tmp when it starts.
	if err := os.WriteFile(path+".tmp", raw, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// segments lists the segments in dir in their order.
func segments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []segment
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".dat")
		base, err := strconv.ParseInt(name, 10, 64)
		if !ok || err != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		found = append(found, segment{BaseOffset: base, Size: info.Size()})
	}
	slices.SortFunc(found, func(a, b segment) int { return int(a.BaseOffset - b.BaseOffset) })
	return found, nil
}

// sameSizes compares what the engine compares.
func sameSizes(a, b []segment) bool {
	return slices.EqualFunc(a, b, func(a, b segment) bool {
		return a.BaseOffset == b.BaseOffset && a.Size == b.Size
	})
}

// add sums up the batches of one more segment.
func (s *snapshot) add(dir string, seg *segment) error {
	file, err := os.Open(filepath.Join(dir, fmt.Sprintf("%d.dat", seg.BaseOffset)))
	if err != nil {
		return err
	}
	defer file.Close() // nothing was written

	var window [4096]byte // of the file, so that small batches do not cost a read each
	var at, filled int64
	for pos := int64(0); pos < seg.Size; {
		if pos+batchHeaderBytes > at+filled {
			n, err := file.ReadAt(window[:], pos)
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			at, filled = pos, int64(n)
		}
		if pos+batchHeaderBytes > at+filled {
			return errNotPlain
		}
		header := window[pos-at:][:batchHeaderBytes]
		const transactional, control = 0x10, 0x20
		size := 12 + int64(binary.BigEndian.Uint32(header[8:]))
		attributes := binary.BigEndian.Uint16(header[21:])
		if size < batchHeaderBytes || pos+size > seg.Size || attributes&(transactional|control) != 0 {
			return errNotPlain
		}
		first := int64(binary.BigEndian.Uint64(header))
		epoch := int32(binary.BigEndian.Uint32(header[12:]))
		if s.CreatedAt.IsZero() {
			s.LogStartOffset = first
			s.CreatedAt = time.UnixMilli(int64(binary.BigEndian.Uint64(header[27:])))
		}
		if pos == 0 {
			seg.MinEpoch, seg.MaxEpoch = epoch, epoch
		}
		seg.MinEpoch, seg.MaxEpoch = min(seg.MinEpoch, epoch), max(seg.MaxEpoch, epoch)
		s.HighWatermark = first + int64(int32(binary.BigEndian.Uint32(header[23:]))) + 1
		s.MaxTimestamp = max(s.MaxTimestamp, int64(binary.BigEndian.Uint64(header[35:])))
		s.Epoch = epoch
		pos += size
	}
	return nil
}
