// Package privacy finds personal data in text and hides it.
//
// The steps of Finder.Find, in order:
//
//  1. one scan cuts the text into words and numbers, marks those that announce
//     personal data ("password", "regards", "account"), and notes digits, '@' and
//     links (scan.go, cues.go);
//  2. where a scan noted something, the step for it looks closer: links and their
//     secrets, e-mail addresses, numbers (cards, IBANs, national ids, IP
//     addresses, phones), passwords, accounts, postal addresses, names;
//  3. names that the record itself gives are looked for everywhere;
//  4. where two capitalised words may be a name that no rule decides, the entity
//     recogniser of prose is asked (entity.go);
//  5. of findings that overlap, the more certain and then the longer one stays
//     (resolve.go).
//
// Redact replaces what was found by its kind in brackets: "[email]". Customers are
// known by keyed pseudonyms (pseudonym.go).
//
// A text without digits, '@', links, cues and names costs little more than the
// scan, and no allocation.
package privacy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"earshot/nlp/token"
)

// The kinds of personal data.
const (
	Email      = "email"
	Phone      = "phone"
	Card       = "card"        // payment cards
	IBAN       = "iban"        // bank accounts
	NationalID = "national_id" // identity, tax, insurance, passport numbers
	IP         = "ip"
	Name       = "name"     // persons
	Address    = "address"  // postal
	Password   = "password" // and whatever else opens something: PINs, codes, tokens
	Account    = "account"  // customer, order, policy numbers and the like
)

// Kinds returns every kind of personal data.
func Kinds() []string {
	return []string{Email, Phone, Card, IBAN, NationalID, IP, Name, Address, Password, Account}
}

// Pattern is a user's own: what it matches is personal data.
type Pattern struct {
	Name string // identity in Found.Rule, not empty
	Kind string // one of Kinds; empty: Account
	// Regexp is in Go's syntax. Where it has a group, the first group is what is
	// found, else all that it matches. It must not match the empty text.
	Regexp string
}

// Options of a Finder. The zero value is good.
type Options struct {
	Patterns []Pattern
	// NoEntities leaves out the entity recogniser, which costs some 30 MB and,
	// for the few texts that need it, a millisecond or two.
	NoEntities bool
}

// Known is what the record around a text tells about it.
type Known struct {
	// Names are those of customers and agents. They are hidden wherever they
	// stand in the text, whole or in part.
	Names []string
	// Keep are terms that are no names of persons although they look like them:
	// brands, products, competitors.
	Keep []string
}

// Found is personal data in a text.
type Found struct {
	Kind string // one of Kinds
	token.Span
	Rule string // which rule found it
}

// Finder finds personal data. It is safe for concurrent use.
type Finder struct {
	patterns []pattern
	entities bool
	searches sync.Pool // *search
}

type pattern struct {
	name, kind string
	regexp     *regexp.Regexp
}

// New returns a finder. An error names the pattern that can't be used.
func New(o Options) (*Finder, error) {
	f := &Finder{entities: !o.NoEntities}
	for i, p := range o.Patterns {
		compiled, err := p.compile()
		if err != nil {
			return nil, fmt.Errorf("patterns[%d].%w", i, err)
		}
		f.patterns = append(f.patterns, compiled)
	}
	f.searches.New = func() any { return &search{} }
	return f, nil
}

func (p Pattern) compile() (pattern, error) {
	if p.Name == "" {
		return pattern{}, fmt.Errorf("name is empty: say what the pattern finds")
	}
	kind := p.Kind
	if kind == "" {
		kind = Account
	}
	if !slices.Contains(Kinds(), kind) {
		return pattern{}, fmt.Errorf("kind: %q is none of %s", kind, strings.Join(Kinds(), ", "))
	}
	re, err := regexp.Compile(p.Regexp)
	if err != nil {
		return pattern{}, fmt.Errorf("pattern: %w", err)
	}
	if p.Regexp == "" || re.MatchString("") {
		return pattern{}, fmt.Errorf("pattern: %q matches the empty text, and so everything", p.Regexp)
	}
	return pattern{"pattern." + p.Name, kind, re}, nil
}

// Find appends to dst what personal data stands in text, in order and without
// overlap.
func (f *Finder) Find(dst []Found, text string, k Known) []Found {
	s := f.searches.Get().(*search)
	defer f.searches.Put(s)
	s.run(f, text, k)
	for _, h := range s.hits {
		dst = append(dst, Found{Kind: h.kind, Span: token.Span{Start: h.start, End: h.end}, Rule: h.rule})
	}
	s.text, s.known = "", Known{} // nothing of a text is kept
	clear(s.hits)
	return dst
}

// run leaves in s.hits what it found.
func (s *search) run(f *Finder, text string, k Known) {
	s.text, s.known = text, k
	s.scan()
	if len(s.links) > 0 {
		s.findLinks()
	}
	if len(s.ats) > 0 {
		s.findEmails()
	}
	if len(s.numbers) > 0 {
		s.findNumbers()
		s.findAddresses()
	}
	if s.colons > 1 {
		s.findIPv6()
	}
	if len(s.cues) > 0 {
		s.findPasswords()
		s.findAccounts()
		s.findAnnouncedNames()
	}
	s.findListedNames()
	if len(k.Names) > 0 {
		s.findKnownNames()
	}
	for _, p := range f.patterns {
		s.findPattern(p)
	}
	s.resolve()
	if f.entities && s.askEntities() {
		s.resolve()
	}
}

// findPattern finds what a user's own pattern matches.
func (s *search) findPattern(p pattern) {
	for _, at := range p.regexp.FindAllStringSubmatchIndex(s.text, -1) {
		start, end := at[0], at[1]
		if len(at) > 3 && at[2] >= 0 {
			start, end = at[2], at[3]
		}
		s.found(p.kind, start, end, certainPattern, p.name)
	}
}
