package decode

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

// Mapping says where in a foreign record the fields of the contract are: for
// each a GJSON path, a column of a CSV or TSV file, or "=" and a literal. What
// it does not name of a record is not kept.
//
// It is written as YAML with these keys:
//   - the fields of the contract. customer is an id or an object {id, segment};
//     customer.id and customer.segment are its parts, and go together but not
//     with customer. attributes is an object; attributes.NAME adds one
//     attribute, or replaces it.
//   - id may also be @hash, the SHA-256 of the record in hexadecimal, or
//     @line, the name of the file and the record's number in it.
//   - created_at_format: a Go layout (without a zone: UTC), epoch (seconds) or
//     epoch_ms; for the times of messages too.
//   - messages: an array; messages.role, messages.text and messages.at are
//     paths into each element ("0" is the first of an array), by default role,
//     text and at.
//   - role_map: names of roles in the record to customer, agent or bot.
type Mapping struct {
	id         idRule
	fields     []rule // as the contract orders them, without id, customer, attributes, messages
	customer   []rule // id, segment
	object     rule   // all of attributes
	attributes []rule // by name
	messages   *messageRule
	roles      map[string]pipeline.Role // by the lower-case name
	layout     string
	slots      int
	columns    map[string][]int  // column to the slots it fills
	members    map[string][]step // field at the top of a record to what is taken of it
	others     []step            // paths that begin with no plain name
}

// rule says where one value comes from. The zero rule gives none.
type rule struct {
	name    string // of the field it fills
	path    string
	literal gjson.Result // where path is empty
	slot    int          // where the values of one record are laid out
}

// step takes what is at a path, all where it is empty, and lays it out.
type step struct {
	path string
	slot int
}

// idRule says where the id comes from.
type idRule struct {
	rule
	special string // atHash, atLine or empty
}

const (
	atHash = "@hash"
	atLine = "@line"
)

type messageRule struct {
	list           rule
	role, text, at rule
}

const (
	formatEpoch   = "epoch"
	formatEpochMS = "epoch_ms"
)

// Keys of a mapping beside the fields of the contract.
const (
	keyCustomerID      = "customer.id"
	keyCustomerSegment = "customer.segment"
	keyMessagesRole    = "messages.role"
	keyMessagesText    = "messages.text"
	keyMessagesAt      = "messages.at"
	keyRoleMap         = "role_map"
	keyFormat          = "created_at_format"
	prefixAttributes   = "attributes."
)

func mappingKeys() []string {
	return append(slices.Clone(fieldNames[:]),
		keyCustomerID, keyCustomerSegment, keyMessagesRole, keyMessagesText, keyMessagesAt, keyRoleMap, keyFormat)
}

// LoadMapping reads a mapping from a YAML file. Errors name the file.
func LoadMapping(path string) (*Mapping, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := ParseMappingYAML(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// ParseMappingYAML reads a mapping from YAML.
func ParseMappingYAML(content []byte) (*Mapping, error) {
	var m map[string]any
	if err := yaml.Unmarshal(content, &m); err != nil {
		return nil, fmt.Errorf("not a YAML mapping of fields to paths: %w", err)
	}
	return ParseMapping(m)
}

// ParseMapping reads a mapping from the value that a configuration file has
// for it. Errors name the key and what to write instead.
func ParseMapping(values map[string]any) (*Mapping, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("the mapping names no field")
	}
	m := &Mapping{columns: map[string][]int{}, members: map[string][]step{}}
	paths := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if key == keyRoleMap {
			if err := m.parseRoles(values[key]); err != nil {
				return nil, err
			}
			continue
		}
		name, attribute := strings.CutPrefix(key, prefixAttributes)
		if attribute && name == "" {
			return nil, fmt.Errorf("%s names no attribute", key)
		}
		if !attribute && !slices.Contains(mappingKeys(), key) {
			return nil, fmt.Errorf("unknown field %s; the nearest is %s", quoted(key), nearest(key, mappingKeys()))
		}
		path, err := pathIn(key, values[key])
		if err != nil {
			return nil, err
		}
		paths[key] = path
	}
	if err := m.build(paths); err != nil {
		return nil, err
	}
	return m, nil
}

// pathIn returns the path that value names for key.
func pathIn(key string, value any) (string, error) {
	switch value := value.(type) {
	case string:
		if strings.TrimSpace(value) == "" {
			return "", fmt.Errorf("%s is empty; leave the key out where the records have no such field", key)
		}
		if key != "id" && (value == atHash || value == atLine) {
			return "", fmt.Errorf("%s: only id may be %s", key, value)
		}
		return value, nil
	case nil:
		return "", fmt.Errorf("%s is empty; leave the key out where the records have no such field", key)
	case map[string]any, map[any]any:
		return "", fmt.Errorf("%s: write its parts as keys of their own, such as %s.NAME: path", key, key)
	default:
		return "", fmt.Errorf(`%s: %v is not a string; write "%v" for a path or column, "=%v" for a literal`, key, value, value, value)
	}
}

func (m *Mapping) parseRoles(value any) error {
	roles := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		roles = value
	case map[any]any:
		for name, role := range value {
			roles[fmt.Sprint(name)] = role
		}
	default:
		return fmt.Errorf("%s: expected a map of the records' roles to customer, agent or bot", keyRoleMap)
	}
	m.roles = map[string]pipeline.Role{}
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		role := pipeline.Role(fmt.Sprint(roles[name]))
		if role != pipeline.RoleCustomer && role != pipeline.RoleAgent && role != pipeline.RoleBot {
			return fmt.Errorf("%s: %s is mapped to %s; expected customer, agent or bot", keyRoleMap, quoted(name), quoted(string(role)))
		}
		m.roles[roleKey(name)] = role
	}
	return nil
}

func roleKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// build turns the checked keys into rules.
func (m *Mapping) build(paths map[string]string) error {
	_, whole := paths[fieldCustomer.String()]
	for _, part := range [...]string{keyCustomerID, keyCustomerSegment} {
		if _, named := paths[part]; named && whole {
			return fmt.Errorf("%s and customer exclude each other", part)
		}
	}
	_, messages := paths[fieldMessages.String()]
	for _, part := range [...]string{keyMessagesRole, keyMessagesText, keyMessagesAt} {
		if _, named := paths[part]; named && !messages {
			return fmt.Errorf("%s is a path inside each of messages, which the mapping does not name", part)
		}
	}
	if m.roles != nil && !messages {
		return fmt.Errorf("%s is for the roles in messages, which the mapping does not name", keyRoleMap)
	}
	if m.layout = paths[keyFormat]; m.layout != "" && !isTimeFormat(m.layout) {
		return fmt.Errorf("%s: %s is not epoch, epoch_ms or a layout of Go's reference time 2006-01-02 15:04:05", keyFormat, quoted(m.layout))
	}
	for f := range fieldCount {
		name := f.String()
		path, named := paths[name]
		switch {
		case !named:
		case f == fieldID && (path == atHash || path == atLine):
			m.id.special = path
		case f == fieldID:
			m.id.rule = m.rule(name, path)
		case f == fieldAttributes:
			m.object = m.rule(name, path)
		case f == fieldMessages:
			m.messages = &messageRule{
				list: m.rule(name, path),
				role: inner("role", paths[keyMessagesRole]),
				text: inner("text", paths[keyMessagesText]),
				at:   inner("at", paths[keyMessagesAt]),
			}
		default:
			m.fields = append(m.fields, m.rule(name, path))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(paths)) {
		if name, part := strings.CutPrefix(key, "customer."); part {
			m.customer = append(m.customer, m.rule(name, paths[key]))
		}
		if name, attribute := strings.CutPrefix(key, prefixAttributes); attribute {
			m.attributes = append(m.attributes, m.rule(name, paths[key]))
		}
	}
	return nil
}

// rule returns the rule for a value of a record, with its slot.
func (m *Mapping) rule(name, path string) rule {
	r := inner(name, path)
	r.slot = m.slots
	m.slots++
	if r.path == "" {
		return r
	}
	m.columns[r.path] = append(m.columns[r.path], r.slot)
	if name, rest, _ := strings.Cut(r.path, "."); isPlain(name) && !strings.HasSuffix(r.path, ".") {
		m.members[name] = append(m.members[name], step{rest, r.slot})
	} else {
		m.others = append(m.others, step{r.path, r.slot})
	}
	return r
}

// isPlain reports whether the first part of a path is but the name of a field:
// all such values are found in one pass over a record.
func isPlain(name string) bool {
	for _, c := range name {
		if c != '_' && c != '-' && c != ' ' && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
	}
	return name != ""
}

// inner returns the rule for a value inside a message, at its own name where
// no path is given.
func inner(name, path string) rule {
	if path == "" {
		path = name
	}
	if literal, ok := strings.CutPrefix(path, "="); ok {
		return rule{name: name, literal: gjson.Result{
			Type: gjson.String, Str: literal, Raw: string(gjson.AppendJSONString(nil, literal)),
		}}
	}
	return rule{name: name, path: path}
}

// isTimeFormat reports whether layout says anything about a time: what prints
// two times that differ in everything alike is some other notation.
func isTimeFormat(layout string) bool {
	if layout == formatEpoch || layout == formatEpochMS {
		return true
	}
	one := time.Date(2001, time.February, 3, 4, 5, 6, 0, time.UTC)
	two := time.Date(2012, time.October, 22, 13, 34, 45, 0, time.UTC)
	return one.Format(layout) != two.Format(layout)
}

// NamesID reports whether the mapping says where the id is. Without one every
// record is rejected.
func (m *Mapping) NamesID() bool { return m.id.special != "" || m.id.given() }

func (r rule) given() bool { return r.path != "" || r.literal.Exists() }

// CheckStream returns an error if the mapping cannot serve records that come
// from no file.
func (m *Mapping) CheckStream() error {
	if m.id.special == atLine {
		return fmt.Errorf("id: %s needs records that come from a file; use a path or %s", atLine, atHash)
	}
	return nil
}

// CheckColumns returns an error if the mapping names a column that the header
// of a CSV or TSV file does not have.
func (m *Mapping) CheckColumns(header []string) error {
	for _, path := range slices.Sorted(maps.Keys(m.columns)) {
		if !slices.Contains(header, path) {
			return fmt.Errorf("the file has no column %s; the nearest is %s", quoted(path), quoted(nearest(path, header)))
		}
	}
	return nil
}

// nearest returns the name that is spelt most like s.
func nearest(s string, names []string) string {
	best, distance := "", -1
	for _, name := range names {
		if d := levenshtein.ComputeDistance(strings.ToLower(s), strings.ToLower(name)); distance < 0 || d < distance {
			best, distance = name, d
		}
	}
	return best
}
