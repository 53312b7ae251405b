package decode

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

// literal returns the digits of a field that is a number or a string of one;
// ok is false where the field is not there, is blank, or is neither (which
// rejects the item).
func (it *item) literal(f field) (digits string, ok bool) {
	v := it.fields[f]
	switch v.Type {
	case gjson.Null:
		return "", false
	case gjson.Number:
		return v.Raw, true
	case gjson.String:
		digits = strings.TrimSpace(v.Str)
		if digits == "" {
			return "", false
		}
		// What Go's parser also reads: hexadecimal and underscores.
		if !strings.ContainsAny(digits, "xX_") {
			if _, err := strconv.ParseFloat(digits, 64); !errors.Is(err, strconv.ErrSyntax) {
				return digits, true
			}
		}
	}
	it.reject(pipeline.ReasonWrongType, "%s: found %s, expected a number", f, shown(v))
	return "", false
}

// number returns a field as a finite number within low…high, or nil where it
// is not there. scale is how messages put the bounds.
func (it *item) number(f field, low, high float64, scale string) *float64 {
	digits, ok := it.literal(f)
	if !ok {
		return nil
	}
	// Out of float64's range gives ±Inf, which no scale holds; so does NaN.
	n, _ := strconv.ParseFloat(digits, 64)
	if !(n >= low && n <= high) {
		it.reject(pipeline.ReasonOutOfRange, "%s: %s is outside %s", f, bare(digits), scale)
		return nil
	}
	return &n
}

// whole returns a field as a whole number ≥ 0, or nil where it is not there.
func (it *item) whole(f field) *int64 {
	digits, ok := it.literal(f)
	if !ok {
		return nil
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		// 4.0 and 1e3 are whole too.
		float, _ := strconv.ParseFloat(digits, 64)
		if !(math.Abs(float) < 1<<53) || float != math.Trunc(float) {
			n = -1
		} else {
			n = int64(float)
		}
	}
	if n < 0 {
		it.reject(pipeline.ReasonOutOfRange, "%s: %s is not a whole number from 0 on", f, bare(digits))
		return nil
	}
	return &n
}

// defaultRatingMax is the scale of a rating that names none.
const defaultRatingMax = 5

// readScores reads rating, NPS, CSAT and CES.
func (it *item) readScores() {
	out := &it.out
	// Scales and ratings are stored in 32 bits: neither end may be lost there.
	out.RatingMax = it.number(fieldRatingMax, math.SmallestNonzeroFloat32, math.MaxFloat32, "0 (exclusive) … 3.4e38")
	scale := float64(defaultRatingMax)
	named := ""
	if out.RatingMax != nil {
		scale = *out.RatingMax
	} else {
		named = " (no rating_max is given)"
	}
	if digits, ok := it.literal(fieldRating); ok {
		n, _ := strconv.ParseFloat(digits, 64)
		if !(n >= 0 && n <= scale) {
			it.reject(pipeline.ReasonOutOfRange, "rating: %s is outside 0…%s%s",
				bare(digits), strconv.FormatFloat(scale, 'g', -1, 64), named)
			return
		}
		out.Rating, out.RatingMax = &n, &scale
	}
	out.NPS = it.number(fieldNPS, 0, 10, "0…10")
	if out.NPS != nil && *out.NPS != math.Trunc(*out.NPS) {
		it.reject(pipeline.ReasonOutOfRange, "nps: %g is not one of the whole numbers 0…10", *out.NPS)
	}
	out.CSAT = it.number(fieldCSAT, 1, 5, "1…5")
	out.CES = it.number(fieldCES, 1, 7, "1…7")
}
