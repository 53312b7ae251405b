package pipeline

import (
	"slices"
	"strings"
	"time"

	"earshot/nlp"
)

// Channel is the way by which feedback arrived.
type Channel string

// The channels.
const (
	Review Channel = "review"
	Social Channel = "social"
	Chat   Channel = "chat"
	Survey Channel = "survey"
	Ticket Channel = "ticket"
	Call   Channel = "call"
)

var channels = []Channel{Review, Social, Chat, Survey, Ticket, Call}

// Channels returns every channel, in the order in which tables show them.
func Channels() []Channel { return slices.Clone(channels) }

// ChannelNames lists the channels for messages, separated by commas.
func ChannelNames() string {
	names := make([]string, len(channels))
	for i, c := range channels {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}

// Valid reports whether c is one of the six channels.
func (c Channel) Valid() bool { return slices.Contains(channels, c) }

var stages = []string{"discovery", "inquiry", "purchase", "fulfilment", "usage", "billing", "support", "renewal", "exit"}

// Stages returns the stages of a customer journey, first to last.
func Stages() []string { return slices.Clone(stages) }

// ValidStage reports whether s names a journey stage.
func ValidStage(s string) bool { return slices.Contains(stages, s) }

// Role says who speaks in a turn of a chat or call.
type Role string

// The roles. Only the customer's turns carry the customer's sentiment.
const (
	RoleCustomer Role = "customer"
	RoleAgent    Role = "agent"
	RoleBot      Role = "bot"
)

// Turn is one turn of a chat or call: a span of Feedback.Text.
type Turn struct {
	Role Role
	nlp.Span
	At time.Time // zero where the record does not say
}

// Feedback is one item of customer feedback, decoded and within its limits.
// An item is known by Source and ID; a later record with the same two replaces
// the earlier one.
type Feedback struct {
	Source  string // default: the Kafka topic
	ID      string // 1…512 bytes
	Channel Channel
	// CreatedAt is when the customer gave the feedback, UTC, to the
	// millisecond; Kafka's timestamp where the record does not say.
	CreatedAt time.Time
	Version   int64 // ≥ 0; the higher one wins
	Deleted   bool  // the item is withdrawn; only Source, ID, Version and CreatedAt count

	Title string
	// Text is valid UTF-8 of at most MaxTextBytes, without NULs. For chats
	// and calls it is the transcript, a line a turn: "role: what was said".
	Text  string
	Turns []Turn // of chats and calls; spans exclude the role's name

	Rating    *float64 // 0…RatingMax
	RatingMax *float64 // > 0; 5 where a rating names none
	NPS       *float64 // 0…10, whole
	CSAT      *float64 // 1…5
	CES       *float64 // 1…7

	Language   string // ISO 639-1 as the record states it, or empty
	Customer   string
	Segment    string
	Product    string
	Location   string
	Touchpoint string
	Stage      string // a journey stage, or empty
	URL        string
	Platform   string
	ReplyTo    string
	Likes      *int64
	Shares     *int64
	Targets    []string
	Attributes map[string]string // what the record says beyond the known fields

	// Flags names what was mended on the way in, sorted: attributes_cut (one
	// was over 8 KiB, or there were more than 200), field_cut (a field other
	// than the text was over 8 KiB, or more than 200 targets), invalid_utf8,
	// nul_removed, text_cut, unknown_stage.
	Flags []string
}

// Limits of a feedback item.
const (
	MaxIDBytes   = 512
	MaxTextBytes = 1 << 20
)

// Scored reports whether the item carries a rating or a survey score.
func (f *Feedback) Scored() bool {
	return f.Rating != nil || f.NPS != nil || f.CSAT != nil || f.CES != nil
}

// Document returns what the analysis hears of the item: for transcripts, the
// customer's turns.
func (f *Feedback) Document() nlp.Document {
	d := nlp.Document{Title: f.Title, Text: f.Text, Language: f.Language, Targets: f.Targets}
	if f.Turns == nil {
		return d
	}
	d.Voice = []nlp.Span{}
	for _, t := range f.Turns {
		if t.Role == RoleCustomer {
			d.Voice = append(d.Voice, t.Span)
		}
	}
	return d
}
