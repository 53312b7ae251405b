package sentiment

import (
	"strings"

	"earshot/nlp/segment"
	"earshot/nlp/token"
)

// reach is how many words a negation governs at most; it ends before at the end
// of its clause.
const reach = 5

// longestNegator is the length of the longest negator, in bytes.
const longestNegator = 9

// negators are the words that negate what follows, by the hash of their normal
// form, for all languages that earshot hears.
var negators = hashes(
	"not no never none nobody nothing nowhere neither nor without cannot cant dont doesnt didnt wont wouldnt couldnt shouldnt isnt arent wasnt werent havent hasnt hadnt aint hardly barely scarcely lack lacks lacking zero " +
		"don't doesn't didn't won't wouldn't couldn't shouldn't isn't aren't wasn't weren't haven't hasn't hadn't ain't can't mustn't needn't " +
		"nicht kein keine keinen keinem keiner keines nie niemals ohne weder kaum nix nichts " +
		"pas ne jamais rien aucun aucune sans ni n'est n'ai n'a n'y " +
		"nunca jamás sin nada ningún ninguna tampoco " +
		"non mai senza nessun nessuno nessuna niente né neanche " +
		"não nao sem nenhum nenhuma nem ñ")

// hashSet is hashes of a few words. Most that are asked for are not among them, which
// the bits tell without a look into the map.
type hashSet struct {
	bits [16]uint64 // one of all for the low bits of each hash
	all  map[uint64]bool
}

func (s *hashSet) has(hash uint64) bool {
	return s.bits[hash/64%16]>>(hash%64)&1 != 0 && s.all[hash]
}

func hashes(words string) *hashSet {
	s := &hashSet{all: map[uint64]bool{}}
	for w := range strings.FieldsSeq(words) {
		h := hashString(w)
		s.all[h] = true
		s.bits[h/64%16] |= 1 << (h % 64)
	}
	return s
}

// Negations calls do with every negation of a sentence and the tokens that it
// turns.
func (x *Extractor) Negations(t *segment.Text, s segment.Sentence, do func(at, turned token.Range)) {
	x.collect(t, s)
	clauses := t.Clauses[s.Clauses.From:s.Clauses.To]
	for i := range x.words {
		at := int(x.words[i].token)
		for at >= clauses[0].To {
			clauses = clauses[1:]
		}
		if !x.words[i].negator {
			continue
		}
		to := clauses[0].To
		last := i
		for last+1 < len(x.words) && last-i < reach && int(x.words[last+1].token) < to {
			last++
		}
		if last > i {
			do(token.Range{From: at, To: at + 1}, token.Range{From: int(x.words[i+1].token), To: int(x.words[last].token) + 1})
		}
	}
}
