package taxonomy

import (
	"fmt"
	"strings"
)

// Error is what is wrong with a pack, and where.
type Error struct {
	File   string // as it was named, or "packs/NAME.yaml" of a built-in one
	Line   int    // from 1; 0 where the whole file is meant
	Column int    // in characters, from 1; 0 where the whole line is meant
	Msg    string // what is wrong and what to do, in one line
}

func (e *Error) Error() string { return place{e.File, e.Line, e.Column}.String() + ": " + e.Msg }

// place is a point in a pack's file.
type place struct {
	file         string
	line, column int
}

func (p place) String() string {
	var s strings.Builder
	s.WriteString(p.file)
	if p.line > 0 {
		fmt.Fprintf(&s, ":%d", p.line)
		if p.column > 0 {
			fmt.Fprintf(&s, ":%d", p.column)
		}
	}
	return s.String()
}

// errorf makes the Error of this place.
func (p place) errorf(format string, args ...any) *Error {
	return &Error{File: p.file, Line: p.line, Column: p.column, Msg: fmt.Sprintf(format, args...)}
}
