package encoder

// Cleaned is a text after Clean, with the way back into the text as given.
type Cleaned struct {
	Text string

	from, to []int32 // of each byte of Text, the bytes it comes from; nil: from the same byte
}

// Source gives the bytes of the text as given that the bytes [start, end) of
// the cleaned one come from. What was replaced counts as a whole: any part of
// the words that stand for an emoji is the emoji.
func (c Cleaned) Source(start, end int) (int, int) {
	if c.from == nil {
		return start, end
	}
	if start >= end { // nothing, between two bytes
		if start < len(c.from) {
			return int(c.from[start]), int(c.from[start])
		}
		if start == 0 {
			return 0, 0
		}
		return int(c.to[start-1]), int(c.to[start-1])
	}
	return int(c.from[start]), int(c.to[end-1])
}

// draft is a text that is being rewritten, step by step.
type draft struct {
	text     string
	from, to []int32
}

// due are the steps that some byte of the text may begin, a bit each.
func (d *draft) due() (due uint16) {
	for i := range len(d.text) {
		due |= stepsAt[d.text[i]]
	}
	return due
}

// rewrite takes one of the steps and reports whether it changed anything.
// Nothing is copied before the first find.
func (d *draft) rewrite(bit int) bool {
	var text []byte
	var from, to []int32
	done := 0 // bytes of d.text that have been copied
	for i := 0; i < len(d.text); {
		if stepsAt[d.text[i]]>>bit&1 == 0 {
			i++
			continue
		}
		n, by := steps[bit].match(d.text, i)
		if n == 0 {
			i++
			continue
		}
		if text == nil {
			size := len(d.text) + len(d.text)/8 + len(by)
			text, from, to = make([]byte, 0, size), make([]int32, 0, size), make([]int32, 0, size)
		}
		text, from, to = d.keep(text, from, to, done, i)
		start, _ := d.span(i)
		_, end := d.span(i + n - 1)
		text = append(text, by...)
		for range len(by) {
			from, to = append(from, start), append(to, end)
		}
		i += n
		done = i
	}
	if text == nil {
		return false
	}
	text, from, to = d.keep(text, from, to, done, len(d.text))
	d.text, d.from, d.to = string(text), from, to
	return true
}

// keep copies the bytes [start, end) as they are.
func (d *draft) keep(text []byte, from, to []int32, start, end int) ([]byte, []int32, []int32) {
	text = append(text, d.text[start:end]...)
	if d.from != nil {
		return text, append(from, d.from[start:end]...), append(to, d.to[start:end]...)
	}
	for i := start; i < end; i++ {
		from, to = append(from, int32(i)), append(to, int32(i+1))
	}
	return text, from, to
}

// span is where a byte of the draft comes from.
func (d *draft) span(i int) (from, to int32) {
	if d.from == nil {
		return int32(i), int32(i + 1)
	}
	return d.from[i], d.to[i]
}

// cut leaves only the bytes [start, end).
func (d *draft) cut(start, end int) {
	if start == 0 && end == len(d.text) {
		return
	}
	if d.from == nil && start > 0 {
		_, d.from, d.to = d.keep(nil, nil, nil, 0, len(d.text))
	}
	d.text = d.text[start:end]
	if d.from != nil {
		d.from, d.to = d.from[start:end], d.to[start:end]
	}
}
