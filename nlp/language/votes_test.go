package language

import (
	"strings"
	"testing"
)

// Whether the words of a text were met before changes nothing of its votes: they are
// those of the whole read at once.
func TestARememberedWordVotesAsANewOne(t *testing.T) {
	t.Parallel()
	m := Default()
	for range 2 {
		for _, text := range []string{
			"", "a", "I am off to Spain", "Das Gerät ist seit Montag kaputt, und niemand hilft.", "¿Por qué no funciona?",
			"l'offre n'est pas claire", strings.Repeat("nosignal", 60), strings.Repeat("no signal here ", 40),
		} {
			var r reading
			r.read(text)
			symbols := r.symbols[:r.n]
			var want [8]int32
			wanted := m.count(&want, symbols)
			if got, n := m.votes(symbols); got != want || n != wanted {
				t.Errorf("%.40q: %d votes %v, read at once %d votes %v", text, n, got, wanted, want)
			}
		}
	}
}
