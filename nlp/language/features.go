package language

// features walks over symbols and makes hashes of the runs of two, three and four
// that end in or right behind a word, and of whole words.
type features struct {
	hashes [atOnce]uint32
	n      int
	run    uint32 // the symbols so far, six bits each, the last in the lowest
	word   uint32 // hash of the letters since the last space
	inside uint32 // how many letters those are
}

// atOnce hashes are made before they are looked up: as many as can be summed
// without overflow, and enough for the look-ups not to wait for each other.
const atOnce = 256

// mostOfSymbol hashes end with one symbol.
const mostOfSymbol = 4

// Multipliers that spread runs and words over the places.
const (
	mixTwo   = 0x9E3779B1
	mixThree = 0x85EBCA77
	mixFour  = 0xC2B2AE3D
	mixWord  = 0x27D4EB2F
)

// fill replaces the hashes by those of the symbols that come next, and returns
// the symbols that are left.
func (f *features) fill(symbols []byte) []byte {
	n, run, word, inside := 0, f.run, f.word, f.inside
	i := 0
	for ; i < len(symbols) && n <= atOnce-mostOfSymbol; i++ {
		s := uint32(symbols[i])
		run = run<<6 | s
		to := f.hashes[n : n+mostOfSymbol]
		two, three, four := (run&0xFFF+0x1000)*mixTwo, (run&0x3FFFF)*mixThree, (run&0xFFFFFF)*mixFour
		if s != space {
			word = (word ^ s) * 0x01000193
			word ^= word >> 15
			inside++
			// What lacks letters of this word is overwritten by what comes.
			to[0], to[1], to[2] = two, three, four
			n += int(min(inside, 3))
			continue
		}
		if inside > 0 {
			to[0], to[1], to[2], to[3] = two, three, word*mixWord, four
			n += 3
			if inside > 2 {
				n++
			}
		}
		word, inside = 0, 0
	}
	f.n, f.run, f.word, f.inside = n, run, word, inside
	return symbols[i:]
}
