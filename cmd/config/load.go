package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
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
	if c.Privacy.KeyFile == "" {
		c.Privacy.KeyFile = filepath.Join(filepath.Dir(path), KeyFile)
	}
	return c, nil
}

// Parse reads a configuration from YAML. ${NAME} in a value is replaced by what
// env has for NAME; secrets are read from their files.
func Parse(data []byte, env func(string) (string, bool)) (*Config, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, hinted(plain(err), data)
	}
	c := Default()
	for i, doc := range file.Docs {
		switch {
		case doc.Body == nil:
			continue
		case i > 0:
			return nil, errors.New("more than one YAML document: keep one")
		}
		expand := &expander{env: env}
		ast.Walk(expand, doc.Body)
		if expand.err != nil {
			return nil, expand.err
		}
		if err := checkShape(doc.Body, c); err != nil {
			return nil, err
		}
		// The parser has refused keys that are there twice; the decoder would
		// refuse one that overrides a merged one, too.
		if err := yaml.NodeToValue(doc.Body, &c, yaml.DisallowUnknownField(), yaml.AllowDuplicateMapKey()); err != nil {
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

// bareVariable is an unquoted ${NAME} inside of { } or [ ], where YAML takes its
// braces for its own.
var bareVariable = regexp.MustCompile(`(?m)^[^#"'\n]*[{\[,][^#"'\n]*[:,\[]\s*[^\s"',]*\$\{`)

// hinted adds to a syntax error what most likely caused it.
func hinted(err error, data []byte) error {
	if bareVariable.Match(data) {
		return fmt.Errorf(`%w; inside of { } and [ ], write "${NAME}" in quotes`, err)
	}
	return err
}

// expander replaces ${NAME} in the string values of a document.
type expander struct {
	env func(string) (string, bool)
	err error
}

// Visit implements ast.Visitor.
func (e *expander) Visit(node ast.Node) ast.Visitor {
	switch n := node.(type) {
	case *ast.StringNode:
		e.expand(n)
	case *ast.MappingValueNode:
		// The library makes numbers of strings, but no booleans.
		if text, ok := n.Value.(*ast.StringNode); ok && strings.HasPrefix(text.Value, "${") {
			if value, err := expandEnv(text.Value, e.env); err == nil && (value == "true" || value == "false") {
				n.Value = ast.Bool(token.New(value, value, text.Token.Position))
			}
		}
	}
	return e
}

func (e *expander) expand(text *ast.StringNode) {
	if e.err != nil {
		return
	}
	if text.Value, e.err = expandEnv(text.Value, e.env); e.err != nil {
		e.err = fmt.Errorf("line %d: %w", text.Token.Position.Line, e.err)
	}
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
