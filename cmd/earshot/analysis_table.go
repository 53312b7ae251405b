package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"earshot/cmd/highlight"
	"earshot/nlp"
)

// tableAnalyses prints, in 80 columns, a line for each text and below it one for
// each thing that it speaks of, and what else it tells.
type tableAnalyses struct {
	out    *bufio.Writer
	colour bool
	begun  bool
}

const (
	// tableText is how wide a text is, tableTopic a topic, tableCue the words that
	// a tag rests on.
	tableText  = 58
	tableTopic = 30
	tableCue   = 30
	tableWidth = 80
)

func (p *tableAnalyses) print(_ string, e *nlp.Explanation) error {
	if !p.begun {
		p.begun = true
		fmt.Fprintf(p.out, "%-9s %6s %5s  %s\n", "label", "score", "mixed", "text")
	}
	a, mixed := &e.Analysis, ""
	if a.Sentiment.Mixed {
		mixed = "mixed"
	}
	fmt.Fprintf(p.out, "%s %+6.2f %5s  %s\n", p.label(a.Sentiment.Label), a.Sentiment.Score, mixed, fit(a.Text, tableText))
	p.details(a)
	return nil
}

// details prints what a text is about, and what else it tells.
func (p *tableAnalyses) details(a *nlp.Analysis) {
	for _, m := range a.Mentions {
		p.about("  ", m.Topic, m.Label, m.Score, cues(m.Evidence))
	}
	for _, t := range a.Targets {
		p.about("→ ", t.Term, t.Label, t.Score, cues(t.Evidence))
	}
	for _, s := range a.Signals {
		if s.Kind == "urgency" {
			fmt.Fprintf(p.out, "  ! %-*s %s\n", tableTopic, s.Name, fit(cues(s.Evidence), tableWidth-tableTopic-6))
		}
	}
	p.tells(a)
}

// about prints what is said about one thing.
func (p *tableAnalyses) about(mark, thing string, label nlp.Label, score float64, cue string) {
	fmt.Fprintf(p.out, "%s%s %s %+6.2f  %s\n", mark, pad(thing, tableTopic), p.label(label), score, fit(cue, tableCue))
}

// tells prints what else the text tells, in lines that begin with a dot.
func (p *tableAnalyses) tells(a *nlp.Analysis) {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	add("noise", a.Noise)
	add("stage", a.Stage)
	add("wants", strings.Join(a.Intents, ", "))
	if a.Effort != nil {
		add("effort", fmt.Sprintf("%+.2f", *a.Effort))
	}
	if a.Emotion != nlp.EmotionNone && a.Emotion != "" {
		add("feels", fmt.Sprintf("%s %.2f", a.Emotion, a.Emotions[a.Emotion]))
	}
	var kinds []string
	for _, pii := range a.PII {
		kinds = append(kinds, pii.Kind)
	}
	add("hidden", strings.Join(kinds, ", "))
	line := ""
	for _, part := range parts {
		if line != "" && text.StringWidth(line)+3+text.StringWidth(part) > tableWidth-4 {
			fmt.Fprintf(p.out, "  · %s\n", line)
			line = ""
		}
		if line != "" {
			line += " · "
		}
		line += part
	}
	if line != "" {
		fmt.Fprintf(p.out, "  · %s\n", line)
	}
}

// cues are the words that a tag rests on: the one that told the topic, then those
// that gave the sentiment.
func cues(evidence []nlp.Evidence) string {
	var words []string
	for i, e := range evidence {
		if i == 0 || e.Kind == nlp.EvidenceCue || e.Kind == nlp.EvidenceNegation {
			words = append(words, e.Cue)
		}
	}
	return strings.Join(words, " · ")
}

func (p *tableAnalyses) label(label nlp.Label) string {
	return paint(fmt.Sprintf("%-9s", label), label, p.colour)
}

// fit puts words on one line of a width, without what a terminal would take for a
// command.
func fit(words string, width int) string {
	return text.Trim(strings.Join(strings.Fields(highlight.Legible(words)), " "), width)
}

func pad(words string, width int) string { return text.Pad(fit(words, width), width, ' ') }

func (p *tableAnalyses) flush() error { return p.out.Flush() }
func (p *tableAnalyses) end() error   { return p.out.Flush() }
