// Package privacytest makes texts with personal data in them, and texts that only
// look as if they had any, to measure what finds it.
//
// The steps: a value is made in one of the ways in which people write it, with
// check digits that are right (values*.go); it is put into a sentence that people
// say around it (carriers.go); sentences of ordinary feedback stand before and
// behind it; case and punctuation vary. The same seed makes the same cases.
package privacytest

import (
	"math/rand/v2"
	"strings"

	"earshot/nlp/privacy"
)

// Case is a text and what is to be found in it.
type Case struct {
	Text string
	Want []Want // in order
}

// Want is one piece of personal data.
type Want struct {
	Kind       string
	Start, End int
}

// value is something written in one of several ways.
type value struct {
	kind string // empty: it is no personal data
	// carriers are sentences that fit it; nil: those of its kind.
	carriers []string
	write    func(*rand.Rand) string
}

// Cases returns n cases of each kind, and as many again for each three kinds that
// only look like some.
func Cases(seed uint64, n int) []Case {
	r := rand.New(rand.NewPCG(seed, 1))
	var cases []Case
	for _, kind := range privacy.Kinds() {
		values := written[kind]
		for i := range n {
			cases = append(cases, makeCase(r, values[i%len(values)]))
		}
	}
	for i := range n * len(privacy.Kinds()) / 3 {
		cases = append(cases, makeCase(r, lookalikes[i%len(lookalikes)]))
	}
	return cases
}

// makeCase puts a value into a sentence, and the sentence among others.
func makeCase(r *rand.Rand, v value) Case {
	carriers := v.carriers
	if carriers == nil {
		carriers = carriersOf[v.kind]
	}
	before, after, _ := strings.Cut(pick(r, carriers), "%")
	said := v.write(r)
	switch r.IntN(10) {
	case 0, 1:
		before, after = strings.ToLower(before), strings.ToLower(after)
	case 2:
		if v.kind != privacy.Name && v.kind != privacy.Address && v.kind != "" {
			before, after = strings.ToUpper(before), strings.ToUpper(after)
		}
	}
	if r.IntN(4) == 0 {
		after = strings.TrimSuffix(after, ".")
	}
	if r.IntN(3) > 0 {
		before = pick(r, ordinary) + pick(r, []string{" ", "\n", " "}) + before
	}
	if r.IntN(3) == 0 && !strings.HasSuffix(after, "\n") {
		if after == "" || !strings.ContainsAny(after[len(after)-1:], ".!?") {
			after += "."
		}
		after += " " + pick(r, ordinary)
	}
	c := Case{Text: before + said + after}
	if v.kind != "" {
		c.Want = []Want{{v.kind, len(before), len(before) + len(said)}}
	}
	return c
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// digits returns n random digits, the first of which is not 0.
func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	if b[0] == '0' {
		b[0] = byte('1' + r.IntN(9))
	}
	return string(b)
}

// grouped writes digits in groups with sep between them.
func grouped(s, sep string, lengths ...int) string {
	var parts []string
	for _, n := range lengths {
		parts = append(parts, s[:n])
		s = s[n:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, sep)
}

// form returns how to write a form in which # is a digit and every other mark
// stands for itself; ! is a digit that is not 0 or 1.
func form(forms ...string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		b := []byte(pick(r, forms))
		for i, c := range b {
			switch c {
			case '#':
				b[i] = byte('0' + r.IntN(10))
			case '!':
				b[i] = byte('2' + r.IntN(8))
			}
		}
		return string(b)
	}
}

// one returns how to write one of several words.
func one(words ...string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return pick(r, words) }
}
