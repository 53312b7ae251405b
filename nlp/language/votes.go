package language

import (
	"bytes"
	"sync/atomic"
)

// votes sums the votes of each lane, and counts the features that cast them. symbols
// are those of a reading: they end with a space.
func (m *Model) votes(symbols []byte) (sums [8]int32, n int) {
	var open ballot
	for len(symbols) > 0 {
		end := bytes.IndexByte(symbols, space) + 1
		word := symbols[:end]
		symbols = symbols[end:]
		switch {
		case end == 1:
		case end > longestKnown:
			n += m.count(&sums, word)
		default:
			b := m.ballotOf(word)
			if open.n+b.n > mostAtOnce {
				open.count(&sums)
				n, open = n+open.n, ballot{}
			}
			open.low, open.high, open.n = open.low+b.low, open.high+b.high, open.n+b.n
		}
	}
	open.count(&sums)
	return sums, n + open.n
}

// count adds the votes of a word to sums and returns how many features cast them.
func (m *Model) count(sums *[8]int32, word []byte) (n int) {
	var f features
	for len(word) > 0 {
		word = f.fill(word)
		b := m.cast(f.hashes[:f.n])
		b.count(sums)
		n += b.n
	}
	return n
}

// ballot is the votes of at most mostAtOnce features: those for the even lanes and
// those for the odd ones, 16 bits each, a vote v as 128+v.
type ballot struct {
	low, high uint64
	n         int
}

// mostAtOnce votes of a byte fit into 16 bits.
const mostAtOnce = 257

// cast are the votes of features by their hashes.
func (m *Model) cast(hashes []uint32) (b ballot) {
	const even = 0x00FF00FF00FF00FF
	places, shift := m.places, m.shift&31
	for _, h := range hashes {
		v := places[h>>shift]
		b.low += v & even
		b.high += v >> 8 & even
	}
	b.n = len(hashes)
	return b
}

// count adds the votes to sums.
func (b *ballot) count(sums *[8]int32) {
	for i := range 4 {
		sums[2*i] += int32(b.low>>(16*i)&0xFFFF) - int32(128*b.n)
		sums[2*i+1] += int32(b.high>>(16*i)&0xFFFF) - int32(128*b.n)
	}
}

const (
	// longestKnown is the most symbols, the space included, of a word that is
	// remembered.
	longestKnown = 23
	// memoryBits is the binary logarithm of how many words are remembered.
	memoryBits = 12
)

// memory remembers what the words met last voted for: features reach over no space, so
// that a word always votes the same. Words are told apart by their symbols. Each has
// one place, which it shares with others.
type memory [1 << memoryBits]atomic.Pointer[known]

// known is a word with its ballot. It is never changed after it was made.
type known struct {
	ballot
	size uint8
	word [longestKnown]byte
}

// ballotOf is the ballot of a word of at most longestKnown symbols.
func (m *Model) ballotOf(word []byte) *ballot {
	h := uint32(0)
	for _, s := range word {
		h = (h ^ uint32(s)) * mixWord
	}
	place := &m.known[h>>(32-memoryBits)]
	if k := place.Load(); k != nil && string(k.word[:k.size]) == string(word) {
		return &k.ballot
	}
	var f features
	f.fill(word)
	k := &known{ballot: m.cast(f.hashes[:f.n])}
	k.size = uint8(copy(k.word[:], word))
	place.Store(k)
	return &k.ballot
}
