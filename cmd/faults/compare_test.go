//go:build faults

package faults

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// moment is how the store writes a time.
const moment = "2006-01-02 15:04:05.000"

// differs says where what was read differs from what must be there; empty: nowhere.
// Numbers were read with their digits.
func differs(at string, want, got any) string {
	equal := false
	switch want := want.(type) {
	case row:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			break
		}
		for key, value := range want {
			if d := differs(at+"."+key, value, object[key]); d != "" {
				return d
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			break
		}
		for i, value := range want {
			if d := differs(fmt.Sprintf("%s[%d]", at, i), value, list[i]); d != "" {
				return d
			}
		}
		return ""
	case time.Time:
		equal = got == want.UTC().Format(moment)
	case int64:
		equal = fmt.Sprint(got) == strconv.FormatInt(want, 10)
	case float32:
		number, err := strconv.ParseFloat(fmt.Sprint(got), 32)
		equal = err == nil && float32(number) == want
	case float64:
		number, err := strconv.ParseFloat(fmt.Sprint(got), 64)
		equal = err == nil && math.Abs(number-want) < 1e-9
	default:
		equal = want == got
	}
	if equal {
		return ""
	}
	return fmt.Sprintf("%s is %s, must be %s", at, short(got), short(want))
}

func short(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(text) > 300 {
		return string(text[:300]) + " …"
	}
	return string(text)
}

// keyOf is the identity of a row, by some of its columns.
func keyOf(r map[string]any, columns []string) string {
	parts := make([]string, len(columns))
	for i, column := range columns {
		switch v := r[column].(type) {
		case time.Time:
			parts[i] = v.UTC().Format(moment)
		default:
			parts[i] = fmt.Sprint(v)
		}
	}
	return strings.Join(parts, " | ")
}

// difference is what compare has found.
type difference struct {
	missing, extra, wrong int
}

// compare compares the rows of a view with those that it must have: each has a
// counterpart with the same key, and equal columns. ignored are columns that nobody
// can foresee. say gets each difference in words.
func compare(view string, key, ignored []string, want []row, got []map[string]any, say func(string, ...any)) (d difference) {
	wanted := map[string][]row{}
	for _, r := range want {
		k := keyOf(r, key)
		wanted[k] = append(wanted[k], r)
	}
	for _, r := range got {
		k := keyOf(r, key)
		for _, column := range ignored {
			delete(r, column)
		}
		candidates := wanted[k]
		if len(candidates) == 0 {
			d.extra++
			say("%s: extra row %s", view, k)
			continue
		}
		at := slices.IndexFunc(candidates, func(c row) bool { return differs("", c, r) == "" })
		if at < 0 {
			d.wrong++
			at = 0
			said := differs("", candidates[0], r)
			for column := range r {
				if _, known := candidates[0][column]; !known {
					said = "the oracle does not know the column " + column
				}
			}
			for column := range candidates[0] {
				if _, there := r[column]; !there {
					said = "the view has no column " + column
				}
			}
			say("%s: row %s: %s", view, k, said)
		}
		wanted[k] = slices.Delete(candidates, at, at+1)
	}
	for k, left := range wanted {
		d.missing += len(left)
		if len(left) > 0 {
			say("%s: missing row %s", view, k)
		}
	}
	return d
}
