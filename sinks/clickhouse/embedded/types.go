package embedded

import (
	"fmt"
	"strconv"
	"strings"
)

// typeKind says how the values of a column lie in a Native block.
type typeKind int

const (
	kindFixed typeKind = iota // size bytes a value
	kindString
	kindNullable
	kindArray // also Map and Nested, which are arrays of tuples
	kindTuple
	kindLowCardinality
	kindVariant
	kindJSON
	kindNothing
)

// columnType is a column's type as far as its layout goes.
type columnType struct {
	kind typeKind
	size int // of kindFixed
	of   []*columnType
}

var fixedSizes = map[string]int{
	"Int8": 1, "Int16": 2, "Int32": 4, "Int64": 8, "Int128": 16, "Int256": 32,
	"UInt8": 1, "UInt16": 2, "UInt32": 4, "UInt64": 8, "UInt128": 16, "UInt256": 32,
	"Float32": 4, "Float64": 8, "BFloat16": 2, "Bool": 1,
	"Date": 2, "Date32": 4, "DateTime": 4, "DateTime32": 4, "DateTime64": 8, "Time": 4, "Time64": 8,
	"UUID": 16, "IPv4": 4, "IPv6": 16, "Enum8": 1, "Enum16": 2,
	"Decimal32": 4, "Decimal64": 8, "Decimal128": 16, "Decimal256": 32,
	"IntervalNanosecond": 8, "IntervalMicrosecond": 8, "IntervalMillisecond": 8, "IntervalSecond": 8,
	"IntervalMinute": 8, "IntervalHour": 8, "IntervalDay": 8, "IntervalWeek": 8,
	"IntervalMonth": 8, "IntervalQuarter": 8, "IntervalYear": 8,
}

// aliases are types that are stored as other types.
var aliases = map[string]string{
	"Point":           "Tuple(Float64, Float64)",
	"Ring":            "Array(Tuple(Float64, Float64))",
	"LineString":      "Array(Tuple(Float64, Float64))",
	"Polygon":         "Array(Array(Tuple(Float64, Float64)))",
	"MultiLineString": "Array(Array(Tuple(Float64, Float64)))",
	"MultiPolygon":    "Array(Array(Array(Tuple(Float64, Float64))))",
}

const maxTypeDepth = 64

// parseType reads a type's name as the engine writes it.
func parseType(name string) (*columnType, error) { return parseTypeAt(name, 0) }

func parseTypeAt(name string, depth int) (*columnType, error) {
	if depth > maxTypeDepth {
		return nil, fmt.Errorf("type %s is nested too deeply", clip(name, 80))
	}
	name = strings.TrimSpace(name)
	if a, ok := aliases[name]; ok {
		return parseTypeAt(a, depth)
	}
	base, inside := name, ""
	if i := strings.IndexByte(name, '('); i >= 0 {
		if !strings.HasSuffix(name, ")") {
			return nil, fmt.Errorf("type %s is not complete", clip(name, 80))
		}
		base, inside = name[:i], name[i+1:len(name)-1]
	}
	if n, ok := fixedSizes[base]; ok {
		return &columnType{kind: kindFixed, size: n}, nil
	}
	switch base {
	case "String":
		return &columnType{kind: kindString}, nil
	case "Nothing":
		return &columnType{kind: kindNothing}, nil
	case "FixedString":
		n, err := strconv.Atoi(inside)
		if err != nil || n <= 0 || n > 1<<24 {
			return nil, fmt.Errorf("type %s has no length", clip(name, 80))
		}
		return &columnType{kind: kindFixed, size: n}, nil
	case "Decimal":
		p, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(inside, ",", 2)[0]))
		switch {
		case err != nil || p < 1 || p > 76:
			return nil, fmt.Errorf("type %s has no precision", clip(name, 80))
		case p <= 9:
			return &columnType{kind: kindFixed, size: 4}, nil
		case p <= 18:
			return &columnType{kind: kindFixed, size: 8}, nil
		case p <= 38:
			return &columnType{kind: kindFixed, size: 16}, nil
		}
		return &columnType{kind: kindFixed, size: 32}, nil
	case "JSON":
		return &columnType{kind: kindJSON}, nil
	}
	args := splitArguments(inside)
	var kind typeKind
	switch base {
	case "Nullable", "Array", "LowCardinality":
		if len(args) != 1 {
			return nil, fmt.Errorf("type %s takes one argument", clip(name, 80))
		}
		kind = map[string]typeKind{"Nullable": kindNullable, "Array": kindArray, "LowCardinality": kindLowCardinality}[base]
	case "SimpleAggregateFunction":
		if len(args) < 2 {
			return nil, fmt.Errorf("type %s takes two arguments", clip(name, 80))
		}
		return parseTypeAt(args[1], depth+1)
	case "Tuple", "Map", "Nested":
		kind = kindTuple
		for i := range args {
			args[i] = withoutName(args[i])
		}
		if base == "Map" && len(args) != 2 {
			return nil, fmt.Errorf("type %s takes two arguments", clip(name, 80))
		}
	case "Variant":
		kind = kindVariant
	default:
		return nil, fmt.Errorf("type %s cannot be sent in this protocol", clip(name, 80))
	}
	t := &columnType{kind: kind}
	for _, a := range args {
		inner, err := parseTypeAt(a, depth+1)
		if err != nil {
			return nil, err
		}
		t.of = append(t.of, inner)
	}
	if kind == kindLowCardinality && t.of[0].kind == kindNullable {
		// The dictionary holds the bare values; its first entry stands
		// for NULL.
		t.of[0] = t.of[0].of[0]
	}
	if base == "Map" || base == "Nested" {
		t = &columnType{kind: kindArray, of: []*columnType{t}}
	}
	return t, nil
}

// splitArguments cuts "a, b(c, d), 'e,f'" at its outer commas.
func splitArguments(s string) []string {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	var out []string
	l := lexer{s: s}
	start, depth := 0, 0
	for t := l.next(); t.kind != tokenEnd; t = l.next() {
		if t.kind != tokenSymbol {
			continue
		}
		switch s[t.start:t.end] {
		case "(":
			depth++
		case ")":
			depth--
		case ",":
			if depth == 0 {
				out = append(out, s[start:t.start])
				start = t.end
			}
		}
	}
	return append(out, s[start:])
}

// withoutName turns a named element, "a UInt8" or "`a b` UInt8", into its
// type.
func withoutName(s string) string {
	l := lexer{s: s}
	first, second := l.next(), l.next()
	if (first.kind == tokenWord || first.kind == tokenQuotedName) && second.kind == tokenWord {
		return s[second.start:]
	}
	return s
}
