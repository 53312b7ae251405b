package token

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// mayStartEmoji tells the blocks in which emoji lie that show as pictures by
// themselves or with a variation selector.
func mayStartEmoji(r rune) bool {
	if r < 0x2190 {
		return r == 0x203C || r == 0x2049
	}
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r >= 0x2B00 && r <= 0x2BFF ||
		r >= 0x2300 && r <= 0x23FF || r <= 0x21FF
}

// longestEmoji bounds the bytes of one emoji with its modifiers: a family of four
// with four colours of skin has 41.
const longestEmoji = 64

// emojiLen is the length of the emoji at the start of rest with its modifiers,
// or of a joined sequence such as a family or a flag: one grapheme cluster
// (UAX #29). Every dingbat and arrow counts.
func emojiLen(rest string) int {
	// Most stand alone, and what follows doesn't join.
	_, n := utf8.DecodeRuneInString(rest)
	if n == len(rest) || rest[n] < utf8.RuneSelf {
		return n
	}
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(rest[:runeFloor(rest, longestEmoji)], -1)
	return max(n, len(cluster))
}

const (
	variationSelector = "\uFE0F" // shows what it follows as a picture
	keycap            = "\u20E3"
)

func hasVariationSelector(rest string) bool { return strings.HasPrefix(rest, variationSelector) }

// keycapLen is the length of a digit, # or * on a keycap, 0 if rest starts with
// none.
func keycapLen(rest string) int {
	if len(rest) < 2 || rest[1] < utf8.RuneSelf {
		return 0
	}
	if after := strings.TrimPrefix(rest[1:], variationSelector); strings.HasPrefix(after, keycap) {
		return len(rest) - len(after) + len(keycap)
	}
	return 0
}

// runeFloor is the end of the last whole rune within the first n bytes of s. Of
// stray bytes that continue no rune each is one by itself.
func runeFloor(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for back := range min(n, utf8.UTFMax-1) + 1 {
		if at := n - back; utf8.RuneStart(s[at]) {
			if _, size := utf8.DecodeRuneInString(s[at:]); at+size > n {
				return at
			}
			break
		}
	}
	return n
}
