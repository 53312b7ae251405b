package privacy

import "strings"

// isFirm tells whether words j to last begin as a firm does that is named like a
// person.
func (s *search) isFirm(j, last int) bool {
	if last > j {
		n := copy(s.pair[:], s.keyOf(&s.words[j]))
		s.pair[n] = ' '
		n++
		n += copy(s.pair[n:], s.keyOf(&s.words[j+1]))
		if _, yes := firmPairs[string(s.pair[:n])]; yes {
			return true
		}
	}
	return false
}

var firmPairs = newFirmPairs()

func newFirmPairs() map[string]struct{} {
	pairs := map[string]struct{}{}
	for f := range strings.SplitSeq(firms, ";") {
		pairs[strings.TrimSpace(f)] = struct{}{}
	}
	return pairs
}
