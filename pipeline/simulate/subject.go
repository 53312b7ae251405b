package simulate

import "slices"

// mood is what a message does: it follows from what happened to the customer.
type mood uint8

const (
	bad   mood = iota // tells of something that went wrong
	good              // tells of something that went well
	ask               // asks, requests or states a fact
	fixed             // a trouble is over
	quit              // the customer leaves over it
	moods = iota
)

var moodNames = [moods]string{"bad", "good", "ask", "fixed", "quit"}

// polarity is the sentiment that a reader should find.
func (m mood) polarity() string {
	switch m {
	case bad, quit:
		return "negative"
	case good, fixed:
		return "positive"
	default:
		return "neutral"
	}
}

// stage is a place in the journey.
type stage uint8

const (
	discovery stage = iota
	inquiry
	purchase
	fulfilment
	usage
	billing
	support
	renewal
	exit
	stages = iota
)

var stageNames = [stages]string{"discovery", "inquiry", "purchase", "fulfilment", "usage", "billing", "support", "renewal", "exit"}

// product is what a customer has.
type product uint8

const (
	fibre product = iota
	television
	businessLine
	mobile
	products = iota
)

var productNames = [products][]string{
	fibre:        {"Ostrel Fibre 250", "Ostrel Fibre 500", "Ostrel Fibre 1000"},
	television:   {"Ostrel Fibre TV"},
	businessLine: {"Ostrel Business Line"},
	mobile:       {"Ostrel Mobile S", "Ostrel Mobile M", "Ostrel Mobile L"},
}

// subject is a matter that customers write about.
type subject uint8

const (
	install subject = iota
	missed
	fit
	outage
	speed
	signal
	roam
	port
	tv
	device
	delivery
	bill
	price
	terms
	order
	help
	staff
	app
	subjects = iota
)

// subjectFacts says what a subject is to the analysis, and to the customer.
type subjectFacts struct {
	key        string // the rules' prefix
	topic      string // the contract's first-level topic
	touchpoint string
	products   []product // who can meet it; nil: everybody
}

var fixedLine = []product{fibre, television, businessLine}

var facts = [subjects]subjectFacts{
	install:  {"install", "installation", "field_visit", fixedLine},
	missed:   {"missed", "installation", "field_visit", fixedLine},
	fit:      {"fit", "installation", "field_visit", fixedLine},
	outage:   {"outage", "internet_outage", "network", fixedLine},
	speed:    {"speed", "internet_speed", "network", fixedLine},
	signal:   {"signal", "coverage_signal", "network", []product{mobile}},
	roam:     {"roam", "roaming", "network", []product{mobile}},
	port:     {"port", "number_porting", "back_office", []product{mobile, businessLine}},
	tv:       {"tv", "tv_service", "tv_box", []product{television}},
	device:   {"device", "device", "router", nil},
	delivery: {"delivery", "delivery", "courier", nil},
	bill:     {"bill", "billing", "invoice", nil},
	price:    {"price", "price_value", "website", nil},
	terms:    {"terms", "contract_terms", "contract", nil},
	order:    {"order", "ordering", "website", nil},
	help:     {"help", "support", "call_centre", nil},
	staff:    {"staff", "staff", "shop", nil},
	app:      {"app", "app_website", "app", nil},
}

func (s subject) meets(p product) bool {
	return facts[s].products == nil || slices.Contains(facts[s].products, p)
}

// chance is how likely a subject comes up at a stage, and how it then goes:
// of a hundred, bad went wrong and good went well, the others ask.
type chance struct {
	subject subject
	weight  int
	bad     int
	good    int
}

// experiences of each stage, on an ordinary day.
var experiences = [stages][]chance{
	discovery:  {{order, 5, 4, 8}, {price, 3, 12, 20}, {signal, 2, 10, 10}},
	inquiry:    {{order, 6, 8, 16}, {price, 2, 10, 22}, {terms, 2, 10, 10}, {staff, 1, 15, 60}, {speed, 1, 0, 0}},
	purchase:   {{order, 5, 24, 46}, {app, 1, 35, 40}, {staff, 2, 18, 66}, {terms, 1, 35, 20}},
	fulfilment: {{install, 8, 0, 72}, {missed, 1, 88, 0}, {fit, 1, 75, 5}, {delivery, 3, 30, 45}, {port, 4, 30, 45}},
	usage:      {{outage, 3, 50, 34}, {speed, 3, 42, 42}, {signal, 6, 42, 38}, {roam, 3, 40, 30}, {tv, 4, 42, 38}, {device, 2, 42, 34}, {app, 1, 42, 38}},
	billing:    {{bill, 6, 42, 22}, {price, 1, 50, 36}, {app, 1, 30, 40}},
	support:    {{help, 5, 34, 48}, {staff, 2, 22, 68}, {device, 1, 40, 35}, {app, 1, 40, 30}},
	renewal:    {{terms, 4, 26, 36}, {price, 3, 40, 38}},
	exit:       {{terms, 3, 70, 12}, {price, 1, 80, 5}, {port, 1, 50, 20}},
}

// next says with which weights a customer goes on from a stage to another.
var next = [stages][]struct {
	to     stage
	weight int
}{
	discovery:  {{inquiry, 1}},
	inquiry:    {{purchase, 17}, {inquiry, 3}},
	purchase:   {{fulfilment, 17}, {purchase, 3}},
	fulfilment: {{usage, 14}, {fulfilment, 5}, {support, 1}},
	usage:      {{usage, 6}, {billing, 6}, {support, 3}, {renewal, 2}, {purchase, 3}},
	billing:    {{usage, 10}, {support, 5}, {billing, 4}, {purchase, 1}},
	support:    {{usage, 11}, {billing, 4}, {renewal, 2}, {purchase, 3}},
	renewal:    {{usage, 19}, {purchase, 10}, {exit, 1}},
	exit:       {{discovery, 1}}, // as another customer
}
