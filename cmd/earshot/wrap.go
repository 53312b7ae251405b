package main

import (
	"io"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// style is what is printed before and after a piece of text, and before and after
// each of its words: a colour must not run on into the next line's indent.
type style struct{ piece, word [2]string }

// wrapping prints words in lines of a width, with an indent before each but the
// first. White space becomes one blank, line breaks stay.
type wrapping struct {
	out            io.Writer
	width, indent  int // width 0: lines are as long as they are
	column         int
	word           strings.Builder // that has not ended: "crash" of one piece, "." of the next
	wide           int             // the word's width
	blank, started bool
}

// write prints a piece of text.
func (w *wrapping) write(s string, how style) {
	w.add(how.piece[0])
	for s != "" {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		if end > 0 {
			w.word.WriteString(how.word[0])
			w.add(s[:end])
			w.word.WriteString(how.word[1])
			s = s[end:]
			continue
		}
		rest := strings.TrimLeftFunc(s, unicode.IsSpace)
		w.flush()
		w.blank = true
		if strings.Contains(s[:len(s)-len(rest)], "\n") && w.started {
			w.newLine()
		}
		s = rest
	}
	w.add(how.piece[1])
}

func (w *wrapping) add(s string) {
	w.word.WriteString(s)
	w.wide += uniseg.StringWidth(s)
}

// flush prints the word that has ended.
func (w *wrapping) flush() {
	if w.word.Len() == 0 {
		return
	}
	if w.width > 0 && w.column > w.indent && w.column+1+w.wide > w.width {
		w.newLine()
	}
	if w.blank && w.started && w.column > w.indent {
		_, _ = io.WriteString(w.out, " ")
		w.column++
	}
	_, _ = io.WriteString(w.out, w.word.String())
	w.column += w.wide
	w.word.Reset()
	w.wide, w.blank, w.started = 0, false, true
}

func (w *wrapping) newLine() {
	_, _ = io.WriteString(w.out, "\n"+strings.Repeat(" ", w.indent))
	w.column = w.indent
}

// end prints what is left, and ends the line.
func (w *wrapping) end() {
	w.flush()
	_, _ = io.WriteString(w.out, "\n")
}
