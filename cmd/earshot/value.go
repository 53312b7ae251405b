package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// plainValue makes of a scanned value of a ClickHouse type what prints as
// ClickHouse prints it: times without T and Z, numbers of any size as numbers,
// the rest as JSON has it.
func plainValue(v reflect.Value, typeName string) any {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		if n, ok := v.Interface().(*big.Int); ok {
			return json.Number(n.String())
		}
		v = v.Elem()
	}
	typeName = innermost(typeName)
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(timeLayout(typeName))
	case big.Int:
		return json.Number(x.String())
	case fmt.Stringer:
		if strings.HasPrefix(typeName, "Decimal") {
			return json.Number(x.String())
		}
		return x.String()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len()) // also of bytes, which are numbers here
		for i := range list {
			list[i] = finite(plainValue(v.Index(i), typeName))
		}
		return list
	case reflect.Map:
		object := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			object[fmt.Sprint(plainValue(key, ""))] = finite(plainValue(v.MapIndex(key), ""))
		}
		return object
	}
	return v.Interface()
}

// innermost is what is inside of Nullable, LowCardinality and Array.
func innermost(typeName string) string {
	for _, wrapper := range [...]string{"Array(", "Nullable(", "LowCardinality("} {
		if inner, ok := strings.CutPrefix(typeName, wrapper); ok {
			return innermost(inner)
		}
	}
	return typeName
}

func timeLayout(typeName string) string {
	const seconds = "2006-01-02 15:04:05"
	switch {
	case typeName == "", strings.HasPrefix(typeName, "Tuple"), strings.HasPrefix(typeName, "Map"):
		return seconds + ".999999999"
	case strings.HasPrefix(typeName, "DateTime64("):
		if digits := int(typeName[len("DateTime64(")] - '0'); digits > 0 && digits <= 9 {
			return seconds + "." + strings.Repeat("0", digits)
		}
		return seconds
	case strings.HasPrefix(typeName, "DateTime"):
		return seconds
	}
	return time.DateOnly
}

// finite is null for the numbers that JSON doesn't have.
func finite(v any) any {
	switch x := v.(type) {
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
	case float32:
		return finite32(x)
	}
	return v
}

func finite32(x float32) any {
	if finite(float64(x)) == nil {
		return nil
	}
	return x
}

// cell is a value in one cell of CSV: scalars as they are, the rest as JSON.
func cell(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case float64:
		return float(x, 64)
	case float32:
		return float(float64(x), 32)
	case []any, map[string]any:
		if b, err := encodeJSON(x); err == nil {
			return string(b)
		}
	}
	return fmt.Sprint(v)
}

// float writes a number in full, with an exponent only where it is far from 1.
func float(x float64, bits int) string {
	switch size := math.Abs(x); {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(x, 'f', -1, bits)), "+")
	case size != 0 && (size < 1e-6 || size >= 1e21):
		return strconv.FormatFloat(x, 'e', -1, bits)
	}
	return strconv.FormatFloat(x, 'f', -1, bits)
}

// tableCell is a value for people: as cell, but NULL is said and a number has
// four decimals at most.
func tableCell(v any) string {
	var x float64
	switch v := v.(type) {
	case nil:
		return "NULL"
	case float64:
		x = v
	case float32:
		x = float64(v)
	default:
		return cell(v)
	}
	if rounded := math.Round(x*1e4) / 1e4; rounded != 0 && !math.IsInf(rounded, 0) && math.Abs(x) >= 0.1 {
		return float(rounded, 64)
	}
	if x != 0 && math.Abs(x) < 0.1 {
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	return float(x, 64)
}

// encodeJSON leaves <, > and & as they are: what is printed is no web page.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
