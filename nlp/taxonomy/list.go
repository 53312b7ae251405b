package taxonomy

// Pack is a pack as lists show it.
type Pack struct {
	Name        string   `json:"name"`
	Version     int      `json:"version"`
	Description string   `json:"description"`
	File        string   `json:"file"` // "packs/NAME.yaml" of a built-in one
	Extends     []string `json:"extends"`
	Topics      int      `json:"topics"`  // that it defines or adds to
	Signals     int      `json:"signals"` // likewise
	Rules       int      `json:"rules"`
}

// Packs are all packs that were read, those extended before those that extend them.
func (t *Taxonomy) Packs() []Pack {
	var all []Pack
	for _, p := range t.packs {
		shown := Pack{Name: p.name, Version: p.version, Description: p.description, File: p.file, Extends: []string{}, Topics: len(p.topics), Signals: len(p.signals)}
		for _, e := range p.extends {
			shown.Extends = append(shown.Extends, e.value)
		}
		for _, entries := range [][]entry{p.topics, p.signals} {
			for _, e := range entries {
				shown.Rules += len(e.include) + len(e.exclude)
			}
		}
		all = append(all, shown)
	}
	return all
}

// Definition is a topic or signal with its rules and examples, as all packs
// together define it.
type Definition struct {
	Kind       string   `json:"kind"`
	Name       string   `json:"name"` // of a signal with its kind: "urgency.legal_threat"
	Label      string   `json:"label"`
	Stage      string   `json:"stage,omitempty"`
	Touchpoint string   `json:"touchpoint,omitempty"`
	Pack       string   `json:"pack"` // that defined it first
	Include    []Rule   `json:"include"`
	Exclude    []Rule   `json:"exclude"`
	Yes        []string `json:"yes"`
	No         []string `json:"no"`
}

// Rule is a rule as it is written.
type Rule struct {
	ID   string `json:"id"` // "core@1/billing/1"
	Text string `json:"rule"`
}

// Definitions are all topics, then all signals, each sorted by name.
func (t *Taxonomy) Definitions() []Definition {
	var all []Definition
	for i := range t.definitions {
		d := &t.definitions[i]
		shown := Definition{
			Kind: d.kind.String(), Name: d.key, Label: d.topic.Label, Stage: d.topic.Stage, Touchpoint: d.topic.Touchpoint,
			Pack: d.topic.Pack, Include: []Rule{}, Exclude: []Rule{}, Yes: []string{}, No: []string{},
		}
		for _, s := range d.rules {
			rule := Rule{s.name, s.text.value}
			if s.exclude {
				shown.Exclude = append(shown.Exclude, rule)
			} else {
				shown.Include = append(shown.Include, rule)
			}
		}
		for _, e := range d.yes {
			shown.Yes = append(shown.Yes, e.value)
		}
		for _, e := range d.no {
			shown.No = append(shown.No, e.value)
		}
		all = append(all, shown)
	}
	return all
}
