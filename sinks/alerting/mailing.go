package alerting

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	htmltemplate "html/template"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	"text/template"
	"time"

	"earshot/pipeline"
)

//go:embed templates/*.tmpl
var templates embed.FS

// mailing is a message before it is one: what says it to people, and what lets programs
// recognise it.
type mailing struct {
	id      string // of the notice or digest
	begins  string // ID of the notice that begins the thread; empty: this one does
	subject string
	page    string // name of its templates
	content any    // of its templates
	in      *time.Location
}

func noticeMail(n *Notice, in *time.Location) mailing {
	title := state(n) + ": " + headline(n.Alert)
	m := mailing{id: n.ID(), subject: title, page: "notice", in: in, content: struct {
		ID, Title string
		Alert     *pipeline.Alert
	}{n.ID(), capital(title), n.Alert}}
	if n.Reason != Raised {
		m.begins = (&Notice{Alert: n.Alert, Reason: Raised}).ID()
	}
	return m
}

func digestMail(d *Digest) mailing {
	title := d.To.Format(time.DateOnly) + ": " + d.headline()
	return mailing{id: d.ID(), subject: title, page: "digest", in: d.To.Location(), content: struct {
		ID, Title string
		Digest    *Digest
	}{d.ID(), title, d}}
}

// words are what templates say things with. What customers have written is one line in
// plain text; html/template takes care of it elsewhere.
func words(in *time.Location) map[string]any {
	return map[string]any{
		"line": oneLine, "headline": headline, "estimate": estimate, "number": number, "signed": signed,
		"moment": func(t time.Time) string { return moment(t, in) },
	}
}

func (m *mailing) text() ([]byte, error) {
	name := m.page + ".txt.tmpl"
	t, err := template.New(name).Funcs(words(m.in)).ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, m.content)
	return b.Bytes(), err
}

func (m *mailing) html() ([]byte, error) {
	name := m.page + ".html.tmpl"
	t, err := htmltemplate.New(name).Funcs(words(m.in)).ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, m.content)
	return b.Bytes(), err
}

// compose writes the message. All but its date depends on the mailing and the addresses
// alone, so that a repeat has the same Message-ID and mailboxes recognise it.
func (m *mailing) compose(from string, to []string, domain string, date time.Time) ([]byte, error) {
	text, err := m.text()
	if err != nil {
		return nil, err
	}
	html, err := m.html()
	if err != nil {
		return nil, err
	}
	var b, body bytes.Buffer
	parts := multipart.NewWriter(&body)
	if err := parts.SetBoundary("earshot-" + fingerprint(m.id)); err != nil {
		return nil, err
	}
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	field("From", from)
	field("To", strings.Join(to, ",\r\n "))
	field("Subject", encodedWords("[earshot] "+m.subject))
	field("Date", date.Format(time.RFC1123Z))
	field("Message-ID", messageID(m.id, domain))
	if m.begins != "" {
		field("In-Reply-To", messageID(m.begins, domain))
		field("References", messageID(m.begins, domain))
	}
	field("Auto-Submitted", "auto-generated")
	field("MIME-Version", "1.0")
	field("Content-Type", `multipart/alternative; boundary="`+parts.Boundary()+`"`)
	b.WriteString("\r\n")

	for _, part := range []struct {
		kind    string
		content []byte
	}{{"text/plain", text}, {"text/html", html}} {
		w, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type":              {part.kind + "; charset=utf-8"},
			"Content-Transfer-Encoding": {"quoted-printable"},
		})
		if err != nil {
			return nil, err
		}
		if err := writeQuotedPrintable(w, part.content); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	b.Write(body.Bytes())
	return b.Bytes(), nil
}

func writeQuotedPrintable(w io.Writer, content []byte) error {
	q := quotedprintable.NewWriter(w)
	if _, err := q.Write(content); err != nil {
		return err
	}
	return q.Close()
}

// encodedWords makes a subject of any words: one line, in ASCII, folded where it is long.
// It cannot begin another header, nor be taken for encoded where it is not.
func encodedWords(subject string) string {
	const longest = 200
	subject = strings.ReplaceAll(clip(oneLine(subject), longest), "=?", "= ?")
	return strings.ReplaceAll(mime.QEncoding.Encode("utf-8", subject), "?= =?", "?=\r\n =?")
}

func messageID(id, domain string) string { return "<" + fingerprint(id) + "@" + domain + ">" }

// fingerprint is an ID as mail can hold it: IDs are made of names, which may be in any script.
func fingerprint(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}
