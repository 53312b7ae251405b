package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Load reads, expands and validates the configuration in a file. Each error
// names the file and what in it is wrong.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	c, err := Parse(data, os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// Parse reads a configuration from YAML. ${NAME} in a value is replaced by what
// env has for NAME; secrets are read from their files.
func Parse(data []byte, env func(string) (string, bool)) (*Config, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, plain(err)
	}
	c := Default()
	for i, doc := range file.Docs {
		switch {
		case doc.Body == nil:
			continue
		case i > 0:
			return nil, errors.New("more than one YAML document: keep one")
		}
		if err := checkKeys(doc.Body, c); err != nil {
			return nil, err
		}
		expand := &expander{env: env}
		ast.Walk(expand, doc.Body)
		if expand.err != nil {
			return nil, expand.err
		}
		if err := yaml.NodeToValue(doc.Body, &c); err != nil {
			return nil, plain(err)
		}
	}
	if err := c.complete(); err != nil {
		return nil, err
	}
	return &c, nil
}

// plain makes one line of the YAML library's errors, which quote the source.
func plain(err error) error {
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		return fmt.Errorf("line %d: %s", syntax.GetToken().Position.Line, syntax.GetMessage())
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(first)
}

// expander replaces ${NAME} in the string values of a document.
type expander struct {
	env func(string) (string, bool)
	err error
}

// Visit implements ast.Visitor.
func (e *expander) Visit(node ast.Node) ast.Visitor {
	if text, ok := node.(*ast.StringNode); ok && e.err == nil {
		text.Value, e.err = expandEnv(text.Value, e.env)
		if e.err != nil {
			e.err = fmt.Errorf("line %d: %w", text.Token.Position.Line, e.err)
		}
	}
	return e
}

func expandEnv(s string, env func(string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", fmt.Errorf("%q has no closing brace", "${"+rest)
		}
		value, set := env(name)
		if !set {
			return "", fmt.Errorf("environment variable %s is not set", name)
		}
		out.WriteString(value)
		s = after
	}
}
