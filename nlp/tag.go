package nlp

import (
	"math"

	"earshot/nlp/tag"
)

// tag reads the tags off what the tiers heard. Where the encoder heard the text, its
// word and that of the fast tier are put together.
func (a *Analyzer) tag(h *hearing) {
	h.tags.reset()
	a.tags.Judge(&h.judged, &h.tagSum, h.heard.text)
	switch {
	case !says(h):
	case h.byDeep && a.deep.heads != nil:
		a.deep.tag(h)
	default:
		h.tagFast()
	}
}

// tagFast reads the tags off the fast tier's sums.
func (h *hearing) tagFast() {
	t, said := &h.tags, &h.judged
	t.stage = said.One(tag.Stage).String()
	for l, to := tag.Intent.Bounds(); l < to; l++ {
		if said.Said[l] {
			t.intents = append(t.intents, heardTag{l.String(), float64(said.P(l))})
		}
	}
	t.effort, t.told = said.Effort()
	for l, to := tag.Emotion.Bounds(); l < to; l++ {
		t.emotions = append(t.emotions, heardTag{l.String(), float64(said.P(l))})
	}
	t.emotion = said.One(tag.Emotion).String()
}

// tag reads the tags off the encoder's heads and the fast tier's sums.
func (d *deep) tag(h *hearing) {
	t, heads, said := &h.tags, d.heads, &h.deep.headings
	for i, name := range heads.Intents {
		odds := (1-fastShare)*logit(said.intents[i]) + fastShare*logit(h.fastWord(tag.Intent, name))
		if p := sigmoid(odds, 1); odds >= logit(heads.Thresholds.Intents[name])-intentsEasier {
			t.intents = append(t.intents, heardTag{name, p})
		}
	}
	h.together(said.stage, tag.Stage, heads.Stages)
	t.stage = heads.Stages[largest(said.stage)]
	h.together(said.effort, tag.Effort, heads.Effort)
	for i, name := range heads.Effort {
		switch name {
		case effortHard:
			t.effort -= said.effort[i]
		case effortEasy:
			t.effort += said.effort[i]
		}
	}
	t.told = heads.Effort[largest(said.effort)] != ""
	h.together(said.emotion, tag.Emotion, heads.Emotions)
	t.emotion = heads.Emotions[largest(said.emotion)]
	for i, p := range said.emotion {
		t.emotions = append(t.emotions, heardTag{heads.Emotions[i], p})
	}
	h.features32 = h.features32[:0]
	for _, v := range said.features {
		h.features32 = append(h.features32, float32(v))
	}
}

// intentsEasier is how much lower the thresholds of intents are, in log odds, where
// two models agree on them.
const intentsEasier = 0.3

// fastWord is the fast tier's probability of a label; of one that it doesn't know,
// a half.
func (h *hearing) fastWord(g tag.Group, name string) float64 {
	l, known := g.LabelOf(name)
	if !known {
		return 0.5
	}
	return float64(h.judged.P(l))
}

// together puts the fast tier's word into the encoder's probabilities of labels of
// which one holds.
func (h *hearing) together(p []float64, g tag.Group, names []string) {
	const least = 1e-5
	for i, name := range names {
		p[i] = (1-fastShare)*math.Log(max(p[i], least)) + fastShare*math.Log(max(h.fastWord(g, name), least))
	}
	softmax(p, 1)
}

// placed is the byte of the text where a piece begins; 0 of a title's.
func (p *deepHearing) placed(piece int) int {
	if piece >= len(p.pieces) || p.pieces[piece].sentence < 0 {
		return 0
	}
	return p.pieces[piece].Start
}

func largest(list []float64) int {
	best := 0
	for i, v := range list {
		if v > list[best] {
			best = i
		}
	}
	return best
}
