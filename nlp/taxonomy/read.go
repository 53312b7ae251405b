package taxonomy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The bounds of a pack's file: what a person writes stays far below, and no file
// can make the reader run out of memory or stack.
const (
	maxBytes = 1 << 20
	maxDepth = 40 // of brackets, and of dashes in one line
)

// readPack reads a pack from the YAML in data.
func readPack(file string, data []byte) (p *pack, err error) {
	whole := place{file: file}
	if len(data) > maxBytes {
		return nil, whole.errorf("larger than 1 MiB: divide the pack into several that extend one another")
	}
	if line := tooDeep(data); line > 0 {
		return nil, place{file, line, 0}.errorf("nested too deep for a pack: lists and keys nest five levels at most")
	}
	// The parser is a foreign one: a file that makes it panic costs that file only.
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, whole.errorf("not readable as YAML: %v", r)
		}
	}()
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntaxError(whole, err)
	}
	var body ast.Node
	for _, doc := range parsed.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			return nil, start(file, doc.Body).errorf("more than one YAML document: keep one pack a file")
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return nil, whole.errorf("empty: a pack starts with its name, as in `pack: mine`")
	}
	return decodePack(file, body)
}

// tooDeep is the line at which data nests deeper than any pack does, 0 if none.
func tooDeep(data []byte) int {
	depth, line := 0, 0
	for text := range strings.Lines(string(data)) {
		line++
		marks := 0
		for rest := strings.TrimLeft(text, " "); len(rest) > 1 && (rest[0] == '-' || rest[0] == '?' || rest[0] == '!' || rest[0] == '&'); {
			_, rest, _ = strings.Cut(rest, " ")
			rest = strings.TrimLeft(rest, " ")
			marks++
		}
		for i := range len(text) {
			switch text[i] {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			}
			if depth > maxDepth || marks > maxDepth || i > 10*maxBytes {
				return line
			}
		}
	}
	return 0
}

// syntaxError is the parser's error in one line, without the quoted source.
func syntaxError(whole place, err error) *Error {
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		at := syntax.GetToken().Position
		msg := syntax.GetMessage()
		if strings.Contains(msg, "value is not allowed in this context") {
			msg += `; a rule that begins with a quoted word, or holds ": " or " #", stands in single quotes as a whole: '"O2" sim'`
		}
		return place{whole.file, at.Line, at.Column}.errorf("%s", msg)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return whole.errorf("%s", first)
}

// start is where a node begins; a mapping's own token is the first colon in it.
func start(file string, n ast.Node) place {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			return start(file, n.Values[0])
		}
	case *ast.MappingValueNode:
		return start(file, n.Key)
	}
	at := n.GetToken().Position
	return place{file, at.Line, at.Column}
}

// field is a key of a mapping with its value.
type field struct {
	key   text
	value ast.Node
}

// fields are the keys of a mapping; what names it in messages.
func fields(file string, n ast.Node, what string) ([]field, error) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		return nil, nil
	default:
		return nil, start(file, n).errorf("%s is %s, not a section of keys", what, described(n))
	}
	all := make([]field, 0, len(values))
	for _, v := range values {
		at := start(file, v)
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			return nil, at.errorf("a pack has no merged keys: write them out")
		}
		all = append(all, field{text{v.Key.GetToken().Value, at}, v.Value})
	}
	return all, nil
}

// scalar is a value that is no list and no section.
func scalar(file string, n ast.Node, what string) (text, error) {
	at := start(file, n)
	switch n := n.(type) {
	case *ast.StringNode:
		return text{n.Value, at}, nil
	case *ast.LiteralNode:
		return text{strings.TrimSpace(n.Value.Value), at}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return text{n.GetToken().Value, at}, nil
	}
	if isMapping(n) {
		return text{}, at.errorf(`%s is %s, not a text; a text that holds ": " stands in single quotes`, what, described(n))
	}
	return text{}, at.errorf("%s is %s, not a text", what, described(n))
}

// list are the items of a list.
func list(file string, n ast.Node, what string) ([]ast.Node, error) {
	switch n := n.(type) {
	case *ast.SequenceNode:
		return n.Values, nil
	case *ast.NullNode:
		return nil, nil
	}
	return nil, start(file, n).errorf("%s is %s, not a list: write [a, b], or lines that begin with a dash", what, described(n))
}

// texts are the items of a list of texts.
func texts(file string, n ast.Node, what string) ([]text, error) {
	nodes, err := list(file, n, what)
	if err != nil {
		return nil, err
	}
	all := make([]text, 0, len(nodes))
	for i, n := range nodes {
		item, err := scalar(file, n, fmt.Sprintf("%s[%d]", what, i))
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// described shows a value of the wrong kind.
func described(n ast.Node) string {
	switch n := n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a section of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "empty"
	case *ast.AliasNode, *ast.AnchorNode:
		return "an anchor or alias (a pack has none: write it out)"
	case *ast.TagNode:
		return "a YAML tag"
	case *ast.StringNode:
		return strconv.Quote(n.Value)
	}
	return n.GetToken().Value
}
