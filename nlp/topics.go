package nlp

import (
	"math"
	"strings"

	"earshot/nlp/tag"
	"earshot/nlp/taxonomy"
)

// weighing is how much each sign of a first-level topic counts, in log odds
// (logistic regression): the encoder's and the fast tier's probability, and a
// built-in rule of the first or of the second level that was met.
type weighing struct {
	deep, fast, first, second, bias float64
	from                            float64 // told from here on
}

// Fitted on one dev set of the corpus and tried on the other.
var (
	weighingFast = weighing{fast: 0.9, first: 1.9, second: 1.8, bias: -0.6, from: -1.55}
	weighingDeep = weighing{deep: 0.7, fast: 0.38, first: 0.85, second: 1.3, bias: 0.05, from: -1.3}
)

// weighing is that of the tier that heard the document.
func (a *Analyzer) weighing(h *hearing) (w weighing, byHeads bool) {
	if h.byDeep && a.deep.heads != nil {
		return weighingDeep, true
	}
	return weighingFast, false
}

// weigh finds how surely each topic that the models know is spoken of. Rules of a
// user's own packs need no weighing: they are followed.
func (a *Analyzer) weigh(h *hearing, matches []taxonomy.Match) {
	from, to := tag.Topic.Bounds()
	n := int(to - from)
	h.topicOdds = append(h.topicOdds[:0], make([]float64, n)...)
	h.met = append(h.met[:0], make([]uint8, n)...)
	for _, m := range matches {
		l, deeper, known := labelOf(m.Name)
		if m.Kind != taxonomy.KindTopic || !known {
			continue
		}
		w, _ := a.weighing(h)
		i := int(l - from)
		if h.met[i] == 0 {
			h.topicOdds[i] = a.odds(h, i) + h.subjects.likelier[i]
		}
		level, weight := uint8(1), w.first
		if deeper {
			level, weight = 2, w.second
		}
		if h.met[i]&level == 0 {
			h.met[i] |= level
			h.topicOdds[i] += weight
		}
	}
	for i := range h.topicOdds {
		if h.met[i] == 0 {
			h.topicOdds[i] = a.oddsUnmet(h, i)
		}
	}
}

// labelOf is the models' label of a topic's first level, and tells whether the topic
// is of the second; false where the models don't know it.
func labelOf(topic string) (l tag.Label, deeper, known bool) {
	first, _, deeper := strings.Cut(topic, ".")
	l, known = tag.Topic.LabelOf(first)
	return l, deeper, known
}

// odds are how surely the models alone hear the i-th topic.
func (a *Analyzer) odds(h *hearing, i int) float64 {
	w, byHeads := a.weighing(h)
	from, _ := tag.Topic.Bounds()
	odds := w.bias - w.from + w.fast*logit(float64(h.judged.P(from+tag.Label(i))))
	if byHeads {
		odds += w.deep * logit(h.deep.headings.topics[a.deep.heads.ofLabel[i]])
	}
	return odds
}

// oddsUnmet are those of a topic that no rule met: most are far too little to be told,
// and these are not exact.
func (a *Analyzer) oddsUnmet(h *hearing, i int) float64 {
	const rounding = 1e-3 // more than that of probabilities
	w, byHeads := a.weighing(h)
	from, _ := tag.Topic.Bounds()
	if rough := w.bias - w.from + w.fast*h.judged.Odds(from+tag.Label(i)); rough < -rounding && !byHeads {
		return rough
	}
	return a.odds(h, i)
}

// denied tells whether a topic is hardly spoken of although a built-in rule met its
// words, the models' word being that much against it.
func (h *hearing) denied(topic, rule string) bool {
	pack, _, _ := strings.Cut(rule, "@")
	if !h.subjects.builtIn[pack] {
		return false
	}
	l, deeper, known := labelOf(topic)
	from, _ := tag.Topic.Bounds()
	least := 0.
	if deeper {
		least = -deeperTrusted
	}
	return known && h.topicOdds[l-from] < least
}

// deeperTrusted is how far the models' word must be against a rule of the second level
// before it is not followed: "charged me twice" is no chance hit, though it is a small
// part of a long text.
const deeperTrusted = 1.5

// unmetTopics are the topics that the models hear and no rule met.
func (a *Analyzer) unmetTopics(h *hearing) {
	from, _ := tag.Topic.Bounds()
	w, byHeads := a.weighing(h)
	for i, odds := range h.topicOdds {
		if odds < 0 || h.met[i] > 0 {
			continue
		}
		t := heardTopic{name: (from + tag.Label(i)).String(), p: 1 / (1 + math.Exp(-odds-w.from))}
		if byHeads {
			t.at = h.deep.placed(h.deep.headings.best[a.deep.heads.ofLabel[i]])
		}
		h.tags.topics = append(h.tags.topics, t)
	}
	if !byHeads {
		a.place(h)
	}
}

// place finds for each topic that the fast tier hears the clause whose words speak
// most of it. The encoder places its own.
func (a *Analyzer) place(h *hearing) {
	h.placing = h.placing[:0]
	for _, t := range h.tags.topics {
		l, _ := tag.Topic.LabelOf(t.name)
		h.placing = append(h.placing, l)
	}
	for i, c := range a.clauses(h, h.placing) {
		h.tags.topics[i].at = h.body.Span(h.body.Clauses[c].Range).Start
	}
}

func logit(p float64) float64 {
	const least = 1e-6
	return math.Log(max(p, least) / max(1-p, least))
}
