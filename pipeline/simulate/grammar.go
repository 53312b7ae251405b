package simulate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A grammar is the phrases of one language. It is read from files of this form:
//
//	# A comment.
//	[rule]
//	One phrase a line, with {one|another|} choice, {other.rule}, a number
//	{2-9} from a range, \n for a new line, and <slot>s that the situation fills.
//
// Choices nest; an empty one says nothing. Every phrase of a rule is as likely
// as the next one, so writing a line twice doubles its chance. Slots:
//
//	<say> <more> <note>     a sentence on the matter, a detail, a call note on it
//	<thing>                 the matter in two words
//	<again> <again_note>    speak only when the customer wrote about this before
//	<recommend>             speaks only when the customer is loyal
//	<threat> <threat_note>  speak only when the customer is at risk
//	<nth> <Nth> <times>     how often this is now: "third", "Third", "three times"
//	<city> <product> <first> <name> <phone> <email> <ref>  the customer's own
//	<date> <later>          a day before, and after, the message
//	<money 20-90>           an amount from a range, in the customer's currency
type grammar struct {
	rules []rule
	names map[string]int
}

type rule []phrase

type phrase []node

type node struct {
	kind nodeKind
	text string   // literal
	rule int      // ruleNode
	lo   int      // numberNode, money
	hi   int      // inclusive
	slot slot     // slotNode
	alts []phrase // choiceNode
}

type nodeKind uint8

const (
	literalNode nodeKind = iota
	ruleNode
	numberNode
	slotNode
	choiceNode
)

type slot uint8

const (
	slotSay slot = iota
	slotMore
	slotNote
	slotThing
	slotAgain
	slotAgainNote
	slotRecommend
	slotThreat
	slotThreatNote
	slotNth
	slotNthCapital
	slotTimes
	slotCity
	slotProduct
	slotFirst
	slotName
	slotPhone
	slotEmail
	slotRef
	slotDate
	slotLater
	slotMoney
)

var slotNames = map[string]slot{
	"say": slotSay, "more": slotMore, "note": slotNote, "thing": slotThing,
	"again": slotAgain, "again_note": slotAgainNote,
	"recommend": slotRecommend, "threat": slotThreat, "threat_note": slotThreatNote,
	"nth": slotNth, "Nth": slotNthCapital, "times": slotTimes,
	"city": slotCity, "product": slotProduct, "first": slotFirst, "name": slotName,
	"phone": slotPhone, "email": slotEmail, "ref": slotRef,
	"date": slotDate, "later": slotLater, "money": slotMoney,
}

var (
	ruleName    = regexp.MustCompile(`^[a-z]+(\.[a-z]+)*$`)
	numberRange = regexp.MustCompile(`^(\d+)-(\d+)$`)
)

// source is one file of phrases.
type source struct {
	name string
	text string
}

// compile reads the files of one language. An error names the file and line.
func compile(sources []source) (*grammar, error) {
	g := &grammar{names: map[string]int{}}
	// Names first, so that a phrase may use a rule of a later file.
	for _, s := range sources {
		for i, line := range strings.Split(s.text, "\n") {
			if !strings.HasPrefix(line, "[") {
				continue
			}
			name := strings.Trim(line, "[]")
			if !ruleName.MatchString(name) {
				return nil, fmt.Errorf("%s:%d: rule name %q", s.name, i+1, name)
			}
			if _, taken := g.names[name]; taken {
				return nil, fmt.Errorf("%s:%d: rule %q is there already", s.name, i+1, name)
			}
			g.names[name] = len(g.rules)
			g.rules = append(g.rules, nil)
		}
	}
	for _, s := range sources {
		current := -1
		for i, line := range strings.Split(s.text, "\n") {
			switch {
			case line == "" || strings.HasPrefix(line, "# "):
			case strings.HasPrefix(line, "["):
				current = g.names[strings.Trim(line, "[]")]
			case current < 0:
				return nil, fmt.Errorf("%s:%d: a phrase before the first rule", s.name, i+1)
			default:
				p := parser{g: g, in: strings.ReplaceAll(line, `\n`, "\n")}
				ph, err := p.phrase(0)
				if err != nil {
					return nil, fmt.Errorf("%s:%d: %w", s.name, i+1, err)
				}
				g.rules[current] = append(g.rules[current], ph)
			}
		}
	}
	for name, i := range g.names {
		if len(g.rules[i]) == 0 {
			return nil, fmt.Errorf("rule %q has no phrase", name)
		}
	}
	return g, nil
}

type parser struct {
	g   *grammar
	in  string
	pos int
}

// phrase reads up to the end of the line or, inside braces, up to | or }.
func (p *parser) phrase(depth int) (phrase, error) {
	var out phrase
	start := p.pos
	flush := func() {
		if start < p.pos {
			out = append(out, node{kind: literalNode, text: p.in[start:p.pos]})
		}
	}
	for p.pos < len(p.in) {
		var n node
		var err error
		switch c := p.in[p.pos]; {
		case c == '{':
			flush()
			n, err = p.braces(depth + 1)
		case c == '<':
			flush()
			n, err = p.slot()
		case depth > 0 && (c == '|' || c == '}'):
			flush()
			return out, nil
		case c == '}' || c == '>':
			return nil, fmt.Errorf("unexpected %q at column %d", c, p.pos+1)
		default:
			p.pos++
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		start = p.pos
	}
	if depth > 0 {
		return nil, fmt.Errorf("a brace is not closed")
	}
	flush()
	return out, nil
}

func (p *parser) braces(depth int) (node, error) {
	p.pos++ // {
	if end := strings.IndexAny(p.in[p.pos:], "{|}<"); end >= 0 && p.in[p.pos+end] == '}' {
		word := p.in[p.pos : p.pos+end]
		p.pos += end + 1
		if m := numberRange.FindStringSubmatch(word); m != nil {
			return rangeNode(numberNode, m[1], m[2])
		}
		i, ok := p.g.names[word]
		if !ok {
			return node{}, fmt.Errorf("no rule %q", word)
		}
		return node{kind: ruleNode, rule: i}, nil
	}
	n := node{kind: choiceNode}
	for {
		alt, err := p.phrase(depth)
		if err != nil {
			return node{}, err
		}
		if len(alt) == 1 && alt[0].kind == literalNode {
			if _, is := p.g.names[alt[0].text]; is {
				return node{}, fmt.Errorf("%q is a rule: in a choice write {%s}", alt[0].text, alt[0].text)
			}
		}
		n.alts = append(n.alts, alt)
		c := p.in[p.pos]
		p.pos++
		if c == '}' {
			return n, nil
		}
	}
}

func (p *parser) slot() (node, error) {
	end := strings.IndexByte(p.in[p.pos:], '>')
	if end < 0 {
		return node{}, fmt.Errorf("a slot is not closed")
	}
	word, arg, _ := strings.Cut(p.in[p.pos+1:p.pos+end], " ")
	p.pos += end + 1
	s, ok := slotNames[word]
	if !ok {
		return node{}, fmt.Errorf("no slot <%s>", word)
	}
	n := node{kind: slotNode, slot: s}
	if s == slotMoney {
		m := numberRange.FindStringSubmatch(arg)
		if m == nil {
			return node{}, fmt.Errorf("<money %s>: want a range as in <money 20-90>", arg)
		}
		r, err := rangeNode(slotNode, m[1], m[2])
		n.lo, n.hi = r.lo, r.hi
		return n, err
	}
	if arg != "" {
		return node{}, fmt.Errorf("<%s> takes nothing more", word)
	}
	return n, nil
}

func rangeNode(kind nodeKind, lo, hi string) (node, error) {
	l, err1 := strconv.Atoi(lo)
	h, err2 := strconv.Atoi(hi)
	if err1 != nil || err2 != nil || h < l {
		return node{}, fmt.Errorf("range %s-%s", lo, hi)
	}
	return node{kind: kind, lo: l, hi: h}, nil
}
