package simulate

import (
	"bytes"
	"math/rand/v2"
)

// tidy mends the seams of what was put together, in place: no double or
// leading spaces, sentences begin with a capital.
func tidy(text []byte) []byte {
	out := text[:0]
	begin := true
	for i, b := range text {
		if b == ' ' && (len(out) == 0 || out[len(out)-1] == ' ' || out[len(out)-1] == '\n') {
			continue
		}
		if (b == '.' || b == ',') && len(out) > 0 && out[len(out)-1] == ' ' && (i+1 == len(text) || text[i+1] == ' ') {
			out = out[:len(out)-1]
		}
		// A question mark ends a sentence that was to end with a full stop.
		if b == '.' && len(out) > 0 && (out[len(out)-1] == '?' || out[len(out)-1] == '!') {
			continue
		}
		if begin && 'a' <= b && b <= 'z' {
			b -= 'a' - 'A'
		}
		if b == '\n' {
			begin = true
		} else if b != ' ' {
			begin = b == '.' && (i+1 == len(text) || text[i+1] == ' ') || b == '?' || b == '!'
		}
		out = append(out, b)
	}
	return bytes.TrimRight(out, " \n")
}

func capitalise(word []byte) {
	if len(word) > 0 && 'a' <= word[0] && word[0] <= 'z' {
		word[0] -= 'a' - 'A'
	}
}

// lower writes as people do who never press shift, in place. Only ASCII: what
// an ä becomes doesn't matter here.
func lower(text []byte) {
	for i, b := range text {
		if 'A' <= b && b <= 'Z' {
			text[i] = b + 'a' - 'A'
		}
	}
}

func upper(text []byte) {
	for i, b := range text {
		if 'a' <= b && b <= 'z' {
			text[i] = b - ('a' - 'A')
		}
	}
}

func letter(b byte) bool { return 'a' <= b && b <= 'z' }

// mistype slips on the keys: in a thousand letters, sloppy of them change
// places or go missing. Only between ASCII letters, so UTF-8 stays valid, and
// never in an address or a number. It returns how often.
func mistype(text []byte, r *rand.Rand, sloppy uint8) ([]byte, int) {
	if sloppy == 0 || len(text) < 8 {
		return text, 0
	}
	slips := 0
	step := 2000 / int(sloppy)
	for i := 2 + r.IntN(step); i < len(text)-2; i += 1 + r.IntN(step) {
		if !letter(text[i-1]) || !letter(text[i]) || !letter(text[i+1]) || inAddress(text, i) {
			continue
		}
		switch r.IntN(3) {
		case 0:
			text[i], text[i+1] = text[i+1], text[i]
		case 1:
			text = append(text[:i], text[i+1:]...)
		default:
			text = append(text, 0)
			copy(text[i+1:], text[i:])
		}
		slips++
	}
	return text, slips
}

func inAddress(text []byte, i int) bool {
	start := bytes.LastIndexByte(text[:i], ' ') + 1
	end := bytes.IndexByte(text[i:], ' ')
	if end < 0 {
		end = len(text) - i
	}
	return bytes.ContainsAny(text[start:i+end], "@#/")
}

// unpunctuated drops apostrophes and the last full stop, as thumbs do.
func unpunctuated(text []byte) []byte {
	out := text[:0]
	for _, b := range text {
		if b != '\'' {
			out = append(out, b)
		}
	}
	return bytes.TrimSuffix(out, []byte("."))
}
