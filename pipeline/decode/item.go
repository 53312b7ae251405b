package decode

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

// item is one item of feedback while it is read. The first rejection stays;
// what is read after it is thrown away.
type item struct {
	fields    [fieldCount]gjson.Result // as they stand in the record; the zero Result where there is none
	extras    []extra
	out       pipeline.Feedback
	marks     flags
	rejection *pipeline.Rejection
}

func (it *item) reject(reason pipeline.Reason, format string, args ...any) {
	if it.rejection == nil {
		it.rejection = pipeline.Rejectf(reason, format, args...)
	}
}

func (it *item) flag(f flags) { it.marks |= f }

// read fills it.out from the gathered fields. arrived is the time of an item
// that says none.
func (it *item) read(d *Decoder, arrived time.Time) {
	out := &it.out
	out.ID = it.readID()
	out.Source = it.readSource(d.name)
	if version := it.whole(fieldVersion); version != nil {
		out.Version = *version
	}
	if out.Deleted = it.readDeleted(); out.Deleted {
		// The rest of a withdrawn item is not looked at: it must neither keep
		// the withdrawal from happening nor be kept itself.
		out.Channel = d.channelOf(it)
		it.readCreatedAt(arrived)
		return
	}
	it.readTurns()
	out.Channel = d.channelOf(it)
	it.readCreatedAt(arrived)
	it.readText()
	it.readScores()
	it.readCustomer()
	it.readTargets()
	out.Title = it.str(fieldTitle)
	out.Product = it.label(fieldProduct)
	out.Location = it.label(fieldLocation)
	out.ReplyTo = it.label(fieldReplyTo)
	out.Touchpoint = it.str(fieldTouchpoint)
	out.URL = it.str(fieldURL)
	out.Platform = it.str(fieldPlatform)
	out.Likes = it.whole(fieldLikes)
	out.Shares = it.whole(fieldShares)
	out.Stage = it.readStage()
	out.Language = it.readLanguage()
	if out.Text == "" && !out.Scored() {
		it.reject(pipeline.ReasonNoContent, "the record has no text, no messages with text, and no rating, nps, csat or ces")
	}
	it.readAttributes()
	out.Flags = it.marks.names()
}

// text returns a string value mended and cut to limit; over is the mark of a
// cut one.
func (it *item) text(v gjson.Result, limit int, over flags) string {
	s, marks := clean(v)
	it.flag(marks)
	if len(s) > limit {
		it.flag(over)
		s = cut(s, limit)
	}
	return s
}

// fieldString is text for a string that is not a JSON value's own.
func (it *item) fieldString(s string, over flags) string {
	return it.text(gjson.Result{Str: s}, maxFieldBytes, over)
}

// str returns a field that is a string.
func (it *item) str(f field) string {
	v := it.fields[f]
	switch v.Type {
	case gjson.Null:
		return ""
	case gjson.String:
		return it.text(v, maxFieldBytes, fieldCut)
	}
	it.reject(pipeline.ReasonWrongType, "%s: found %s, expected a string", f, shown(v))
	return ""
}

// label returns a field that is a string or, as ids of products and places
// often are, a number; a number keeps its digits.
func (it *item) label(f field) string {
	if v := it.fields[f]; v.Type == gjson.Number {
		return it.fieldString(v.Raw, fieldCut)
	}
	return it.str(f)
}

// demote keeps the value of a known field that cannot be used there as an
// attribute of the same name.
func (it *item) demote(f field) {
	it.extras = append(it.extras, extra{f.String(), it.fields[f]})
}

// readText reads the text. Where messages have made a transcript the text,
// often their summary, is kept as an attribute.
func (it *item) readText() {
	v := it.fields[fieldText]
	switch {
	case v.Type == gjson.Null || isBlank(v):
	case v.Type != gjson.String:
		it.reject(pipeline.ReasonWrongType, "text: found %s, expected a string", shown(v))
	case it.out.Text != "":
		it.demote(fieldText)
	default:
		it.out.Text = it.text(v, pipeline.MaxTextBytes, textCut)
		if strings.TrimSpace(it.out.Text) == "" { // it was blanks and NULs
			it.out.Text = ""
		}
	}
}

// readCreatedAt takes the record's own time, else that of its first turn, else
// the time it arrived.
func (it *item) readCreatedAt(arrived time.Time) {
	t := it.readTime(it.fields[fieldCreatedAt], "created_at", -1)
	if t.IsZero() {
		t = it.firstTurnTime()
	}
	if t.IsZero() {
		t = arrived.UTC().Truncate(time.Millisecond)
		if !timeAllowed(t) {
			it.reject(pipeline.ReasonInvalidTime, "created_at is missing and the record's own timestamp, %s, is outside 1970-01-01 … 2199-12-31", t.Format(time.RFC3339))
		}
	}
	it.out.CreatedAt = t
}

// readTime reads a time, zero where there is none. n is the number of the
// message it belongs to, -1 if it belongs to none.
func (it *item) readTime(v gjson.Result, name string, n int) time.Time {
	if v.Type == gjson.Null || isBlank(v) {
		return time.Time{}
	}
	if v.Type != gjson.String && v.Type != gjson.Number {
		it.reject(pipeline.ReasonWrongType, "%s: found %s, expected a time", timeName(name, n), shown(v))
		return time.Time{}
	}
	t, problem := moment(v)
	if problem != "" {
		it.reject(pipeline.ReasonInvalidTime, "%s: %s", timeName(name, n), problem)
	}
	return t
}
