package decode

import (
	"strings"

	"github.com/tidwall/gjson"

	"earshot/pipeline"
)

// readCustomer reads the customer: an object, or only the id.
func (it *item) readCustomer() {
	v := it.fields[fieldCustomer]
	switch {
	case v.Type == gjson.String || v.Type == gjson.Number || v.Type == gjson.Null:
		it.out.Customer = it.label(fieldCustomer)
	case v.IsObject():
		v.ForEach(func(key, value gjson.Result) bool {
			switch key.Str {
			case "id":
				it.out.Customer = it.customerField("customer.id", value)
			case "segment":
				it.out.Segment = it.customerField("customer.segment", value)
			default:
				it.addExtra("customer."+key.Str, value)
			}
			return true
		})
	default:
		it.reject(pipeline.ReasonWrongType, "customer: found %s, expected an object {id, segment} or an id", shown(v))
	}
}

func (it *item) customerField(name string, v gjson.Result) string {
	switch v.Type {
	case gjson.Null:
		return ""
	case gjson.Number:
		return it.fieldString(v.Raw, fieldCut)
	case gjson.String:
		return it.text(v, maxFieldBytes, fieldCut)
	}
	it.reject(pipeline.ReasonWrongType, "%s: found %s, expected a string or number", name, shown(v))
	return ""
}

// maxTargets is how many targets an item may ask for.
const maxTargets = 200

// readTargets reads the terms whose own sentiment is asked for: an array of
// strings, or one string.
func (it *item) readTargets() {
	v := it.fields[fieldTargets]
	if v.Type != gjson.Null && v.Type != gjson.String && !v.IsArray() {
		it.reject(pipeline.ReasonWrongType, "targets: found %s, expected an array of strings", shown(v))
		return
	}
	n := -1
	// Of what is no array ForEach makes an array of one.
	v.ForEach(func(_, term gjson.Result) bool {
		n++
		if term.Type == gjson.Null || isBlank(term) {
			return true
		}
		if len(it.out.Targets) == maxTargets {
			it.flag(fieldCut)
			return false
		}
		switch term.Type {
		case gjson.String:
			it.out.Targets = append(it.out.Targets, it.text(term, maxFieldBytes, fieldCut))
		case gjson.Number: // brands are called 3 and 1664
			it.out.Targets = append(it.out.Targets, it.fieldString(term.Raw, fieldCut))
		default:
			it.reject(pipeline.ReasonWrongType, "targets[%d]: found %s, expected a string", n, shown(term))
		}
		return it.rejection == nil
	})
}

// readStage reads the journey stage; one that does not exist is kept as an
// attribute.
func (it *item) readStage() string {
	stage := it.str(fieldStage)
	if stage = strings.ToLower(strings.TrimSpace(stage)); stage == "" {
		return ""
	}
	if !pipeline.ValidStage(stage) {
		it.flag(unknownStage)
		it.demote(fieldStage)
		return ""
	}
	return stage
}

// readLanguage reads a language tag and returns its primary subtag if that is
// an ISO 639-1 code by its form; anything else is kept as an attribute.
func (it *item) readLanguage() string {
	tag := strings.TrimSpace(it.str(fieldLanguage))
	if tag == "" {
		return ""
	}
	primary, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	primary = strings.ToLower(primary)
	if len(primary) != 2 || primary[0] < 'a' || primary[0] > 'z' || primary[1] < 'a' || primary[1] > 'z' {
		it.demote(fieldLanguage)
		return ""
	}
	return primary
}
