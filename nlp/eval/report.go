package eval

import "context"

// Report says which behaviours of a Suite hold.
type Report struct {
	Tally
	Capabilities []CapabilityReport `json:"capabilities"`
}

// Tally counts cases.
type Tally struct {
	Cases  int `json:"cases"`
	Passed int `json:"passed"`
}

func (t *Tally) add(holds bool) {
	t.Cases++
	t.Passed += one(holds)
}

// CapabilityReport is what holds of one capability.
type CapabilityReport struct {
	Capability string `json:"capability"`
	Tally
	Kinds    []KindReport `json:"kinds"` // those that occur
	Failures []Failure    `json:"failures"`
}

// KindReport counts the cases of one kind.
type KindReport struct {
	Kind Kind `json:"kind"`
	Tally
}

// Failure is a case that does not hold.
type Failure struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Kind     Kind   `json:"kind"`
	Expected string `json:"expected"`
	Got      string `json:"got"` // labels and scores
	Text     string `json:"text"`
	Variant  string `json:"variant,omitempty"`
}

// Run says which behaviours hold for c.
func (s Suite) Run(ctx context.Context, c Classifier) (*Report, error) {
	var texts []Text
	for _, capability := range s {
		for i := range capability.Cases {
			c := &capability.Cases[i]
			texts = append(texts, Text{Text: c.Text})
			if c.Kind != KindLabel {
				texts = append(texts, Text{Text: c.Variant})
			}
		}
	}
	predictions, err := classify(ctx, c, texts)
	if err != nil {
		return nil, err
	}
	next := func() Prediction {
		p := predictions[0]
		predictions = predictions[1:]
		return p
	}
	report := &Report{}
	for _, capability := range s {
		of := CapabilityReport{Capability: capability.Name, Failures: []Failure{}}
		tallies := map[Kind]*Tally{}
		for _, kind := range kinds {
			tallies[kind] = &Tally{}
		}
		for i := range capability.Cases {
			c := &capability.Cases[i]
			text, variant := next(), Prediction{}
			if c.Kind != KindLabel {
				variant = next()
			}
			holds := c.holds(text, variant)
			for _, t := range [...]*Tally{&report.Tally, &of.Tally, tallies[c.Kind]} {
				t.add(holds)
			}
			if !holds {
				of.Failures = append(of.Failures, Failure{
					File: c.File, Line: c.Line, Kind: c.Kind,
					Expected: c.expected(), Got: c.got(text, variant),
					Text: c.Text, Variant: c.Variant,
				})
			}
		}
		for _, kind := range kinds {
			if tallies[kind].Cases > 0 {
				of.Kinds = append(of.Kinds, KindReport{kind, *tallies[kind]})
			}
		}
		report.Capabilities = append(report.Capabilities, of)
	}
	return report, nil
}
