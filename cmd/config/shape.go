package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// checkShape reports the first key of a document that the type of like does not
// have, or value that is of another kind than its field, by line and path. What
// is left empty ("dashboard:") it makes empty, which the library would take for
// not there, and so for the default.
func checkShape(node ast.Node, like any) error {
	return checkNode(node, reflect.TypeOf(like), "")
}

func checkNode(node ast.Node, t reflect.Type, path string) error {
	switch n := node.(type) {
	case *ast.AnchorNode:
		return checkNode(n.Value, t, path)
	case *ast.TagNode:
		return checkNode(n.Value, t, path)
	case *ast.NullNode, *ast.AliasNode, nil: // an alias is checked where its anchor is
		return nil
	}
	want := wanted(t)
	if !want.fits(node) {
		if path == "" {
			path = "the configuration"
		}
		return fmt.Errorf("line %d: %s: %s is not %s", line(node), path, described(node), want.name)
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, entry := range n.Values {
			if err := checkEntry(entry, t, path); err != nil {
				return err
			}
		}
	case *ast.MappingValueNode:
		return checkEntry(n, t, path)
	case *ast.SequenceNode:
		if t.Kind() != reflect.Slice {
			return nil
		}
		for i, value := range n.Values {
			if err := checkNode(value, t.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkEntry(entry *ast.MappingValueNode, t reflect.Type, path string) error {
	if t.Kind() != reflect.Struct {
		return nil // a mapping of feedback fields says itself which it knows
	}
	if _, merge := entry.Key.(*ast.MergeKeyNode); merge {
		return checkNode(entry.Value, t, path)
	}
	key := entry.Key.GetToken().Value
	at := join(path, key)
	fields := fieldsOf(t)
	i := slices.IndexFunc(fields, func(f reflect.StructField) bool { return yamlName(f) == key })
	if i < 0 {
		return fmt.Errorf("line %d: unknown key %s; did you mean %s?", line(entry), at, nearestKey(key, path, fields))
	}
	if _, null := entry.Value.(*ast.NullNode); null {
		entry.Value = emptied(entry.Value, fields[i].Type)
	}
	return checkNode(entry.Value, fields[i].Type, at)
}

// emptied returns an empty text or list for a null where a field wants one.
func emptied(null ast.Node, t reflect.Type) ast.Node {
	empty := token.New("", "", null.GetToken().Position)
	switch {
	case t.Kind() == reflect.String:
		return ast.String(empty)
	case t.Kind() == reflect.Slice, t == reflect.TypeFor[Brokers]():
		return ast.Sequence(empty, true)
	}
	return null
}

// nearestKey is the path of the field that is spelt most like key, but for a key
// that is only in the wrong section the path to the right one.
func nearestKey(key, path string, fields []reflect.StructField) string {
	for _, section := range fieldsOf(reflect.TypeFor[Config]()) {
		for _, f := range fieldsOf(section.Type) {
			if yamlName(f) == key {
				return join(yamlName(section), key)
			}
		}
	}
	return join(path, yamlName(slices.MinFunc(fields, func(a, b reflect.StructField) int {
		return levenshtein.ComputeDistance(key, yamlName(a)) - levenshtein.ComputeDistance(key, yamlName(b))
	})))
}

// fieldsOf lists the fields of a struct that a file can set.
func fieldsOf(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Brokers]() {
		return nil
	}
	for i := range t.NumField() {
		if yamlName(t.Field(i)) != "-" {
			fields = append(fields, t.Field(i))
		}
	}
	return fields
}

func yamlName(f reflect.StructField) string { return f.Tag.Get("yaml") }

func join(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }

// line is where a node begins; a mapping's own token is the first colon in it.
func line(node ast.Node) int {
	switch n := node.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return line(n.Values[0])
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken().Position.Line
	}
	return node.GetToken().Position.Line
}

// described shows a value that is wrong: a scalar as it stands, others by kind.
func described(node ast.Node) string {
	switch n := node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a section of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.LiteralNode:
		return strconv.Quote(n.Value.Value)
	case *ast.StringNode:
		return strconv.Quote(n.Value)
	}
	return node.GetToken().Value
}

// kind of value that a field takes.
type kind struct {
	name string
	fits func(ast.Node) bool
}

func wanted(t reflect.Type) kind {
	scalar := func(valid func(string) bool) func(ast.Node) bool {
		return func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.StringNode:
				return valid(n.Value)
			case *ast.LiteralNode:
				return valid(n.Value.Value)
			case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
				return valid(n.GetToken().Value)
			}
			return false
		}
	}
	switch {
	case t == reflect.TypeFor[Brokers]():
		return kind{"a list of host:port, or " + Embedded, func(n ast.Node) bool {
			return isList(n) || scalar(func(string) bool { return true })(n)
		}}
	case t == reflect.TypeFor[time.Duration]():
		return kind{"a duration such as 1s or 500ms", scalar(func(s string) bool {
			_, err := time.ParseDuration(s)
			return err == nil
		})}
	}
	switch t.Kind() {
	case reflect.Int:
		return kind{"a whole number", scalar(func(s string) bool {
			_, err := strconv.Atoi(s)
			return err == nil
		})}
	case reflect.Float64:
		return kind{"a number", scalar(func(s string) bool {
			_, err := strconv.ParseFloat(s, 64)
			return err == nil
		})}
	case reflect.Bool:
		return kind{"true or false", scalar(func(s string) bool { return s == "true" || s == "false" })}
	case reflect.Slice:
		return kind{"a list: write [a, b]", isList}
	case reflect.String:
		return kind{"a text", scalar(func(string) bool { return true })}
	}
	return kind{"a section of keys", func(n ast.Node) bool {
		switch n.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			return true
		}
		return false
	}}
}

func isList(n ast.Node) bool {
	_, list := n.(*ast.SequenceNode)
	return list
}
