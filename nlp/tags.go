package nlp

import (
	"cmp"
	"slices"

	"earshot/nlp/tag"
	"earshot/nlp/taxonomy"
	"earshot/nlp/token"
)

// tags are what a tier hears in a text beside sentiment.
type tags struct {
	topics   []heardTopic
	stage    string // empty: none can be told
	intents  []heardTag
	effort   float64 // −1 (hard) … +1 (easy)
	told     bool    // something is said of effort
	emotion  string  // the one that is said: the likeliest, but for what is rare
	emotions []heardTag
}

// heardTag is a tag with its calibrated probability.
type heardTag struct {
	name string
	p    float64
}

// heardTopic is a first-level topic, and a byte of the text in which it is heard
// best.
type heardTopic struct {
	name string
	p    float64
	at   int
}

func (t *tags) reset() {
	*t = tags{topics: t.topics[:0], intents: t.intents[:0], emotions: t.emotions[:0]}
}

// EmotionNone is the emotion of a text that shows none.
const EmotionNone = "none"

const (
	// shownFrom is the intensity from which an emotion is listed.
	shownFrom = 0.15
	// ruledEmotion is the intensity that a rule gives an emotion which the model
	// finds weaker: words that name a feeling outright.
	ruledEmotion = 0.6
	// ruledEffort is the effort that a rule tells where the model hears none.
	ruledEffort = 0.7
)

// The kinds of signals, and the names of effort.
const (
	signalIntent  = "intent"
	signalEffort  = "effort"
	signalEmotion = "emotion"
	signalUrgency = "urgency"
	signalNoise   = "noise"

	effortHard, effortEasy = "hard", "easy"
)

// signal turns tags and the rules' signals into intents, effort, emotion and
// urgency, each with what it rests on. Noise was told before.
func (a *Analyzer) signal(h *hearing, matches []taxonomy.Match, out *Analysis) {
	out.Stage = h.tags.stage
	h.placing, h.modelled = h.placing[:0], h.modelled[:0]
	a.intents(h, matches, out)
	a.effort(h, matches, out)
	a.emotion(h, matches, out)
	a.locate(h, out)
	for _, m := range matches {
		if m.Kind == taxonomy.KindUrgency {
			if !slices.Contains(out.Urgency, m.Name) {
				out.Urgency = append(out.Urgency, m.Name)
			}
			out.ruled(signalUrgency, h, m)
		}
	}
}

func (a *Analyzer) intents(h *hearing, matches []taxonomy.Match, out *Analysis) {
	for _, t := range h.tags.intents {
		out.Intents = append(out.Intents, t.name)
		out.modelled(signalIntent, h, t)
	}
	for _, m := range matches {
		if m.Kind == taxonomy.KindIntent {
			if !slices.Contains(out.Intents, m.Name) {
				out.Intents = append(out.Intents, m.Name)
			}
			out.ruled(signalIntent, h, m)
		}
	}
}

func (a *Analyzer) effort(h *hearing, matches []taxonomy.Match, out *Analysis) {
	told, effort := h.tags.told, h.tags.effort
	name := effortEasy
	if effort < 0 {
		name = effortHard
	}
	if told {
		out.modelled(signalEffort, h, heardTag{name, max(effort, -effort)})
	}
	for _, m := range matches {
		if m.Kind != taxonomy.KindEffort || told && m.Name != name {
			continue
		}
		if !told {
			told, name, effort = true, m.Name, ruledEffort
			if name == effortHard {
				effort = -ruledEffort
			}
		}
		out.ruled(signalEffort, h, m)
	}
	if told {
		effort = round(effort)
		out.Effort = &effort
	}
}

func (a *Analyzer) emotion(h *hearing, matches []taxonomy.Match, out *Analysis) {
	emotions := h.tags.emotions
	said := h.tags.emotion
	for _, m := range matches {
		if m.Kind != taxonomy.KindEmotion || contradicts(m.Name, out.Sentiment.Label) {
			continue
		}
		if said == EmotionNone || said == "" {
			said = m.Name
		}
		for i := range emotions {
			if emotions[i].name == m.Name {
				emotions[i].p = max(emotions[i].p, ruledEmotion)
			}
		}
	}
	best := heardTag{name: cmp.Or(said, EmotionNone)}
	for _, e := range emotions {
		if e.name == best.name {
			best = e
		}
		if e.name == EmotionNone || e.p < shownFrom && e.name != best.name {
			continue
		}
		if out.Emotions == nil {
			out.Emotions = map[string]float64{}
		}
		out.Emotions[e.name] = round(e.p)
	}
	out.Emotion = best.name
	if best.name == EmotionNone {
		return
	}
	signals := len(out.Signals)
	for _, m := range matches {
		if m.Kind == taxonomy.KindEmotion && m.Name == best.name {
			out.ruled(signalEmotion, h, m)
		}
	}
	if len(out.Signals) == signals {
		out.modelled(signalEmotion, h, best)
	}
}

// contradicts tells whether words that name a feeling can't be meant in a text that
// feels otherwise: "hats off to whoever designed this queue".
func contradicts(emotion string, label Label) bool {
	switch emotion {
	case "joy", "gratitude":
		return label == Negative
	case "anger", "disappointment", "sadness", "fear", "disgust":
		return label == Positive
	}
	return false
}

// ruled adds a signal that a rule met, or what it met to a signal that is there.
func (out *Analysis) ruled(kind string, h *hearing, m taxonomy.Match) {
	evidence := Evidence{Cue: h.body.Text[m.Span.Start:m.Span.End], Span: m.Span, Kind: EvidenceRule, Rule: m.Rule}
	for i := range out.Signals {
		s := &out.Signals[i]
		if s.Kind == kind && s.Name == m.Name {
			if s.Confidence = 1; len(s.Evidence) < mostEvidence {
				s.Evidence = append(s.Evidence, evidence)
			}
			return
		}
	}
	out.Signals = append(out.Signals, Signal{Kind: kind, Name: m.Name, Confidence: 1, Evidence: []Evidence{evidence}})
}

// modelled adds a signal that the model heard, in the text as a whole until it is
// located.
func (out *Analysis) modelled(kind string, h *hearing, t heardTag) {
	s := Signal{Kind: kind, Name: t.name, Confidence: round(t.p)}
	if n := len(h.body.Tokens); n > 0 {
		s.Evidence = []Evidence{{Kind: EvidenceModel, Rule: out.Model}}
		s.Evidence[0].point(h, token.Range{From: 0, To: n})
	}
	if l, known := groupOf[kind].LabelOf(t.name); known {
		h.placing, h.modelled = append(h.placing, l), append(h.modelled, len(out.Signals))
	}
	out.Signals = append(out.Signals, s)
}

// groupOf is where the fast tier's model knows the names of a kind of signals.
var groupOf = map[string]tag.Group{signalIntent: tag.Intent, signalEffort: tag.Effort, signalEmotion: tag.Emotion}

// locate finds the clause that speaks most of each signal that the model heard.
func (a *Analyzer) locate(h *hearing, out *Analysis) {
	for i, c := range a.clauses(h, h.placing) {
		out.Signals[h.modelled[i]].Evidence[0].point(h, h.body.Clauses[c].Range)
	}
}

// point lets evidence be some tokens of the body.
func (e *Evidence) point(h *hearing, part token.Range) {
	e.Span = h.body.Span(part)
	e.Cue = h.body.Text[e.Start:e.End]
}
