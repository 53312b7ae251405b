package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"earshot/pipeline"
)

// Limits of Slack's blocks, in characters and in blocks a message.
const (
	slackHeaderLimit  = 150
	slackSectionLimit = 3000
	slackBlockLimit   = 50
)

// SlackOptions says where a Slack-compatible incoming webhook is.
type SlackOptions struct {
	URL    string       // a secret: whoever has it can write to the channel
	Client *http.Client // nil: one of its own
}

// Slack posts notices and digests to an incoming webhook of Slack or of what is compatible
// with it, such as Mattermost and Rocket.Chat. What customers have written appears as they
// wrote it: it links nowhere and calls nobody.
//
// Slack drops no repeats by itself; the id stands in small print under each message.
type Slack struct {
	endpoint *endpoint
}

var (
	_ Receiver       = (*Slack)(nil)
	_ DigestReceiver = (*Slack)(nil)
)

// NewSlack returns a receiver. The error names the option that is wrong.
func NewSlack(o SlackOptions) (*Slack, error) {
	e, err := newEndpoint("url_file", o.URL, o.Client, "make a new incoming webhook for the channel and put its address into url_file")
	if err != nil {
		return nil, err
	}
	return &Slack{e}, nil
}

// slackMessage is the body of a request: Text for notifications and for those who know
// no blocks.
type slackMessage struct {
	Text   string       `json:"text"`
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim,omitempty"` // addresses and names in it become no links
}

// Send implements Receiver.
func (s *Slack) Send(ctx context.Context, n *Notice) error {
	return s.send(ctx, n.ID(), slackNotice(n))
}

// SendDigest implements DigestReceiver.
func (s *Slack) SendDigest(ctx context.Context, d *Digest) error {
	return s.send(ctx, d.ID(), slackDigest(d))
}

func (s *Slack) send(ctx context.Context, id string, m slackMessage) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("notice %s: %w", id, err)
	}
	return s.endpoint.post(ctx, body, http.Header{HeaderNotice: {headerID(id)}})
}

func slackNotice(n *Notice) slackMessage {
	a := n.Alert
	title := capital(state(n)) + ": " + headline(a)
	m := slackMessage{Text: slackEscape(title, slackSectionLimit)}
	m.Blocks = append(m.Blocks,
		slackBlock{Type: "header", Text: &slackText{Type: "plain_text", Text: clip(harmless(title), slackHeaderLimit)}},
		slackSection(slackEscape(oneLine(a.Explanation), slackSectionLimit)),
		slackSection(strings.Join(slackFacts(a), "\n")),
	)
	if quotes := slackQuotes(a.Quotes); quotes != "" {
		m.Blocks = append(m.Blocks, slackSection(quotes))
	}
	if a.URL != "" {
		m.Text += "\n" + slackLink(a.URL, "Open the dashboard")
		m.Blocks = append(m.Blocks, slackSection(slackLink(a.URL, "Open the dashboard")))
	}
	return m.end(n.ID())
}

// slackFacts are the numbers of an alert, a line each, together short of a section's limit.
func slackFacts(a *pipeline.Alert) []string {
	since := moment(a.Since, nil)
	if a.Resolved() {
		since += ", over since " + moment(a.ResolvedAt, nil)
	}
	facts := []string{
		"*Since* " + since,
		"*Observed* " + estimate(a, a.Observed),
		"*Expected* " + estimate(a, a.Expected),
		"*Items* " + number(float64(a.Items)),
	}
	if len(a.Owners) > 0 {
		facts = append(facts, "*Owners* "+slackEscape(oneLine(strings.Join(a.Owners, ", ")), 300))
	}
	return facts
}

func slackQuotes(quotes []pipeline.Quote) string {
	var text strings.Builder
	const longest = 600
	for _, q := range quotes {
		line := ">" + slackEscape("“"+oneLine(q.Text)+"”", longest)
		if utf8.RuneCountInString(text.String())+1+utf8.RuneCountInString(line) > slackSectionLimit {
			break
		}
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(line)
	}
	return text.String()
}

func slackDigest(d *Digest) slackMessage {
	title := "Feedback of the day to " + moment(d.To, d.To.Location()) + ": " + d.headline()
	m := slackMessage{Text: slackEscape(title, slackSectionLimit)}
	m.Blocks = append(m.Blocks,
		slackBlock{Type: "header", Text: &slackText{Type: "plain_text", Text: clip(harmless(title), slackHeaderLimit)}},
		slackSection(fmt.Sprintf("*Raised* %d in the day\n*Open* %d critical, %d warning", d.Raised, d.Critical, d.Warning)),
	)
	list := func(name string, incidents []Incident) {
		const room = 4 // the blocks after a list
		for i, incident := range incidents {
			if left := len(incidents) - i; len(m.Blocks) >= slackBlockLimit-room {
				m.Blocks = append(m.Blocks, slackSection(fmt.Sprintf("*%s* and %d more", name, left)))
				return
			}
			a := incident.Alert
			line := fmt.Sprintf("*%s, %s* %s, since %s", name, incident.Severity(), slackEscape(headline(a), slackSectionLimit/2), moment(a.Since, d.To.Location()))
			if n := len(incident.Also); n > 0 {
				line += ", with " + plural(n, "other alert", "other alerts")
			}
			if a.URL != "" {
				line += " " + slackLink(a.URL, "dashboard")
			}
			m.Blocks = append(m.Blocks, slackSection(line))
		}
	}
	list("Open", d.Open)
	list("Resolved", d.Resolved)
	return m.end(d.ID())
}

// end puts the id under a message.
func (m slackMessage) end(id string) slackMessage {
	m.Blocks = append(m.Blocks, slackBlock{Type: "context", Elements: []slackText{
		{Type: "plain_text", Text: clip(harmless(oneLine(id)), 1000)},
	}})
	return m
}

// slackSection is a paragraph. Slack refuses an empty one.
func slackSection(markup string) slackBlock {
	if markup == "" {
		markup = "–"
	}
	return slackBlock{Type: "section", Text: &slackText{Type: "mrkdwn", Text: markup, Verbatim: true}}
}

// slackLink is a link to an address of ours; of one that fills the section, its text alone.
func slackLink(address, text string) string {
	text = strings.ReplaceAll(slackEscape(text, slackSectionLimit/4), "|", "¦")
	// A bar or an angle in the address would end it.
	address = strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", "&", "&amp;").Replace(address)
	if utf8.RuneCountInString(address) > slackSectionLimit/3 {
		return text
	}
	return "<" + address + "|" + text + ">"
}

// slackEscape makes text harmless and escapes it, in at most longest characters of what
// comes out. No entity is cut.
func slackEscape(text string, longest int) string {
	text = harmless(text)
	var b strings.Builder
	used, whole := 0, 0 // characters; bytes up to where an ellipsis still has room
	for _, r := range text {
		piece := string(r)
		switch r {
		case '&':
			piece = "&amp;"
		case '<':
			piece = "&lt;"
		case '>':
			piece = "&gt;"
		}
		used += utf8.RuneCountInString(piece)
		if used > longest {
			return b.String()[:whole] + "…"
		}
		b.WriteString(piece)
		if used < longest {
			whole = b.Len()
		}
	}
	return b.String()
}

// harmless breaks what calls people in some chats even without an angle, as @channel
// does, by a character that has no width.
func harmless(text string) string { return strings.ReplaceAll(text, "@", "@\u200b") }
