package simulate

import (
	"math/rand/v2"
	"strconv"
	"time"
	"unicode/utf8"
)

// voice speaks a customer's mind: it expands rules for one message.
type voice struct {
	rng      *rand.Rand
	language *language
	customer *customer
	subject  subject
	mood     mood
	now      time.Time

	// Which phrases of <say>, <more>, the turns of a talk and the staff's replies this item has used,
	// by bit: nobody says the same thing twice in a row.
	said, detailed, turned, replied uint64

	loyalty   loyalty
	sarcastic bool // the first <say> is to be sarcasm
	ironic    bool // it was
}

func (v *voice) rule(out []byte, i int) []byte {
	r := v.language.grammar.rules[i]
	return v.phrase(out, r[v.rng.IntN(len(r))])
}

// fresh expands a phrase of the rule that used doesn't have yet, where there
// is one to be found.
func (v *voice) fresh(out []byte, i int, used *uint64) []byte {
	r := v.language.grammar.rules[i]
	n := v.rng.IntN(len(r))
	for try := 0; try < 4 && *used&(1<<(n&63)) != 0; try++ {
		n = v.rng.IntN(len(r))
	}
	*used |= 1 << (n & 63)
	return v.phrase(out, r[n])
}

func (v *voice) phrase(out []byte, p phrase) []byte {
	for i := range p {
		switch n := &p[i]; n.kind {
		case literalNode:
			out = append(out, n.text...)
		case ruleNode:
			out = v.rule(out, n.rule)
		case numberNode:
			out = strconv.AppendInt(out, int64(n.lo+v.rng.IntN(n.hi-n.lo+1)), 10)
		case choiceNode:
			out = v.phrase(out, n.alts[v.rng.IntN(len(n.alts))])
		case slotNode:
			out = v.slot(out, n)
		}
	}
	return out
}

func (v *voice) slot(out []byte, n *node) []byte {
	l, u := v.language, v.customer
	before := int(u.contacts)
	switch n.slot {
	case slotSay:
		if v.sarcastic {
			v.sarcastic, v.ironic = false, true
			v.said |= 1 << 63
			return v.rule(out, l.sarcasm[v.subject])
		}
		return v.fresh(out, l.say[v.subject][v.mood], &v.said)
	case slotMore:
		// What support says of the incident is its trace in the texts.
		if u.incident && v.mood == bad && v.rng.IntN(2) == 0 {
			return v.rule(out, l.incident)
		}
		return v.fresh(out, l.more[v.subject][v.mood], &v.detailed)
	case slotNote:
		return v.rule(out, l.note[v.subject][v.mood])
	case slotThing:
		return v.rule(out, l.thing[v.subject])
	case slotAgain:
		if before == 0 {
			return out
		}
		return v.rule(out, l.again)
	case slotAgainNote:
		if before == 0 {
			return out
		}
		return v.rule(out, l.againNote)
	case slotRecommend:
		if v.loyalty < loyal || v.loyalty == loyal && v.rng.IntN(3) > 0 {
			return out
		}
		return v.rule(out, l.recommend)
	case slotThreat:
		if v.loyalty != atRisk {
			return out
		}
		return v.rule(out, l.threat)
	case slotThreatNote:
		if v.loyalty != atRisk {
			return out
		}
		return v.rule(out, l.threatNote)
	case slotNth:
		return append(out, l.ordinals[min(before, len(l.ordinals)-1)]...)
	case slotNthCapital:
		at := len(out)
		out = append(out, l.ordinals[min(before, len(l.ordinals)-1)]...)
		capitalise(out[at:])
		return out
	case slotTimes:
		return append(out, l.times[min(before, len(l.times)-1)]...)
	case slotCity:
		return v.nth(out, l.city, int(u.city))
	case slotProduct:
		return append(out, productNames[u.product][u.plan]...)
	case slotFirst:
		return v.nth(out, l.first, int(u.first))
	case slotName:
		out = v.nth(out, l.first, int(u.first))
		out = append(out, ' ')
		return v.nth(out, l.last, int(u.last))
	case slotPhone:
		return v.phone(out)
	case slotEmail:
		at := len(out)
		out = v.nth(out, l.first, int(u.first))
		out = append(out, '.')
		out = v.nth(out, l.last, int(u.last))
		// An address is of letters that every mail server takes.
		w := at
		for _, b := range out[at:] {
			switch {
			case b >= 'A' && b <= 'Z':
				out[w] = b + 'a' - 'A'
			case b < utf8.RuneSelf:
				out[w] = b
			default:
				continue
			}
			w++
		}
		return append(out[:w], "@example.org"...)
	case slotRef:
		out = append(out, "OS-"...)
		return strconv.AppendUint(out, uint64(u.ref), 10)
	case slotDate:
		return v.date(out, v.now.AddDate(0, 0, -1-v.rng.IntN(28)))
	case slotLater:
		return v.date(out, v.now.AddDate(0, 0, 2+v.rng.IntN(26)))
	case slotMoney:
		return v.money(out, n.lo+v.rng.IntN(n.hi-n.lo+1))
	}
	return out
}

// nth speaks the phrase of a rule that belongs to a number: a customer's city
// stays their city.
func (v *voice) nth(out []byte, rule, n int) []byte {
	r := v.language.grammar.rules[rule]
	return v.phrase(out, r[n%len(r)])
}

// phone gives numbers from the ranges kept free for fiction, where a country
// has one.
func (v *voice) phone(out []byte) []byte {
	n := v.customer.no
	switch v.language.name {
	case "de":
		out = append(out, "030 23125 "...)
		return threeDigits(out, n)
	case "es":
		out = append(out, "600 000 "...)
		return threeDigits(out, n)
	default:
		out = append(out, "07700 900"...)
		return threeDigits(out, n)
	}
}

func threeDigits(out []byte, n uint32) []byte {
	return append(out, '0'+byte(n/100%10), '0'+byte(n/10%10), '0'+byte(n%10))
}

func (v *voice) date(out []byte, t time.Time) []byte {
	out = strconv.AppendInt(out, int64(t.Day()), 10)
	out = append(out, v.language.dayJoin...)
	return append(out, v.language.months[t.Month()-1]...)
}

func (v *voice) money(out []byte, whole int) []byte {
	l := v.language
	out = append(out, l.currencyBefore...)
	out = strconv.AppendInt(out, int64(whole), 10)
	if pence := v.rng.IntN(160); pence < 100 {
		out = append(out, l.point...)
		out = append(out, '0'+byte(pence/10), '0'+byte(pence%10))
	}
	return append(out, l.currencyAfter...)
}
