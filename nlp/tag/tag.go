// Package tag is the fast tier's second ear: a linear model over the features
// that the sentiment tier has made already, which tells the stage of the journey,
// the intents, the effort, the emotion and the first-level topics of a text.
//
// The logit of a label is a sum over features, so every word's part in it is
// known exactly. The steps, in order: the features of title and body are looked up
// and their weights added (sum.go), the sums made into logits together with what
// the sentiment tier heard, the logits into probabilities, and each label is said
// or not by a threshold that was fitted on texts which the model had not learned
// (judge.go). explain.go shares a logit among the tokens. Training is package
// tag/train.
package tag

import "math"

// Group is a question about a text.
type Group uint8

// The groups. Of Stage, Effort and Emotion one label is said of a text, of the
// others any number.
const (
	Stage Group = iota
	Intent
	Effort
	Emotion
	Topic
	groups
)

func (g Group) String() string {
	return [...]string{"stage", "intent", "effort", "emotion", "topic"}[g]
}

// Exclusive tells whether exactly one label of the group is said of a text.
func (g Group) Exclusive() bool { return g == Stage || g == Effort || g == Emotion }

// Groups are all groups, in order.
func Groups() []Group { return []Group{Stage, Intent, Effort, Emotion, Topic} }

// Label is an answer. Labels are numbered through all groups.
type Label uint8

// bounds are the first label of each group; the last is Labels.
var bounds = [groups + 1]Label{0, 10, 22, 25, 34, Labels}

// Labels is how many labels there are.
const Labels = 79

// names are the names of the labels. The empty name says that a text tells nothing
// of the group.
var names = [Labels]string{
	"", "discovery", "inquiry", "purchase", "fulfilment", "usage", "billing", "support", "renewal", "exit",

	"complaint", "praise", "question", "request", "suggestion", "cancel", "churn", "refund", "escalation", "thanks",
	"chitchat", "information",

	"", "hard", "easy",

	"none", "anger", "disappointment", "sadness", "fear", "disgust", "joy", "gratitude", "surprise",

	"ordering", "delivery", "billing", "price_value", "support", "staff", "communication", "app_website",
	"account_access", "returns_refunds", "product_quality", "privacy_security", "store_location", "installation",
	"internet_outage", "internet_speed", "coverage_signal", "contract_terms", "roaming", "device", "number_porting",
	"tv_service", "food_drink", "room_facility", "cleanliness", "flight_schedule", "baggage", "seat_comfort", "claims",
	"cards_payments", "loans_credit", "fees", "appointment", "wait_time", "performance_bugs", "features", "onboarding",
	"integrations", "documentation", "safety", "fit_size", "stock_availability", "packaging", "loyalty_program",
	"advertising_sales",
}

// Bounds are the labels of the group: those from from up to, not including, to.
func (g Group) Bounds() (from, to Label) { return bounds[g], bounds[g+1] }

// Group is the group of the label.
func (l Label) Group() Group {
	g := Stage
	for l >= bounds[g+1] {
		g++
	}
	return g
}

// String is the name of the label, empty for a stage or an effort that the text
// tells nothing of.
func (l Label) String() string { return names[l] }

// LabelOf is the label of the group that has the name.
func (g Group) LabelOf(name string) (Label, bool) {
	l, known := byName[g][name]
	return l, known
}

// byName are the labels of each group by their names.
var byName = func() (all [groups]map[string]Label) {
	for g := range all {
		from, to := Group(g).Bounds()
		all[g] = make(map[string]Label, to-from)
		for l := from; l < to; l++ {
			all[g][names[l]] = l
		}
	}
	return all
}()

// Tags are what a text was judged to be about.
type Tags struct {
	// Said are the labels that hold: one of each exclusive group, any number of
	// the others. A label is said where that serves the balance of found and
	// wrong best, which for a rare one may be below a probability of a half.
	Said [Labels]bool

	temperature [groups]float64
	z           [Labels]float32 // logits; of exclusive groups in known, probabilities
	known       [groups]bool
}

// P is the calibrated probability of a label, 0…1. Those of an exclusive group add up
// to 1.
func (t *Tags) P(l Label) float32 {
	g := l.Group()
	if !g.Exclusive() {
		return float32(1 / (1 + math.Exp(-t.Odds(l))))
	}
	if !t.known[g] {
		t.known[g] = true
		from, to := g.Bounds()
		softmax(t.z[from:to], t.temperature[g])
	}
	return t.z[l]
}

// Odds are the log odds of a label that may hold beside others of its group: those of
// P but for its rounding.
func (t *Tags) Odds(l Label) float64 { return float64(t.z[l]) / t.temperature[l.Group()] }

// One is the label that is said of an exclusive group.
func (t *Tags) One(g Group) Label {
	from, to := g.Bounds()
	for l := from; l < to; l++ {
		if t.Said[l] {
			return l
		}
	}
	return from
}

// Append appends the names of the group's labels that are said, in the order of
// the labels.
func (t *Tags) Append(dst []string, g Group) []string {
	from, to := g.Bounds()
	for l := from; l < to; l++ {
		if t.Said[l] {
			dst = append(dst, names[l])
		}
	}
	return dst
}

// Effort is how easy the text says it was, from −1 (hard) to +1 (easy), and false
// if it tells nothing of that.
func (t *Tags) Effort() (float64, bool) {
	from, _ := Effort.Bounds()
	none, hard, easy := from, from+1, from+2
	switch {
	case t.Said[none]:
		return 0, false
	case t.Said[hard]:
		return -float64(t.P(hard)) / float64(max(t.P(hard)+t.P(easy), 1e-6)), true
	}
	return float64(t.P(easy)) / float64(max(t.P(hard)+t.P(easy), 1e-6)), true
}
