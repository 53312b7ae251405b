package taxonomy

import (
	"strings"
	"unicode/utf8"
)

// tree is a rule as it was parsed.
type tree struct {
	atStart, atEnd bool     // < and >
	chain          []phrase // one, or several that stand near one another
	links          []link   // between neighbours of the chain
	absent         []absence

	parts   [][]sequence // what the chain's phrases stand for
	without [][]sequence // what the absent phrases stand for
}

// forget lets go of what the phrases stand for, most of what a tree takes. A taxonomy
// needs it no more once it is compiled.
func (t *tree) forget() { t.parts, t.without = nil, nil }

// link says how far apart two neighbours of a chain may stand.
type link struct {
	gap     int  // words between them, at most
	ordered bool // THEN: the left one stands first
}

// absence is what must not be in the sentence.
type absence struct {
	phrase phrase
	within int // words between, at most; -1: anywhere in the sentence
}

// phrase is a sequence of elements that stand side by side.
type phrase []element

// element is a term, or alternatives.
type element struct {
	term         term
	alternatives []phrase // where not nil, instead of term
	optional     bool
	at           int // byte offset in the rule
}

// The bounds of a rule.
const (
	maxRule    = 4000 // bytes
	maxNesting = 20
	maxChain   = 5
)

// within makes the error of a place inside the text.
func (t text) within(at int, format string, args ...any) *Error {
	p := t.at
	for i, line := range strings.Split(t.value[:at], "\n") {
		if i > 0 {
			p.line++
			p.column = 1
		}
		p.column += utf8.RuneCountInString(line)
	}
	return p.errorf(format, args...)
}

// parseRule parses a rule of a topic.
func parseRule(rule text, topic string) (*tree, error) {
	if len(rule.value) > maxRule {
		return nil, rule.at.errorf("%s: a rule of more than %d characters: make several of it", topic, maxRule)
	}
	lexemes, err := lex(rule)
	if err != nil {
		return nil, err
	}
	p := ruleParser{rule: rule, topic: topic, rest: lexemes}
	t, err := p.tree()
	return &t, err
}

// ruleParser stands before the first of the lexemes that are left.
type ruleParser struct {
	rule  text
	topic string
	rest  []lexeme
	depth int
}

func (p *ruleParser) next() lexeme { return p.rest[0] }

// take moves over a mark, if it is the next.
func (p *ruleParser) take(mark string) bool {
	if p.next().kind != lexMark || p.next().text != mark {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// expected is the error of what stands next.
func (p *ruleParser) expected(what string) error {
	l := p.next()
	if l.kind == lexEnd {
		return p.rule.within(l.at, "rule of %s ends here: expected %s", p.topic, what)
	}
	return p.rule.within(l.at, "rule of %s: %q here: expected %s", p.topic, l.text, what)
}

func (p *ruleParser) tree() (tree, error) {
	var t tree
	t.atStart = p.take("<")
	first, err := p.phrase()
	if err != nil {
		return t, err
	}
	t.chain = []phrase{first}
	for p.next().kind == lexNear || p.next().kind == lexThen {
		l := p.next()
		if len(t.chain) == maxChain {
			return t, p.rule.within(l.at, "rule of %s: a chain has at most %d parts", p.topic, maxChain)
		}
		p.rest = p.rest[1:]
		part, err := p.phrase()
		if err != nil {
			return t, err
		}
		t.chain = append(t.chain, part)
		t.links = append(t.links, link{l.n, l.kind == lexThen})
	}
	for p.next().kind == lexNot {
		within := p.next().n
		p.rest = p.rest[1:]
		part, err := p.phrase()
		if err != nil {
			return t, err
		}
		t.absent = append(t.absent, absence{part, within})
	}
	if p.take(">") {
		t.atEnd = true
	}
	if p.next().kind != lexEnd {
		return t, p.expected("NEAR/n, THEN/n, NOT or the end")
	}
	return t, t.check(p)
}

// phrase parses elements up to what can't be one.
func (p *ruleParser) phrase() (phrase, error) {
	var all phrase
	for {
		e := element{at: p.next().at}
		switch l := p.next(); {
		case l.kind == lexWord && len(all) > 0 && (l.text == "*" || l.text == "+"):
			return nil, p.rule.within(l.at, "rule of %s: %s here: words can't be repeated; write (a|b)? for one that may be there, X NEAR/3 Y for any words between", p.topic, l.text)
		case l.kind == lexWord:
			terms, err := wordTerms(p.rule, p.topic, l)
			if err != nil {
				return nil, err
			}
			p.rest = p.rest[1:]
			e = oneOf(terms, l.at)
		case l.kind == lexQuoted:
			terms, err := quotedTerms(p.rule, p.topic, l)
			if err != nil {
				return nil, err
			}
			p.rest = p.rest[1:]
			e = oneOf(terms, l.at)
		case p.take("("):
			var err error
			if e.alternatives, err = p.alternatives(l.at); err != nil {
				return nil, err
			}
		case len(all) == 0 && l.text == "?" && l.kind == lexMark:
			return nil, p.expected("the word or ( ) that the ? makes optional")
		case len(all) == 0:
			return nil, p.expected(`a word, a "quoted" one, or (`)
		default:
			return all, nil
		}
		e.optional = p.take("?")
		all = append(all, e)
	}
}

// alternatives parses what follows an opening bracket, up to the closing one.
func (p *ruleParser) alternatives(opened int) ([]phrase, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.rule.within(opened, "rule of %s: brackets nested more than %d deep", p.topic, maxNesting)
	}
	defer func() { p.depth-- }()
	var all []phrase
	for {
		one, err := p.phrase()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
		switch l := p.next(); {
		case p.take("|"):
		case p.take(")"):
			return all, nil
		case l.kind == lexNear || l.kind == lexThen || l.kind == lexNot:
			return nil, p.rule.within(l.at, "rule of %s: %s inside of ( ): expected | or ); alternatives are phrases, so write two rules", p.topic, l.text)
		case l.kind == lexEnd:
			return nil, p.rule.within(opened, "rule of %s: this ( isn't closed: expected )", p.topic)
		default:
			return nil, p.expected("| or )")
		}
	}
}

// oneOf makes an element of the terms of one word.
func oneOf(terms []term, at int) element {
	if len(terms) == 1 {
		return element{term: terms[0], at: at}
	}
	var sequence phrase
	for _, t := range terms {
		sequence = append(sequence, element{term: t, at: at})
	}
	return element{alternatives: []phrase{sequence}, at: at}
}
