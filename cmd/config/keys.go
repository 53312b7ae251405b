package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
)

// checkKeys reports the first key of the document that the type of like does
// not have, with the nearest one that it has.
func checkKeys(node ast.Node, like any) error {
	return checkNode(node, reflect.TypeOf(like), "")
}

func checkNode(node ast.Node, t reflect.Type, path string) error {
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
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Brokers]() {
		return nil
	}
	key := entry.Key.GetToken().Value
	at := strings.TrimPrefix(path+"."+key, ".")
	known := map[string]reflect.Type{}
	var names []string
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "-" {
			known[name] = t.Field(i).Type
			names = append(names, name)
		}
	}
	field, ok := known[key]
	if !ok {
		nearest := slices.MinFunc(names, func(a, b string) int {
			return levenshtein.ComputeDistance(key, a) - levenshtein.ComputeDistance(key, b)
		})
		nearest = strings.TrimPrefix(path+"."+nearest, ".")
		return fmt.Errorf("line %d: unknown key %s; did you mean %s?", entry.Key.GetToken().Position.Line, at, nearest)
	}
	return checkNode(entry.Value, field, at)
}
