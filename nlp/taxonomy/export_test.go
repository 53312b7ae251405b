package taxonomy

// LoadAlone is Load without the built-in signals.
func LoadAlone(names ...string) (*Taxonomy, error) {
	return newTaxonomy(&loader{alone: true}, names)
}

// Inflections are the forms of a word.
func Inflections(word string) []string { return inflections(word) }

// ParseRule parses a rule.
func ParseRule(rule string) error {
	_, err := parseRule(text{rule, place{"fuzz", 1, 1}}, "t")
	return err
}

// ReadPack reads a pack's bytes.
func ReadPack(data []byte) error {
	_, err := readPack("fuzz.yaml", data)
	return err
}
