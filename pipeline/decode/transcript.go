package decode

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"earshot/nlp"
	"earshot/pipeline"
)

// roleNamed returns the role that a record means by name. Case, spaces, hyphens
// and underscores make no difference.
func roleNamed(name string) (pipeline.Role, bool) {
	switch name {
	case "customer":
		return pipeline.RoleCustomer, true
	case "agent":
		return pipeline.RoleAgent, true
	case "bot":
		return pipeline.RoleBot, true
	}
	switch strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(name))) {
	case "customer", "user", "client", "consumer", "visitor", "enduser":
		return pipeline.RoleCustomer, true
	case "agent", "operator", "csr", "rep", "representative", "staff", "advisor", "humanagent":
		return pipeline.RoleAgent, true
	case "bot", "system", "assistant", "virtualagent", "ivr":
		return pipeline.RoleBot, true
	}
	return "", false
}

// readTurns reads the messages of a chat or call into a transcript, a line a
// turn. Turns without words are dropped, white space around a turn's words
// too. Fields of a turn beyond role, text and at are not kept.
//
// The transcript is cut like a text: the turn that reaches over the limit is
// cut, those after it are dropped, though a wrong one among them still rejects
// the item, as it would have done in a shorter conversation.
func (it *item) readTurns() {
	v := it.fields[fieldMessages]
	if v.Type == gjson.Null {
		return
	}
	if !v.IsArray() {
		it.reject(pipeline.ReasonWrongType, "messages: found %s, expected an array of {role, text, at}", shown(v))
		return
	}
	var transcript strings.Builder
	full := false
	n := -1
	v.ForEach(func(_, element gjson.Result) bool {
		n++
		turn, words := it.readTurn(n, element)
		if words == "" || full {
			return it.rejection == nil
		}
		before := transcript.Len()
		prefix := string(turn.Role) + ": "
		if before > 0 {
			prefix = "\n" + prefix
		}
		kept := cut(words, max(0, pipeline.MaxTextBytes-before-len(prefix)))
		if len(kept) < len(words) {
			full = true
			it.flag(textCut)
			if kept = strings.TrimSpace(kept); kept == "" {
				return true
			}
		}
		if before == 0 {
			transcript.Grow(min(len(v.Raw), pipeline.MaxTextBytes))
		}
		transcript.WriteString(prefix)
		turn.Span = nlp.Span{Start: transcript.Len(), End: transcript.Len() + len(kept)}
		transcript.WriteString(kept)
		it.out.Turns = append(it.out.Turns, turn)
		return true
	})
	it.out.Text = transcript.String()
}

// readTurn reads one element of messages; its words are empty where there is
// nothing to keep.
func (it *item) readTurn(n int, element gjson.Result) (turn pipeline.Turn, words string) {
	if element.Type == gjson.Null {
		return turn, ""
	}
	if !element.IsObject() {
		it.reject(pipeline.ReasonWrongType, "messages[%d]: found %s, expected an object {role, text, at}", n, shown(element))
		return turn, ""
	}
	var role, text, at gjson.Result
	element.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "role":
			role = value
		case "text":
			text = value
		case "at":
			at = value
		}
		return true
	})
	switch text.Type {
	case gjson.Null:
		return turn, ""
	case gjson.String:
		clean, marks := clean(text)
		it.flag(marks)
		words = strings.TrimSpace(clean)
	default:
		it.reject(pipeline.ReasonWrongType, "messages[%d].text: found %s, expected a string", n, shown(text))
	}
	if words == "" {
		return turn, ""
	}
	ok := false
	switch role.Type {
	case gjson.Null:
		it.reject(pipeline.ReasonInvalidRole, "messages[%d] has no role, expected customer, agent or bot", n)
		return turn, ""
	case gjson.String:
		turn.Role, ok = roleNamed(role.Str)
	}
	if !ok {
		it.reject(pipeline.ReasonInvalidRole, "messages[%d].role: %s is not customer, agent or bot; name who that is in role_map", n, shown(role))
		return turn, ""
	}
	turn.At = it.readTime(at, "messages", n)
	return turn, words
}

// firstTurnTime returns when the conversation began, zero where it does not say.
func (it *item) firstTurnTime() time.Time {
	for _, turn := range it.out.Turns {
		if !turn.At.IsZero() {
			return turn.At
		}
	}
	return time.Time{}
}
