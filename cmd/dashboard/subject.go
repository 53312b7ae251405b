package dashboard

import (
	"fmt"
	"strings"

	"earshot/nlp"
)

const (
	shownMentions = 30
	shownSignals  = 30
)

// subjectRow is a topic or a target that a text speaks of.
type subjectRow struct {
	Name, Where, Label, Score string
	Words                     string // that it rests on
	By                        string // the rule or model
}

// signalRow is what else a text tells.
type signalRow struct {
	Kind, Name, Words, By string
	Urgent                bool
}

// subjects lists what the text is about, and what else it tells.
func (a *answer) subjects(e *nlp.Explanation) {
	said := &e.Analysis
	a.Taxonomy = excerpt(said.Taxonomy, quoteRunes)
	for _, m := range said.Mentions[:min(len(said.Mentions), shownMentions)] {
		row := subjectRow{
			Name: excerpt(m.Topic, quoteRunes), Where: joined(" · ", m.Stage, strings.ReplaceAll(m.Touchpoint, "_", " ")),
			Label: string(m.Label), Score: signed(m.Score, 2),
		}
		row.Words, row.By = rests(said, m.Evidence)
		if m.FoundBy == nlp.EvidenceModel {
			row.By += ", " + percentOf(m.Confidence)
		}
		a.Mentions = append(a.Mentions, row)
	}
	for _, t := range said.Targets[:min(len(said.Targets), shownMentions)] {
		row := subjectRow{Name: excerpt(t.Term, quoteRunes), Where: "asked for", Label: string(t.Label), Score: signed(t.Score, 2)}
		row.Words, row.By = rests(said, t.Evidence)
		a.Mentions = append(a.Mentions, row)
	}
	if more := len(said.Mentions) + len(said.Targets) - len(a.Mentions); more > 0 {
		a.MoreMentions = "And " + count(more) + " more."
	}
	if said.Stage != "" {
		a.Signals = append(a.Signals, signalRow{Kind: "stage", Name: excerpt(said.Stage, quoteRunes)})
	}
	for _, s := range said.Signals[:min(len(said.Signals), shownSignals)] {
		row := signalRow{Kind: excerpt(s.Kind, nameRunes), Name: strings.ReplaceAll(excerpt(s.Name, nameRunes), "_", " "), Urgent: s.Kind == "urgency"}
		switch {
		case s.Kind == "effort" && said.Effort != nil:
			row.Name += " " + signed(*said.Effort, 2)
		case s.Kind == "emotion":
			row.Name += fmt.Sprintf(" %.2f", said.Emotions[s.Name])
		}
		row.Words, row.By = rests(said, s.Evidence)
		if s.Confidence < 1 {
			row.By += ", " + percentOf(s.Confidence)
		}
		a.Signals = append(a.Signals, row)
	}
	for _, p := range said.PII {
		a.Signals = append(a.Signals, signalRow{Kind: "hidden", Name: excerpt(p.Kind, nameRunes)})
	}
}

// rests are the words of evidence, and what gave the first of it.
func rests(a *nlp.Analysis, evidence []nlp.Evidence) (words, by string) {
	var list []string
	for i, e := range evidence {
		if i == 0 {
			by = excerpt(e.Rule, quoteRunes)
		}
		if len(strings.TrimSpace(a.Text)) <= e.End-e.Start && len(a.Sentences) > 1 {
			list = append(list, "the text as a whole")
			continue
		}
		list = append(list, "“"+excerpt(e.Cue, quoteRunes)+"”")
	}
	return strings.Join(list, " "), by
}

// joined joins the parts that are not empty.
func joined(by string, parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, excerpt(p, nameRunes))
		}
	}
	return strings.Join(there, by)
}
