package eval

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"earshot/nlp"
)

// Kind is what a behaviour asks for.
type Kind string

// The kinds, with CheckList's names for them.
const (
	// KindLabel is a minimum functionality test: the text has one of the labels.
	KindLabel Kind = "label"
	// KindSame is an invariance test: text and variant are heard alike.
	KindSame Kind = "same"
	// KindUp and KindDown are directional expectation tests: the variant is
	// not worse, or not better, than the text.
	KindUp   Kind = "up"
	KindDown Kind = "down"
)

// kinds are all kinds, in the order of a report.
var kinds = []Kind{KindLabel, KindSame, KindUp, KindDown}

const (
	// sameWithin is how far the scores of texts that mean the same may lie
	// apart. It is 15 % of the scale: a name or a spelling may move a score a
	// little, but not from "clearly" to "hardly".
	sameWithin = 0.3
	// againstWithin is how far a score may move the wrong way, as in CheckList:
	// a text that is already as bad as can be cannot become worse.
	againstWithin = 0.1
	// rounding is what two scores of three decimals may differ from what they
	// mean.
	rounding = 1e-9
)

// Case is one behaviour.
type Case struct {
	File string
	Line int
	Kind Kind
	// Expect are the labels of which one must be heard. Of KindSame it is empty
	// or the one label that both texts must have, of KindUp and KindDown empty.
	Expect  []nlp.Label
	Text    string
	Variant string // empty of KindLabel
}

// parseCase makes a case of a row's cells.
func parseCase(cells []string) (Case, error) {
	if len(cells) == 3 && cells[0] == string(KindLabel) {
		cells = append(cells, "") // the last tab before nothing is soon lost
	}
	if len(cells) != len(header) {
		return Case{}, fmt.Errorf("%d columns, want %d: %s", len(cells), len(header), strings.Join(header, ", "))
	}
	c := Case{Kind: Kind(cells[0]), Text: cells[2], Variant: cells[3]}
	if !slices.Contains(kinds, c.Kind) {
		return Case{}, fmt.Errorf("kind %q is none of label, same, up, down", cells[0])
	}
	if cells[1] != "" {
		for name := range strings.SplitSeq(cells[1], "|") {
			label := nlp.Label(name)
			if class(label) == unknown && label != Mixed {
				return Case{}, fmt.Errorf("expect %q: %q is none of negative, neutral, positive, mixed", cells[1], name)
			}
			if slices.Contains(c.Expect, label) {
				return Case{}, fmt.Errorf("expect %q names %s twice", cells[1], name)
			}
			c.Expect = append(c.Expect, label)
		}
	}
	return c, c.check()
}

// check returns what makes no sense about a case.
func (c *Case) check() error {
	switch c.Kind {
	case KindLabel:
		if len(c.Expect) == 0 {
			return errors.New("expect is empty: what labels may the text have?")
		}
	case KindSame:
		if len(c.Expect) > 1 || slices.Contains(c.Expect, Mixed) {
			return errors.New("expect of same is empty, or one of negative, neutral, positive that both must have")
		}
	default:
		if len(c.Expect) > 0 {
			return fmt.Errorf("expect of %s is empty: only the scores are compared", c.Kind)
		}
	}
	blank := strings.TrimSpace(c.Variant) == ""
	switch {
	case strings.TrimSpace(c.Text) == "":
		return errors.New("text is empty")
	case c.Kind == KindLabel && c.Variant != "":
		return errors.New("variant of label is empty: one text has a label")
	case c.Kind != KindLabel && blank:
		return fmt.Errorf("variant is empty: %s compares it with text", c.Kind)
	case c.Variant == c.Text:
		return errors.New("variant is the same as text")
	}
	return nil
}

// holds reports whether what is heard in text and variant is as expected.
func (c *Case) holds(text, variant Prediction) bool {
	switch c.Kind {
	case KindSame:
		apart := text.Score - variant.Score
		return text.Label == variant.Label &&
			(len(c.Expect) == 0 || c.Expect[0] == text.Label) &&
			apart <= sameWithin+rounding && -apart <= sameWithin+rounding
	case KindUp:
		return variant.Score >= text.Score-againstWithin-rounding
	case KindDown:
		return variant.Score <= text.Score+againstWithin+rounding
	}
	return slices.Contains(c.Expect, text.Label) || text.Mixed && slices.Contains(c.Expect, Mixed)
}

// expected says what the case asks for, as people read it.
func (c *Case) expected() string {
	switch c.Kind {
	case KindSame:
		if len(c.Expect) > 0 {
			return fmt.Sprintf("both %s, scores within %g", c.Expect[0], sameWithin)
		}
		return fmt.Sprintf("the same label, scores within %g", sameWithin)
	case KindUp:
		return fmt.Sprintf("a variant no more than %g lower", againstWithin)
	case KindDown:
		return fmt.Sprintf("a variant no more than %g higher", againstWithin)
	}
	names := make([]string, len(c.Expect))
	for i, label := range c.Expect {
		names[i] = string(label)
	}
	return strings.Join(names, " or ")
}

// got says what was heard.
func (c *Case) got(text, variant Prediction) string {
	if c.Kind == KindLabel {
		return text.heard()
	}
	return text.heard() + ", then " + variant.heard()
}

func (p *Prediction) heard() string {
	mixed := ""
	if p.Mixed {
		mixed = " mixed"
	}
	return fmt.Sprintf("%s%s %+.2f", p.Label, mixed, p.Score)
}
