package nlp

import (
	"bytes"
	"encoding/json"

	"earshot/nlp/token"
)

// Label is the polarity of a span of text as people would call it.
type Label string

// The three labels. Mixed feedback carries the label of its balance and sets
// Sentiment.Mixed.
const (
	Negative Label = "negative"
	Neutral  Label = "neutral"
	Positive Label = "positive"
)

// Span is a half-open range of byte offsets [Start, End) into a text. Both ends
// lie on rune boundaries.
type Span = token.Span

// Document is one text to analyse.
type Document struct {
	// Title is the headline of a review or the subject of a ticket, if it has
	// one. It is heard together with Text; offsets never point into it.
	Title string
	// Text is valid UTF-8. Every offset of the analysis points into it.
	Text string
	// Voice lists the spans of Text that the customer said, in order and
	// without overlap; the rest (an agent's turns, role names) is context.
	// Nil means all of Text.
	Voice []Span
	// Language is an ISO 639-1 code that the record itself states, or empty.
	Language string
	// Targets are the terms whose own sentiment is asked for: brands,
	// products, competitors.
	Targets []string
}

// Sentiment is how a text as a whole feels.
type Sentiment struct {
	Score      float64 `json:"score"`      // −1 (negative) … +1 (positive)
	Label      Label   `json:"label"`      // what Score means
	Mixed      bool    `json:"mixed"`      // clearly positive and clearly negative parts
	Confidence float64 `json:"confidence"` // 0…1, calibrated probability that Label is right
	// Probabilities are those of negative, neutral and positive.
	Probabilities [3]float64 `json:"-"`
}

// Trajectory is how sentiment moved over the customer's turns of a chat or call,
// as scores −1…+1.
type Trajectory struct {
	First float64 `json:"first"`
	Last  float64 `json:"last"`
	Worst float64 `json:"worst"`
}

// Sentence is the sentiment of one sentence.
type Sentence struct {
	Span
	Score float64 `json:"score"` // −1…+1
	Label Label   `json:"label"`
}

// Evidence says which words, and which rule or model, a tag rests on.
type Evidence struct {
	Cue string `json:"cue"` // the words
	Span
	Kind string `json:"kind"` // one of the kinds below
	Rule string `json:"rule"` // identity of the rule or model, with its version
}

// The kinds of evidence.
const (
	EvidenceRule     = "rule"     // words that a rule of the taxonomy asks for
	EvidenceModel    = "model"    // the part of the text that a model judged
	EvidenceTerm     = "term"     // a target, where it stands
	EvidenceCue      = "cue"      // a word that gave the sentiment its polarity
	EvidenceNegation = "negation" // such a word that a negation turns
)

// Mention is one topic spoken of in one place, with the sentiment about it.
type Mention struct {
	Topic      string `json:"topic"` // first or first.second
	Stage      string `json:"stage"` // journey stage
	Touchpoint string `json:"touchpoint"`
	// FoundBy is who found it: EvidenceRule or EvidenceModel.
	FoundBy string `json:"found_by"`
	// Confidence is 1 for a rule, and the calibrated probability that the topic
	// is spoken of for a model.
	Confidence float64 `json:"confidence"`
	Span
	Score    float64    `json:"score"` // −1…+1, of the clause about the topic
	Label    Label      `json:"label"`
	Evidence []Evidence `json:"evidence"`
}

// PII is personal data found in a text.
type PII struct {
	Kind string `json:"kind"` // email, phone, card …
	Span
}

// Signal is a tag other than a topic, with what it rests on.
type Signal struct {
	Kind string `json:"kind"` // intent, effort, emotion, urgency or noise
	Name string `json:"name"` // churn, hard, anger, legal_threat, advert …
	// Confidence is 1 for a rule, and the calibrated probability of the tag for
	// a model.
	Confidence float64    `json:"confidence"`
	Evidence   []Evidence `json:"evidence"`
}

// Target is the sentiment about one asked-for term where it stands.
type Target struct {
	Term string `json:"term"`
	Span
	Score    float64    `json:"score"`
	Label    Label      `json:"label"`
	Evidence []Evidence `json:"evidence"`
}

// Analysis is everything heard in one Document.
type Analysis struct {
	// Text is the document's text as it may be stored; all offsets point
	// into it.
	Text      string     `json:"text"`
	Language  string     `json:"language"` // ISO 639-1, "und" if unknown
	Sentiment Sentiment  `json:"sentiment"`
	Sentences []Sentence `json:"sentences"`
	// Trajectory is of chats and calls in which the customer spoke twice or more.
	Trajectory *Trajectory `json:"trajectory,omitempty"`
	// ScoreTextMismatch says that the rating or survey score beside the text
	// clearly contradicts it. An analyzer sees no scores and leaves it false:
	// who has the whole record sets it.
	ScoreTextMismatch bool               `json:"score_text_mismatch"`
	Stage             string             `json:"stage"` // journey stage that the text as a whole speaks of; empty if it can't be told
	Mentions          []Mention          `json:"mentions"`
	Targets           []Target           `json:"targets,omitempty"`
	Intents           []string           `json:"intents"`
	Effort            *float64           `json:"effort"`   // −1 (hard) … +1 (easy); nil where nothing is said of it
	Emotion           string             `json:"emotion"`  // strongest emotion; none, or empty where not analysed
	Emotions          map[string]float64 `json:"emotions"` // emotion to intensity, 0…1
	Urgency           []string           `json:"urgency"`  // what must not wait: legal_threat, injury, fraud, self_harm, safety_hazard
	Signals           []Signal           `json:"signals"`  // evidence for intents, effort, emotion, urgency and noise
	PII               []PII              `json:"pii"`
	Noise             string             `json:"noise"` // why this is no feedback (advert, spam …); empty: it is
	Tier              string             `json:"tier"`  // fast or deep
	Model             string             `json:"model"` // name and version of what scored it
	Taxonomy          string             `json:"taxonomy"`
}

// MarshalJSON writes lists and objects that are empty as such, never as null, so
// that readers need not tell the two apart.
func (a Analysis) MarshalJSON() ([]byte, error) {
	type fields Analysis
	out := fields(a)
	out.Sentences = list(a.Sentences)
	out.Mentions = list(a.Mentions)
	out.Intents = list(a.Intents)
	out.Urgency = list(a.Urgency)
	out.Signals = list(a.Signals)
	out.PII = list(a.PII)
	if out.Emotions == nil {
		out.Emotions = map[string]float64{}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // whoever writes the whole decides
	err := encoder.Encode(out)
	return b.Bytes(), err
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
