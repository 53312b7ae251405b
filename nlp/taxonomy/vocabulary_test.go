package taxonomy

import (
	"fmt"
	"strings"
	"testing"
)

func TestAVocabularyFindsItsWordsAndNoOthers(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 1000} {
		v := newVocabulary(n)
		word := func(i int) string { return fmt.Sprintf("w%d%s", i, strings.Repeat("x", i%30)) } // some too long for a slot
		for i := range n {
			v.add(word(i), known{from: int32(i)})
		}
		for i := range 2*n + 1 {
			k, found := v.find([]byte(word(i)))
			if found != (i < n) || found && k.from != int32(i) {
				t.Errorf("of %d words %q: %v, %v", n, word(i), k, found)
			}
		}
	}
}
