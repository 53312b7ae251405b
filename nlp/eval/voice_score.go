package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"earshot/nlp"
)

// VoiceResult is how well one Voice file is heard.
type VoiceResult struct {
	File     string `json:"file"`
	BadLines int    `json:"bad_lines"` // could not be read and count nowhere
	VoiceFigures
	Industries []IndustryResult `json:"industries"` // in the order of their names
}

// IndustryResult is how well the texts of one industry are heard.
type IndustryResult struct {
	Industry string `json:"industry"`
	VoiceFigures
}

// VoiceFigures sum up how some texts are heard. All shares are 0…1.
type VoiceFigures struct {
	N       int       `json:"n"`
	Topics  SetResult `json:"topics"` // of the first level, each once a text
	Intents SetResult `json:"intents"`
	// StageAccuracy counts "cannot be told" as a stage.
	StageAccuracy float64 `json:"stage_accuracy"`
	// The macro F1 are means over the classes that occur: hard, easy and nothing
	// said; the nine emotions; negative, neutral, positive.
	EffortF1  float64      `json:"effort_macro_f1"`
	EmotionF1 float64      `json:"emotion_macro_f1"`
	Aspects   AspectResult `json:"aspects"`
}

// SetResult is how well a set of tags is heard, micro-averaged: over all tags of
// all texts together.
type SetResult struct {
	N         int     `json:"n"` // tags that the texts have
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"micro_f1"`
}

// AspectResult is how well the polarity of named terms is heard.
type AspectResult struct {
	N        int     `json:"n"`
	Found    int     `json:"found"` // terms that the analysis says anything of
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"`
}

// Score compares what an analyzer hears with the labels. The terms of the aspects
// are given to it as the documents' targets.
func (v *Voice) Score(ctx context.Context, a Analyzer) (*VoiceResult, error) {
	docs := make([]nlp.Document, len(v.Items))
	for i := range v.Items {
		docs[i].Text = v.Items[i].Text
		for _, aspect := range v.Items[i].Aspects {
			if !slices.Contains(docs[i].Targets, aspect.Term) {
				docs[i].Targets = append(docs[i].Targets, aspect.Term)
			}
		}
	}
	analyses, err := inParts(ctx, docs, a.Analyze)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.File, err)
	}
	all := newVoiceCount()
	industries := map[string]*voiceCount{}
	for i := range v.Items {
		item := &v.Items[i]
		of := industries[item.Industry]
		if of == nil {
			of = newVoiceCount()
			industries[item.Industry] = of
		}
		for _, count := range [...]*voiceCount{all, of} {
			count.add(item, &analyses[i])
		}
	}
	r := &VoiceResult{File: v.File, BadLines: len(v.Bad), VoiceFigures: all.figures(), Industries: []IndustryResult{}}
	for name, count := range industries {
		r.Industries = append(r.Industries, IndustryResult{name, count.figures()})
	}
	slices.SortFunc(r.Industries, func(a, b IndustryResult) int { return strings.Compare(a.Industry, b.Industry) })
	return r, nil
}

// voiceCount counts what is heard in texts.
type voiceCount struct {
	n                               int
	topics, intents                 setCount
	stage, effort, emotion, aspects Matrix
	found                           int
}

func newVoiceCount() *voiceCount {
	return &voiceCount{
		stage: NewMatrix(len(stages) + 1), effort: NewMatrix(len(efforts)),
		emotion: NewMatrix(len(emotions)), aspects: NewMatrix(len(classes)),
	}
}

func (c *voiceCount) add(item *VoiceItem, a *nlp.Analysis) {
	c.n++
	var topics []string
	for _, m := range a.Mentions {
		first, _, _ := strings.Cut(m.Topic, ".")
		topics = append(topics, first)
	}
	c.topics.add(item.Topics, topics)
	c.intents.add(item.Intents, a.Intents)
	c.stage.Add(stageOf(item.Stage), stageOf(a.Stage))
	c.effort.Add(slices.Index(efforts, item.Effort), slices.Index(efforts, effortOf(a.Effort)))
	emotion := a.Emotion
	if emotion == "" {
		emotion = "none"
	}
	c.emotion.Add(slices.Index(emotions, item.Emotion), slices.Index(emotions, emotion))
	for _, aspect := range item.Aspects {
		heard := unknown
		if i := slices.IndexFunc(a.Targets, func(t nlp.Target) bool { return strings.EqualFold(t.Term, aspect.Term) }); i >= 0 {
			heard = class(a.Targets[i].Label)
			c.found++
		}
		c.aspects.Add(class(aspect.Label), heard)
	}
}

// stageOf is a stage's class, the last for one that cannot be told, −1 for none
// that is known.
func stageOf(name string) int {
	if name == "" {
		return len(stages)
	}
	return slices.Index(stages, name)
}

// effortOf is what the sign of an effort means.
func effortOf(effort *float64) string {
	switch {
	case effort == nil || *effort == 0:
		return ""
	case *effort < 0:
		return "hard"
	}
	return "easy"
}

func (c *voiceCount) figures() VoiceFigures {
	f := VoiceFigures{N: c.n, Topics: c.topics.result(), Intents: c.intents.result(), StageAccuracy: c.stage.Accuracy()}
	f.EffortF1, _ = c.effort.Macro()
	f.EmotionF1, _ = c.emotion.Macro()
	f.Aspects.N, _ = c.aspects.N()
	f.Aspects.Found, f.Aspects.Accuracy = c.found, c.aspects.Accuracy()
	f.Aspects.MacroF1, _ = c.aspects.Macro()
	return f
}

// setCount counts tags.
type setCount struct{ gold, heard, right int }

// add counts the tags of a text; each counts once, however often it is heard.
func (s *setCount) add(gold, heard []string) {
	s.gold += len(gold)
	for i, tag := range heard {
		if slices.Contains(heard[:i], tag) {
			continue
		}
		s.heard++
		s.right += one(slices.Contains(gold, tag))
	}
}

func (s *setCount) result() SetResult {
	return SetResult{N: s.gold, Precision: ratio(s.right, s.heard), Recall: ratio(s.right, s.gold), F1: ratio(2*s.right, s.gold+s.heard)}
}
