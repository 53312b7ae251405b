// Package simulate is a telecom company, Ostrel, whose customers write
// reviews, posts, chats, surveys, tickets and call notes. It is earshot's demo
// and its load generator: what it makes is the contract's JSON, and it knows
// nothing of Kafka.
//
// A message comes about in these steps:
//
//  1. Whose turn it is: a customer with an open matter whose patience is over,
//     else any other customer (Company.Next).
//  2. What happened: the customer moves on in the journey, and something goes
//     well or badly there, or raises a question; while an incident lasts,
//     appointments for installation are lost (people.go, subject.go,
//     incident.go). It adds up to how they stand to the company (loyalty.go).
//  3. Where and how they tell it: channel, scores, form, phrases of a grammar,
//     the customer's own hand with its typos (item.go, scores.go, grammar.go,
//     style.go; the phrases are in text/).
//  4. What the producers add: edits, deletions, duplicates, broken records
//     (mishaps.go).
package simulate

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"earshot/pipeline"
)

// Options say what company to simulate. The zero Options are the demo's.
type Options struct {
	Seed      uint64 // same seed, same Start, same calls: same bytes
	Customers int    // at any one time; default 2,000
	// Rate is the mean number of messages a second, of simulated time in Next
	// and of real time in Run; default 200.
	Rate float64
	// Start is the time of the first message of Next; default now. It is part
	// of the live messages' ids, so that the next demo's are others.
	Start time.Time
	// Incidents are when installation appointments are lost; nil: those of the
	// demo's Story. An empty one that isn't nil makes a company without.
	Incidents []Incident
}

// Message is one record for Kafka.
type Message struct {
	Topic string
	Key   []byte    // the customer's id: what one customer writes stays in order
	Value []byte    // the contract's JSON, unless Meant.Broken
	At    time.Time // when it was sent
	Meant Meant
}

// Meant says what the simulation had in mind, for tests and measures.
type Meant struct {
	Kind     Kind
	Channel  pipeline.Channel
	Topic    string // the contract's first-level topic
	Stage    string
	Polarity string // negative, neutral or positive
	Language string // of the text, ISO 639-1
	Contact  int    // which message of this customer about this matter, from 1
	Incident bool   // an incident caused it
	Loyalty  string // of the customer before it: at risk, satisfied, loyal or advocate
	Sarcasm  bool   // it complains in words of praise
	Typos    int    // slips on the keys in it
	// Left: the customer leaves with it and writes nothing more.
	Left bool
	// Broken is why the record must be rejected; empty where it must not.
	Broken pipeline.Reason
}

// Kind is what sort of record a message is.
type Kind uint8

// The kinds.
const (
	Original  Kind = iota // feedback said for the first time
	Edit                  // the same feedback again, changed, with a higher version
	Deletion              // feedback withdrawn
	Duplicate             // a record that its producer sent twice
	Broken                // a record that must become a dead letter
)

// Company is the simulated company. Not for concurrent use.
type Company struct {
	options   Options
	rng       *rand.Rand
	languages []*language
	voice     voice
	customers []customer
	agenda    agenda
	recent    [64]item // the latest items, to be edited, withdrawn or repeated
	made      int      // items, for the place in recent
	scratch   []byte

	clock         time.Time // of Next
	incidents     []incidentSpan
	patience      time.Duration
	inPast        bool // the history is being made
	liveSeq       int64
	pastSeq       int64
	liveTag       string
	pastTag       string
	firstNo       uint32 // of the first customer
	customersSeen uint32
}

// How long customers wait on average before they write again: a demo can't
// wait for days.
const (
	livePatience = 15 * time.Second
	pastPatience = 20 * time.Hour
)

// New makes a company. It panics if a phrase file is at fault, which the tests
// of this package would have found.
func New(o Options) *Company {
	if o.Customers <= 0 {
		o.Customers = 2000
	}
	if !(o.Rate > 0) || math.IsInf(o.Rate, 1) {
		o.Rate = 200
	}
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	o.Start = o.Start.UTC().Truncate(time.Millisecond)
	if o.Incidents == nil {
		o.Incidents = Story(o.Start)
	}
	languages, err := loadLanguages()
	if err != nil {
		panic("simulate: " + err.Error())
	}
	c := &Company{
		options:   o,
		rng:       rand.New(rand.NewPCG(o.Seed, 0x6561727368_6f74)),
		languages: languages,
		customers: make([]customer, o.Customers),
		clock:     o.Start,
		patience:  livePatience,
		pastTag:   "h" + strconv.FormatUint(o.Seed, 36),
		liveTag:   strconv.FormatUint(o.Seed, 36) + strconv.FormatInt(o.Start.UnixMilli(), 36),
	}
	c.voice.rng = c.rng
	// Two companies that write to one store have different customers.
	c.firstNo = (10_000+c.rng.Uint32N(30_000))*100_000 + 10_000
	c.schedule(o.Start)
	for i := range c.customers {
		// Most customers of a company have been there for years.
		at := []stage{discovery, inquiry, purchase, fulfilment, fulfilment, usage, usage, usage, usage, billing, billing, support, renewal}[c.rng.IntN(13)]
		c.join(&c.customers[i], at)
		if at >= usage {
			c.past(&c.customers[i])
		}
	}
	return c
}

// Next returns the next message in simulated time: at random moments, Rate a
// second on average.
func (c *Company) Next() Message {
	m := c.message(c.clock)
	c.clock = c.clock.Add(time.Duration(c.rng.ExpFloat64() / c.options.Rate * float64(time.Second)))
	return m
}

// feedback makes the next item at a time.
func (c *Company) feedback(now time.Time) *item {
	n := c.whoseTurn(now)
	u := &c.customers[n]
	var m mood
	if u.open {
		m = c.again(u, c.incidentAt(now))
	} else {
		m = c.experience(u, c.incidentAt(now))
	}
	it := &c.recent[c.made%len(c.recent)]
	c.made++
	c.compose(it, u, m, now.Truncate(time.Millisecond))
	u.open = c.settle(u, m)
	it.last = !u.open && u.stage == exit
	if u.open {
		wait := (0.3 + 0.7*c.rng.ExpFloat64()) * float64(c.patience)
		c.agenda.push(appointment{due: now.UnixNano() + int64(wait), customer: n})
	}
	return it
}

// whoseTurn finds who writes next, and takes them off the agenda.
func (c *Company) whoseTurn(now time.Time) int32 {
	if c.agenda.due(now) {
		return c.agenda.pop().customer
	}
	for range 8 {
		n := int32(c.rng.IntN(len(c.customers)))
		if !c.customers[n].open {
			return n
		}
	}
	// Nearly everybody has something open: the first of them writes early.
	if c.agenda.len() > 0 {
		return c.agenda.pop().customer
	}
	return 0
}

func (c *Company) sequence() int64 {
	if c.inPast {
		c.pastSeq++
		return c.pastSeq
	}
	c.liveSeq++
	return c.liveSeq
}
