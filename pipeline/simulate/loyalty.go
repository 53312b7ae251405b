package simulate

// loyalty is how a customer stands to the company: what they went through adds
// up to it, and surveys, recommendations and threats to leave follow from it.
type loyalty uint8

const (
	atRisk loyalty = iota
	satisfied
	loyal
	advocate
	loyalties = iota
)

var loyaltyNames = [loyalties]string{"at risk", "satisfied", "loyal", "advocate"}

// fortune is how much of what can go wrong does for a customer: some homes
// have good lines, others don't.
type fortune uint8

const (
	lucky fortune = iota
	ordinary
	unlucky
)

// share of the bad chances that a customer meets, in per cent.
var badShare = [...]int{lucky: 40, ordinary: 100, unlucky: 135}

// What a customer remembers, at most.
const (
	mostGrudge = 12
	mostPraise = 10
)

func (u *customer) loyalty() loyalty {
	switch {
	case u.stage == exit, u.grudge >= 5, u.open && u.contacts >= 3:
		return atRisk
	case u.praise >= 5 && u.grudge <= 1:
		return advocate
	case u.praise >= 3 && u.grudge <= 2:
		return loyal
	default:
		return satisfied
	}
}

// remember books what a message was about.
func (u *customer) remember(m mood) {
	switch m {
	case bad:
		if u.contacts == 1 {
			u.grudge = min(u.grudge+2, mostGrudge)
		}
		u.praise = max(u.praise-1, 0)
	case good:
		u.grudge = max(u.grudge-2, 0)
		u.praise = min(u.praise+1, mostPraise)
	case fixed:
		u.grudge = max(u.grudge-1, 0)
	case ask, quit:
	}
}

// past gives a customer of years what they remember from then.
func (c *Company) past(u *customer) {
	switch u.fortune {
	case lucky:
		u.praise = int8(2 + c.rng.IntN(6))
	case ordinary:
		u.praise = int8(c.rng.IntN(4))
		u.grudge = int8(c.rng.IntN(4))
	case unlucky:
		u.grudge = int8(2 + c.rng.IntN(5))
	}
}
