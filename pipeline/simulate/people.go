package simulate

import "math/rand/v2"

// customer is one customer and the matter that is on their mind.
type customer struct {
	no       uint32 // distinct for ever: who leaves is replaced by a new one
	language uint8
	city     uint16
	first    uint16
	last     uint16
	segment  uint8
	product  product
	plan     uint8
	order    uint32 // number of the latest one
	patience uint8  // contacts before they give up, 2…5
	grudge   int8   // troubles remembered
	praise   int8   // good things remembered
	fortune  fortune
	stage    stage

	casual bool  // writes lower case where nobody minds
	sloppy uint8 // typos in a thousand letters
	shouts bool  // in capitals, when angry

	// The open matter, if there is one.
	open     bool
	subject  subject
	at       stage  // where in the journey it belongs
	contacts uint8  // messages about it so far
	ref      uint32 // the order or ticket number that goes with it
	incident bool   // it is of the incident's making
}

var segments = []struct {
	name   string
	weight int
}{{"consumer", 62}, {"family", 18}, {"senior", 8}, {"student", 5}, {"business", 7}}

const business = 4

// languages in the order of their share: see languageOf.
var languageNames = [...]string{"en", "de", "es"}

func languageOf(r *rand.Rand) uint8 {
	switch d := r.IntN(100); {
	case d < 82:
		return 0
	case d < 93:
		return 1
	default:
		return 2
	}
}

func fortuneOf(r *rand.Rand) fortune {
	switch d := r.IntN(100); {
	case d < 28:
		return lucky
	case d < 80:
		return ordinary
	default:
		return unlucky
	}
}

// number is one of an order or a ticket.
func (c *Company) number() uint32 { return uint32(100000 + c.rng.IntN(900000)) }

// join makes a new customer at a stage.
func (c *Company) join(u *customer, at stage) {
	r := c.rng
	*u = customer{
		no:       c.firstNo + c.customersSeen,
		language: languageOf(r),
		first:    uint16(r.IntN(1 << 14)),
		last:     uint16(r.IntN(1 << 14)),
		city:     uint16(r.IntN(1 << 14)),
		patience: uint8(2 + r.IntN(4)),
		stage:    at,
		casual:   r.IntN(100) < 55,
		sloppy:   uint8(max(0, r.IntN(18)-5)),
		shouts:   r.IntN(100) < 4,
		fortune:  fortuneOf(r),
		order:    c.number(),
	}
	c.customersSeen++
	total := 0
	for _, s := range segments {
		total += s.weight
	}
	d := r.IntN(total)
	for d >= segments[u.segment].weight {
		d -= segments[u.segment].weight
		u.segment++
	}
	switch d := r.IntN(100); {
	case u.segment == business && d < 65:
		u.product = businessLine
	case d < 46:
		u.product = fibre
	case d < 64:
		u.product = television
	default:
		u.product = mobile
	}
	u.plan = uint8(r.IntN(len(productNames[u.product])))
}

// experience moves the customer on in the journey and lets something happen,
// which becomes the open matter. It returns what the first message is about.
func (c *Company) experience(u *customer, hit bool) mood {
	r := c.rng
	u.stage = c.proceed(u)
	table := experiences[u.stage]
	total := 0
	for _, ch := range table {
		if ch.subject.meets(u.product) {
			total += ch.weight
		}
	}
	if total == 0 { // nothing here concerns this product: they have a question
		u.subject, u.at, u.contacts, u.incident = order, u.stage, 0, false
		return ask
	}
	d := r.IntN(total)
	var got chance
	for _, ch := range table {
		if !ch.subject.meets(u.product) {
			continue
		}
		if d -= ch.weight; d < 0 {
			got = ch
			break
		}
	}
	u.at, u.contacts, u.incident = u.stage, 0, false
	u.ref = c.number()
	switch u.stage {
	case purchase:
		u.order = u.ref
	case fulfilment:
		u.ref = u.order
	}
	// The scheduling change loses most of the visits of that time.
	if hit && u.stage == fulfilment && missed.meets(u.product) && r.IntN(100) < 82 {
		u.subject, u.incident = missed, true
		return bad
	}
	u.subject = got.subject
	// Who has had trouble meets the next thing with less good will.
	went := r.IntN(100) - 2*int(u.grudge)
	wrong := min(got.bad*badShare[u.fortune]/100, got.bad+got.good)
	switch {
	case went < wrong:
		return bad
	case went < got.bad+got.good:
		return good
	default:
		return ask
	}
}

func (c *Company) proceed(u *customer) stage {
	// Who has had enough leaves.
	if u.stage != exit && u.grudge > int8(u.patience)+2 && c.rng.IntN(8) == 0 {
		return exit
	}
	total := 0
	for _, n := range next[u.stage] {
		total += n.weight
	}
	d := c.rng.IntN(total)
	for _, n := range next[u.stage] {
		if d -= n.weight; d < 0 {
			if u.stage == exit {
				c.join(u, discovery)
			}
			return n.to
		}
	}
	return u.stage
}

// again decides what the next message about an open matter does; hit says
// whether an incident lasts.
func (c *Company) again(u *customer, hit bool) mood {
	over := int(u.contacts) >= int(u.patience)
	d := c.rng.IntN(100)
	switch {
	case u.incident && hit: // their engineers don't come any sooner for being asked
		switch {
		case over && d < 32:
			return quit
		case d < 10:
			return fixed
		}
		return bad
	case u.incident: // now they come
		if d < 72 {
			return fixed
		}
		return bad
	}
	switch {
	case over && d < 12:
		return quit
	case d < 42:
		return fixed
	}
	return bad
}

// settle books a message's outcome and reports whether the matter stays open.
func (c *Company) settle(u *customer, m mood) bool {
	u.contacts++
	d := c.rng.IntN(100)
	u.remember(m)
	switch {
	case m == quit:
		u.stage = exit
	case m == bad && u.incident:
		return d < 88 && u.contacts < u.patience+2
	case m == bad:
		return d < 42 && u.contacts < u.patience+1
	}
	return false
}
