package clickhouse

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/ClickHouse/ch-go/proto"
)

// encoder writes the values of one column at a time in ClickHouse's Native
// format, for the driver's columns to take over through their Decode. The
// driver's own Append goes value by value through interfaces and reflection,
// which for nested columns costs more than everything else that earshot does
// with a row.
//
// An encoder is reused from batch to batch and is not safe for concurrent use.
type encoder struct {
	buf    []byte
	keys   []uint32          // of a LowCardinality column: the word of each row
	dict   map[string]uint32 // its words
	words  []string          // the same, in order of appearance
	feed   feed
	reader *proto.Reader // over feed
}

// feed hands the encoded column to the reader once.
type feed struct{ rest []byte }

func (f *feed) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func newEncoder() *encoder {
	e := &encoder{dict: map[string]uint32{}}
	e.reader = proto.NewReader(&e.feed)
	return e
}

// take returns a reader of what was encoded since the last take.
func (e *encoder) take() *proto.Reader {
	e.feed.rest = e.buf
	e.buf = e.buf[:0]
	return e.reader
}

func (e *encoder) u64(v uint64) { e.buf = binary.LittleEndian.AppendUint64(e.buf, v) }
func (e *encoder) u32(v uint32) { e.buf = binary.LittleEndian.AppendUint32(e.buf, v) }
func (e *encoder) str(s string) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(s)))
	e.buf = append(e.buf, s...)
}

// fill encodes one column, or one part of a nested one, for a run of values.
type fill[T any] func(e *encoder, of []*T)

func text[T any](get func(*T) string) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			e.str(get(v))
		}
	}
}

func float32s[T any](get func(*T) float64) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			e.u32(math.Float32bits(float32(get(v))))
		}
	}
}

func float64s[T any](get func(*T) float64) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			e.u64(math.Float64bits(get(v)))
		}
	}
}

func uint64s[T any](get func(*T) uint64) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			e.u64(get(v))
		}
	}
}

func ranks[T any](get func(*T) Rank) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			rank := get(v)
			e.buf = append(e.buf, rank[:]...)
		}
	}
}

func uint32s[T any](get func(*T) int) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			e.u32(uint32(get(v)))
		}
	}
}

func bools[T any](get func(*T) bool) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			if get(v) {
				e.buf = append(e.buf, 1)
			} else {
				e.buf = append(e.buf, 0)
			}
		}
	}
}

// nullable encodes a mask of the values that are absent, then a value for
// each, which is zero where absent.
func nullable[T, V any](get func(*T) *V, put func(e *encoder, v V)) fill[T] {
	return func(e *encoder, of []*T) {
		for _, v := range of {
			if get(v) == nil {
				e.buf = append(e.buf, 1)
			} else {
				e.buf = append(e.buf, 0)
			}
		}
		var zero V
		for _, v := range of {
			if p := get(v); p != nil {
				put(e, *p)
			} else {
				put(e, zero)
			}
		}
	}
}

// array encodes how many elements there are up to the end of each row, then
// the elements of all rows, part by part: one part for an array of plain
// values, several for an array of tuples, keys and values for a map.
func array[T, E any](get func(*T) []E, parts ...fill[E]) fill[T] {
	return func(e *encoder, of []*T) {
		end := 0
		for _, v := range of {
			end += len(get(v))
			e.u64(uint64(end))
		}
		var elements []*E
		if end > 0 {
			elements = make([]*E, 0, end)
			for _, v := range of {
				row := get(v)
				for i := range row {
					elements = append(elements, &row[i])
				}
			}
		}
		for _, part := range parts {
			part(e, elements)
		}
	}
}

// Of a serialized LowCardinality column: the dictionary comes with the block,
// followed by the width of its keys.
const (
	lowCardinalityFlags = 1<<9 | 1<<10
	keysUInt8           = 0
	keysUInt16          = 1
	keysUInt32          = 2
)

// lowCardinality encodes a dictionary, then the place of each row's word in
// it. No rows are no bytes at all.
func lowCardinality[T any](get func(*T) string) fill[T] {
	return func(e *encoder, of []*T) {
		if len(of) == 0 {
			return
		}
		clear(e.dict)
		clear(e.words)
		e.keys = e.keys[:0]
		e.words = append(e.words[:0], "") // the type's default comes first, used or not
		e.dict[""] = 0
		word, key := "", uint32(0)
		for _, v := range of {
			if next := get(v); next != word { // neighbours are often alike
				word = next
				var known bool
				if key, known = e.dict[word]; !known {
					key = uint32(len(e.words))
					e.dict[word] = key
					e.words = append(e.words, word)
				}
			}
			e.keys = append(e.keys, key)
		}
		width := uint64(keysUInt8)
		switch {
		case len(e.words) > math.MaxUint16:
			width = keysUInt32
		case len(e.words) > math.MaxUint8:
			width = keysUInt16
		}
		e.u64(lowCardinalityFlags | width)
		e.u64(uint64(len(e.words)))
		for _, w := range e.words {
			e.str(w)
		}
		e.u64(uint64(len(e.keys)))
		for _, k := range e.keys {
			switch width {
			case keysUInt8:
				e.buf = append(e.buf, byte(k))
			case keysUInt16:
				e.buf = binary.LittleEndian.AppendUint16(e.buf, uint16(k))
			default:
				e.u32(k)
			}
		}
	}
}
