package nlp

import (
	_ "embed" // the meaning of the encoder's outputs
	"encoding/json"
	"fmt"
	"slices"

	"earshot/nlp/encoder"
	"earshot/nlp/tag"
	"earshot/nlp/token"
)

//go:embed encoder/heads.json
var builtInHeads []byte

// heads say what the encoder's outputs beside the sentiment of a text mean. They
// were fitted together with the weights.
type heads struct {
	Model    string   `json:"model"`
	Topics   []string `json:"topics"` // first-level topics
	Stages   []string `json:"stages"` // journey stages; empty: none can be told
	Intents  []string `json:"intents"`
	Effort   []string `json:"effort"` // empty, hard, easy
	Emotions []string `json:"emotions"`
	// Temperature calibrates each head's probabilities.
	Temperature struct {
		Topics  float64 `json:"topics"`
		Stage   float64 `json:"stage"`
		Intents float64 `json:"intents"`
		Effort  float64 `json:"effort"`
		Emotion float64 `json:"emotion"`
	} `json:"temperature"`
	// SpanTemperature is that of the polarity of parts.
	SpanTemperature float64 `json:"span_temperature"`
	// Thresholds are the probabilities from which an intent is told.
	Thresholds struct {
		Intents map[string]float64 `json:"intents"`
	} `json:"thresholds"`

	ofLabel []int // of each topic in the order of package tag: its place in Topics
}

// The outputs that are asked for, in order.
const (
	outputSpans = 1 + iota
	outputTopics
	outputTopicPieces
	outputStage
	outputIntents
	outputEffort
	outputEmotion
	outputFeatures
	outputCount
)

func outputNames() [outputCount]string {
	return [...]string{"logits", "span_logits", "topics", "topic_pieces", "stage", "intents", "effort", "emotion", "features"}
}

// headsOf are the heads of a model that has all of them; nil of one that gives
// sentiment alone.
func headsOf(s *encoder.Session) (*heads, error) {
	for _, name := range outputNames() {
		if !s.Has(name) {
			return nil, nil
		}
	}
	h := &heads{}
	if err := json.Unmarshal(builtInHeads, h); err != nil {
		return nil, fmt.Errorf("heads.json: %w", err)
	}
	for l, to := tag.Topic.Bounds(); l < to; l++ {
		i := slices.Index(h.Topics, l.String())
		if i < 0 {
			return nil, fmt.Errorf("heads.json: no topic %s", l)
		}
		h.ofLabel = append(h.ofLabel, i)
	}
	return h, nil
}

// outputs are those to ask the model for.
func (d *deep) outputs() []encoder.Output {
	names := outputNames()
	asked := names[:]
	if d.heads == nil {
		asked = names[:1]
	}
	out := make([]encoder.Output, len(asked))
	for i, name := range asked {
		out[i].Name = name
	}
	return out
}

// check finds a model whose outputs are not of the sizes that the heads have.
func (h *heads) check(outputs []encoder.Output, ids int) error {
	for i, want := range [outputCount]int{
		3, 3 * ids, len(h.Topics), len(h.Topics) * ids, len(h.Stages), len(h.Intents), len(h.Effort), len(h.Emotions), len(outputs[outputFeatures].Data),
	} {
		if got := len(outputs[i].Data); got != want {
			return fmt.Errorf("the model gives %d values of %s for %d pieces instead of %d", got, outputs[i].Name, ids, want)
		}
	}
	return nil
}

// headings are what the heads make of a document: of its windows, the mean by
// length where one answer is given, and the most where there may be several.
type headings struct {
	topics, intents        []float64 // probabilities
	stage, effort, emotion []float64 // logits, then probabilities
	features               []float64
	// best are the pieces that speak most of each topic.
	best  []int
	heads *heads
}

func (h *headings) reset(heads *heads) {
	h.heads = heads
	if heads == nil {
		return
	}
	for _, list := range []struct {
		values *[]float64
		n      int
	}{
		{&h.topics, len(heads.Topics)}, {&h.intents, len(heads.Intents)}, {&h.stage, len(heads.Stages)},
		{&h.effort, len(heads.Effort)}, {&h.emotion, len(heads.Emotions)},
	} {
		*list.values = append((*list.values)[:0], make([]float64, list.n)...)
	}
	h.best = append(h.best[:0], make([]int, len(heads.Topics))...)
	h.features = h.features[:0]
}

// add adds what a window over some pieces says.
func (h *headings) add(outputs []encoder.Output, r token.Range, weight float64) {
	pieces, n := outputs[outputTopicPieces].Data, len(h.topics)
	for i, z := range outputs[outputTopics].Data {
		p := sigmoid(float64(z), h.heads.Temperature.Topics)
		if p <= h.topics[i] {
			continue
		}
		h.topics[i], h.best[i] = p, r.From
		for at := r.From; at < r.To; at++ {
			if pieces[(at-r.From+1)*n+i] > pieces[(h.best[i]-r.From+1)*n+i] {
				h.best[i] = at
			}
		}
	}
	for i, z := range outputs[outputIntents].Data {
		h.intents[i] = max(h.intents[i], sigmoid(float64(z), h.heads.Temperature.Intents))
	}
	features := outputs[outputFeatures].Data
	if len(h.features) == 0 {
		h.features = slices.Grow(h.features, len(features))[:len(features)]
		clear(h.features)
	}
	for _, sum := range []struct {
		to   []float64
		from []float32
	}{
		{h.stage, outputs[outputStage].Data},
		{h.effort, outputs[outputEffort].Data},
		{h.emotion, outputs[outputEmotion].Data},
		{h.features, features},
	} {
		for i, v := range sum.from {
			sum.to[i] += weight * float64(v)
		}
	}
}

// mean ends the adding of windows whose weights come to total.
func (h *headings) mean(total float64) {
	if h.heads == nil {
		return
	}
	for _, list := range [][]float64{h.stage, h.effort, h.emotion, h.features} {
		for i := range list {
			list[i] /= total
		}
	}
	softmax(h.stage, h.heads.Temperature.Stage)
	softmax(h.effort, h.heads.Temperature.Effort)
	softmax(h.emotion, h.heads.Temperature.Emotion)
}
