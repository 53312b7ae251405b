package taxonomy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decodePack makes a pack of a file's document.
func decodePack(file string, body ast.Node) (*pack, error) {
	p := &pack{file: file}
	all, err := fields(file, body, "the pack")
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		p.note(p.set(f))
	}
	whole := place{file: file}
	switch {
	case len(p.problems) == 1:
		return nil, p.problems[0]
	case len(p.problems) > 1:
		return nil, errors.Join(p.problems...)
	case p.name == "":
		return nil, whole.errorf("pack is missing: a pack starts with its name, as in `pack: mine`")
	case p.version == 0:
		return nil, whole.errorf("version is missing: a whole number from 1, raised with every change")
	}
	return p, nil
}

// maxProblems bounds how many mistakes of a pack are reported at once.
const maxProblems = 20

// note keeps an error, so that an author sees all mistakes at once.
func (p *pack) note(err error) {
	if err != nil && len(p.problems) < maxProblems {
		p.problems = append(p.problems, err)
	}
}

// set takes one of the pack's own keys.
func (p *pack) set(f field) (err error) {
	var t text
	switch f.key.value {
	case "pack":
		if t, err = scalar(p.file, f.value, "pack"); err == nil && !isName(t.value, "-") {
			err = t.at.errorf("pack %q: a name is made of a-z, 0-9, _ and -", t.value)
		}
		p.name = t.value
	case "version":
		if t, err = scalar(p.file, f.value, "version"); err != nil {
			return err
		}
		if p.version, err = strconv.Atoi(t.value); err != nil || p.version < 1 {
			return t.at.errorf("version %q is not a whole number from 1", t.value)
		}
	case "description":
		t, err = scalar(p.file, f.value, "description")
		p.description = t.value
	case "extends":
		p.extends, err = texts(p.file, f.value, "extends")
	case "retire":
		p.retire, err = texts(p.file, f.value, "retire")
	case "topics":
		p.topics, err = p.entries(f.value, "topics")
	case "signals":
		p.signals, err = p.entries(f.value, "signals")
	default:
		return unknownKey(f.key, "a pack", "pack", "version", "description", "extends", "topics", "retire", "signals")
	}
	return err
}

// entries are the topics or signals of a pack.
func (p *pack) entries(n ast.Node, section string) ([]entry, error) {
	all, err := fields(p.file, n, section)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(all))
	for _, f := range all {
		e := entry{key: f.key}
		first, second, two := strings.Cut(f.key.value, ".")
		switch {
		case !isName(first, "") || two && !isName(second, ""):
			return nil, f.key.at.errorf("%s: %q is no name: first or first.second, of a-z, 0-9 and _", section, f.key.value)
		case section == "signals" && !two:
			return nil, f.key.at.errorf("signals: %q has no second part: write kind.name, as in urgency.legal_threat", f.key.value)
		case section == "signals" && kindOf(first) == KindTopic:
			return nil, f.key.at.errorf("signals: %q is no kind of signal: intent, effort, emotion, urgency, noise", first)
		}
		own, err := fields(p.file, f.value, f.key.value)
		if err != nil {
			return nil, err
		}
		for _, f := range own {
			p.note(p.setEntry(&e, f, section == "signals"))
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// setEntry takes one key of a topic or signal.
func (p *pack) setEntry(e *entry, f field, signal bool) (err error) {
	what := e.key.value + "." + f.key.value
	known := []string{"label", "include", "exclude", "yes", "no", "remove", "stage", "touchpoint"}
	if signal {
		known = known[:6]
	}
	if !slices.Contains(known, f.key.value) {
		return unknownKey(f.key, e.key.value, known...)
	}
	switch f.key.value {
	case "label":
		e.label, err = scalar(p.file, f.value, what)
	case "stage":
		if e.stage, err = scalar(p.file, f.value, what); err == nil && !isStage(e.stage.value) {
			err = e.stage.at.errorf("%s: unknown stage %q: one of %s", e.key.value, e.stage.value, stageNames())
		}
	case "touchpoint":
		if e.touchpoint, err = scalar(p.file, f.value, what); err == nil && !isName(e.touchpoint.value, "-") {
			err = e.touchpoint.at.errorf("%s: touchpoint %q: a name is made of a-z, 0-9, _ and -", e.key.value, e.touchpoint.value)
		}
	case "include":
		e.include, err = p.rules(f.value, e.key.value, "")
	case "exclude":
		e.exclude, err = p.rules(f.value, e.key.value, "exclude")
	case "yes":
		e.yes, err = texts(p.file, f.value, what)
	case "no":
		e.no, err = texts(p.file, f.value, what)
	case "remove":
		e.remove, err = texts(p.file, f.value, what)
	}
	return err
}

// rules are the rules of a list; those without a name are known by their number,
// behind the prefix.
func (p *pack) rules(n ast.Node, topic, prefix string) ([]rule, error) {
	nodes, err := list(p.file, n, topic)
	if err != nil {
		return nil, err
	}
	rules := make([]rule, 0, len(nodes))
	for i, n := range nodes {
		r := rule{id: prefix + strconv.Itoa(i+1)}
		quoted := isQuoted(n)
		if isMapping(n) {
			all, err := fields(p.file, n, topic)
			if err != nil {
				return nil, err
			}
			for _, f := range all {
				value, err := scalar(p.file, f.value, topic+"."+f.key.value)
				if err != nil {
					return nil, err
				}
				switch f.key.value {
				case "id":
					if !isName(value.value, "-") {
						return nil, value.at.errorf("%s: id %q: a name is made of a-z, 0-9, _ and -", topic, value.value)
					}
					r.id = value.value
				case "rule":
					r.text, quoted = value, isQuoted(f.value)
				default:
					return nil, unknownKey(f.key, "a rule of "+topic, "id", "rule")
				}
			}
		} else if r.text, err = scalar(p.file, n, fmt.Sprintf("%s: rule %d", topic, i+1)); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(rules, func(other rule) bool { return other.id == r.id }) {
			return nil, start(p.file, n).errorf("%s: two rules have the id %s", topic, r.id)
		}
		if quoted {
			r.text.at.column++
		}
		if r.tree, err = parseRule(r.text, topic); err != nil {
			p.note(err)
			continue
		}
		for _, part := range slices.Concat(r.tree.parts, r.tree.without) {
			p.sequences += len(part)
		}
		if p.sequences > maxPackSequences {
			return nil, r.text.at.errorf("%s: the pack's rules make more than %d phrases: use fewer alternatives", topic, maxPackSequences)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

func isQuoted(n ast.Node) bool {
	t := n.GetToken().Type
	return t == token.SingleQuoteType || t == token.DoubleQuoteType
}

// unknownKey names the key that is spelt most like one that isn't known.
func unknownKey(key text, where string, known ...string) *Error {
	nearest := slices.MinFunc(known, func(a, b string) int {
		return levenshtein.ComputeDistance(key.value, a) - levenshtein.ComputeDistance(key.value, b)
	})
	return key.at.errorf("unknown key %q in %s: did you mean %s?", key.value, where, nearest)
}
