package nlp

import "earshot/nlp/tag"

// tag reads the tags off what the tier heard.
func (a *Analyzer) tag(h *hearing, out *Analysis) {
	h.tags.reset()
	if !says(h) {
		return
	}
	if h.byDeep && a.deep.heads != nil {
		a.deep.tag(h)
		return
	}
	a.tagFast(h)
}

// tagFast reads the tags off the fast tier's sums.
func (a *Analyzer) tagFast(h *hearing) {
	t, said := &h.tags, &h.judged
	a.tags.Judge(said, &h.tagSum, h.heard.text)
	t.stage = said.One(tag.Stage).String()
	for l, to := tag.Intent.Bounds(); l < to; l++ {
		if said.Said[l] {
			t.intents = append(t.intents, heardTag{l.String(), float64(said.P[l])})
		}
	}
	a.topicsFast(h)
	t.effort, t.told = said.Effort()
	for l, to := tag.Emotion.Bounds(); l < to; l++ {
		t.emotions = append(t.emotions, heardTag{l.String(), float64(said.P[l])})
	}
	t.emotion = said.One(tag.Emotion).String()
}

// tag reads the tags off the encoder's heads.
func (d *deep) tag(h *hearing) {
	t, heads, said := &h.tags, d.heads, &h.deep.headings
	for i, p := range said.topics {
		if p >= heads.Thresholds.Topics[heads.Topics[i]] {
			t.topics = append(t.topics, heardTopic{heads.Topics[i], p, h.deep.placed(said.best[i])})
		}
	}
	for i, p := range said.intents {
		if p >= heads.Thresholds.Intents[heads.Intents[i]] {
			t.intents = append(t.intents, heardTag{heads.Intents[i], p})
		}
	}
	t.stage = heads.Stages[largest(said.stage)]
	for i, name := range heads.Effort {
		switch name {
		case effortHard:
			t.effort -= said.effort[i]
		case effortEasy:
			t.effort += said.effort[i]
		}
	}
	t.told = heads.Effort[largest(said.effort)] != ""
	t.emotion = heads.Emotions[largest(said.emotion)]
	for i, p := range said.emotion {
		t.emotions = append(t.emotions, heardTag{heads.Emotions[i], p})
	}
	h.features32 = h.features32[:0]
	for _, v := range said.features {
		h.features32 = append(h.features32, float32(v))
	}
}

// denies tells whether the encoder is sure that a first-level topic is not spoken
// of.
func (d *deep) denies(h *hearing, topic string) bool {
	for i, name := range d.heads.Topics {
		if name == topic {
			return h.deep.headings.topics[i] < d.heads.Thresholds.Denied
		}
	}
	return false
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
