package privacy

import "strings"

// findKnownNames finds the names that the record gives, whole and in part. A part
// alone counts where it is a capital, or where the writer uses none, and is no
// common word.
func (s *search) findKnownNames() {
	for _, name := range s.known.Names {
		if len(name) > 200 || strings.ContainsRune(name, '@') {
			continue
		}
		parts := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" \t\n,.;()\"/_", r) })
		if len(parts) == 0 {
			continue
		}
		s.findParts(parts)
	}
}

func (s *search) findParts(parts []string) {
	quiet := len(s.capitals) == 0 || s.shouted
	for i := 0; i < len(s.words); i++ {
		n := s.partsAt(i, parts)
		if n == 0 {
			continue
		}
		w := &s.words[i]
		t := strings.ToLower(s.nameText(i))
		if n == 1 && (len(t) < 3 || len(parts) > 1 && (!quiet && !w.has(capital) || s.natureOf(w)&commonWord != 0) || len(parts) == 1 && natures.words[t]&commonWord != 0 || w.cue&(cueRole|cueTitle) != 0) {
			continue
		}
		s.found(Name, w.start, s.nameEnd(i+n-1), certainRecord, "name.record")
		i += n - 1
	}
}

// partsAt returns how many words from word i on are parts of a name.
func (s *search) partsAt(i int, parts []string) int {
	n := 0
	for i+n < len(s.words) && (n == 0 || within(s.words[i+n].gap, " -,") || s.initial(i+n-1) && within(s.words[i+n].gap, "s.")) {
		t := s.nameText(i + n)
		is := false
		for _, p := range parts {
			is = is || len(p) == len(t) && strings.EqualFold(p, t) || strings.IndexByte(p, '-') > 0 && hyphenated(p, t)
		}
		if !is {
			break
		}
		n++
	}
	return n
}

// hyphenated tells whether t is one of the parts of a name with hyphens.
func hyphenated(name, t string) bool {
	for part := range strings.SplitSeq(name, "-") {
		if strings.EqualFold(part, t) {
			return true
		}
	}
	return false
}

// nameText is the text of word i without its 's.
func (s *search) nameText(i int) string { return s.text[s.words[i].start:s.nameEnd(i)] }
