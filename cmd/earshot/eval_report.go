package main

import (
	"fmt"

	"earshot/nlp/eval"
	"earshot/pipeline/files"
)

// shownLines is how many bad lines of a file are named.
const shownLines = 10

// shownName is what messages call a file.
func shownName(name string) string {
	if name == files.Stdin {
		return "standard input"
	}
	return name
}

// reportLines says what is wrong with lines of a file; of one that is not what
// it should be at all, not with every line.
func (e *evalCommand) reportLines(name string, bad []*eval.LineError) {
	for i, line := range bad {
		if i == shownLines {
			e.report(fmt.Errorf("%s: %d more lines that cannot be read", name, len(bad)-shownLines))
			return
		}
		e.report(line)
	}
}

// report says on standard error what is wrong, each error on a line.
func (e *evalCommand) report(err error) {
	e.failed = true
	// Not errors.As: a joined error inside of another belongs to what that one says.
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range several.Unwrap() {
			e.report(err)
		}
		return
	}
	fmt.Fprintln(e.std.err, "earshot: "+oneLine(err))
}
