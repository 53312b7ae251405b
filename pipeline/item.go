package pipeline

import (
	"fmt"

	"earshot/nlp"
)

// Item is one record on its way through the pipeline. It ends as a row, when
// Rejection is nil, or as a dead letter.
type Item struct {
	Record    Record
	Feedback  Feedback
	Analysis  nlp.Analysis
	Rejection *Rejection

	pii []nlp.PII // what was found in Feedback.Text before it was heard
}

// Reason is the short stable code that says why a record became a dead letter.
type Reason string

// The reasons. Scripts and dashboards rely on them: they are never renamed.
const (
	ReasonTombstone   Reason = "tombstone"       // no value
	ReasonEmpty       Reason = "empty_message"   // a value of white space only
	ReasonTooLarge    Reason = "too_large"       // a message beyond the limit
	ReasonInvalidJSON Reason = "invalid_json"    // not one JSON object
	ReasonMissingID   Reason = "missing_id"      // no id, or an empty one
	ReasonIDTooLong   Reason = "id_too_long"     // over MaxIDBytes
	ReasonWrongType   Reason = "wrong_type"      // a field of another JSON type
	ReasonInvalidTime Reason = "invalid_time"    // created_at unreadable or outside 1970…2199
	ReasonOutOfRange  Reason = "out_of_range"    // a score outside its scale
	ReasonInvalidRole Reason = "invalid_role"    // a turn by nobody known
	ReasonNoContent   Reason = "no_content"      // neither text nor turns nor score
	ReasonAnalysis    Reason = "analysis_failed" // the analysis failed or panicked
	ReasonUnwritable  Reason = "unwritable"      // the store refuses this row and no other
	ReasonNoSource    Reason = "unknown_topic"   // a record of a topic that no source names
)

// Rejection says why a record cannot become a row. It is an error whose text
// names the field and the value, cut to a readable length.
type Rejection struct {
	Reason Reason
	Detail string
}

// Rejectf makes a Rejection with a formatted detail.
func Rejectf(reason Reason, format string, args ...any) *Rejection {
	return &Rejection{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Error implements error.
func (r *Rejection) Error() string { return string(r.Reason) + ": " + r.Detail }
