package decode

// flags is a set of the marks that a mended item carries.
type flags uint8

// The marks, in the order of their names, which is the order in which an item
// lists them.
const (
	attributesCut flags = 1 << iota
	fieldCut
	invalidUTF8
	nulRemoved
	textCut
	unknownStage
)

var flagNames = [...]string{"attributes_cut", "field_cut", "invalid_utf8", "nul_removed", "text_cut", "unknown_stage"}

// names returns the names of the set's marks, sorted; nil for none.
func (f flags) names() []string {
	var names []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}
