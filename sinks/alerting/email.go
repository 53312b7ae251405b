package alerting

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"earshot/pipeline"
)

// Encryption is how the way to a mail server is protected.
type Encryption string

// The ways.
const (
	StartTLS    Encryption = "starttls" // required: a server that doesn't offer it gets no mail
	ImplicitTLS Encryption = "tls"
	Unencrypted Encryption = "none"
)

// EmailOptions says who writes to whom by which server.
type EmailOptions struct {
	Address    string     // host:port of the SMTP server
	Encryption Encryption // StartTLS if empty
	TLS        *tls.Config
	Username   string // with Password, by AUTH PLAIN; both empty: none
	Password   string

	From string
	To   []string
	// Location is whose times it tells, UTC if nil. Digests have their own.
	Location *time.Location
}

// Email sends notices and digests by SMTP, one message to all recipients together.
//
// A repeat has the same Message-ID, and what is said of one alert is one thread. A recipient
// who is refused for good costs the others nothing; one who may be accepted later holds
// the message back for all, so that it is sent once.
type Email struct {
	options EmailOptions
	host    string
	from    *mail.Address
	to      []*mail.Address
	now     func() time.Time
}

var (
	_ Receiver       = (*Email)(nil)
	_ DigestReceiver = (*Email)(nil)
)

// NewEmail returns a receiver. The error names the option that is wrong.
func NewEmail(o EmailOptions) (*Email, error) {
	e := &Email{options: o, now: time.Now}
	host, port, err := net.SplitHostPort(o.Address)
	if err != nil || host == "" || port == "" {
		return nil, fmt.Errorf("address: %q is no host and port; give both, as in smtp.example.com:587", o.Address)
	}
	e.host = host
	e.options.Encryption = cmp.Or(o.Encryption, StartTLS)
	switch e.options.Encryption {
	case StartTLS, ImplicitTLS:
	case Unencrypted:
		if o.Username != "" && !loopback(host) {
			return nil, fmt.Errorf("encryption: none, so that the password would pass in the clear to %s; take starttls or tls", host)
		}
	default:
		return nil, fmt.Errorf("encryption: %q is unknown; take starttls, tls or none", o.Encryption)
	}
	if (o.Username == "") != (o.Password == "") {
		return nil, errors.New("username: there is only one of a username and a password; give both or neither")
	}
	if e.from, err = mail.ParseAddress(o.From); err != nil {
		return nil, fmt.Errorf("from: %q is no mail address; give one, as in earshot@example.com", o.From)
	}
	if len(o.To) == 0 {
		return nil, errors.New("to: empty; give the address of somebody who is to hear")
	}
	for i, to := range o.To {
		a, err := mail.ParseAddress(to)
		if err != nil {
			return nil, fmt.Errorf("to[%d]: %q is no mail address; give one, as in support@example.com", i, to)
		}
		e.to = append(e.to, a)
	}
	return e, nil
}

// loopback is what net/smtp takes for this machine: only to it goes a password in the clear.
func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// Send implements Receiver.
func (e *Email) Send(ctx context.Context, n *Notice) error {
	return e.send(ctx, noticeMail(n, e.options.Location))
}

// SendDigest implements DigestReceiver.
func (e *Email) SendDigest(ctx context.Context, d *Digest) error { return e.send(ctx, digestMail(d)) }

func (e *Email) send(ctx context.Context, m mailing) error {
	to := make([]string, len(e.to))
	for i, a := range e.to {
		to[i] = a.String()
	}
	_, domain, _ := strings.Cut(e.from.Address, "@")
	message, err := m.compose(e.from.String(), to, domain, e.now())
	if err != nil {
		return fmt.Errorf("notice %s: %w", m.id, err)
	}
	if err := e.deliver(ctx, message); err != nil {
		return e.judge(ctx, err)
	}
	return nil
}

// stepError says at which step of the conversation it ended.
type stepError struct {
	step string
	err  error
}

func (s *stepError) Error() string { return s.step + ": " + s.err.Error() }
func (s *stepError) Unwrap() error { return s.err }

// at names the step of an error; nil stays nil.
func at(step string, err error) error {
	if err == nil {
		return nil
	}
	return &stepError{step, err}
}

// judge says whether an error may pass: an answer of 500 and above won't, everything else
// may be mended at the other end.
func (e *Email) judge(ctx context.Context, err error) error {
	var answer *textproto.Error
	if errors.As(err, &answer) && answer.Code >= 500 {
		return fmt.Errorf("%s: %w; check from, to, username and password, and what the server's log says", e.options.Address, err)
	}
	if ctx.Err() != nil { // the connection was closed under the conversation: its error is a consequence
		err = fmt.Errorf("%w (%w)", ctx.Err(), err)
	}
	return pipeline.Retriable(fmt.Errorf("%s: %w", e.options.Address, err))
}

// deliver holds the conversation with the server. It ends when ctx does, wherever it is.
func (e *Email) deliver(ctx context.Context, message []byte) error {
	plain, err := (&net.Dialer{}).DialContext(ctx, "tcp", e.options.Address)
	if err != nil {
		return err
	}
	defer plain.Close()
	defer context.AfterFunc(ctx, func() { _ = plain.Close() })() // nobody waits for its error
	conn := plain
	if e.options.Encryption == ImplicitTLS {
		conn = tls.Client(plain, e.tls())
	}
	c, err := smtp.NewClient(conn, e.host)
	if err != nil {
		return at("greeting", err)
	}
	defer c.Close()
	if err := e.introduce(c); err != nil {
		return err
	}
	if err := at("MAIL FROM", c.Mail(e.from.Address)); err != nil {
		return err
	}
	accepted, refused, err := e.address(c)
	if err != nil {
		return err
	}
	if accepted > 0 {
		if err := at("DATA", submit(c, message)); err != nil {
			return err
		}
	}
	_ = c.Quit() // the server has answered for the message already
	return refused
}

// introduce brings the conversation to where mail is accepted.
func (e *Email) introduce(c *smtp.Client) error {
	_, domain, _ := strings.Cut(e.from.Address, "@")
	if err := at("EHLO", c.Hello(domain)); err != nil {
		return err
	}
	if e.options.Encryption == StartTLS {
		if offered, _ := c.Extension("STARTTLS"); !offered {
			return errors.New("the server offers no STARTTLS; set encryption to tls or none if that is right")
		}
		if err := at("STARTTLS", c.StartTLS(e.tls())); err != nil {
			return err
		}
	}
	if e.options.Username == "" {
		return nil
	}
	if offered, methods := c.Extension("AUTH"); !offered || !strings.Contains(" "+methods+" ", " PLAIN ") {
		return errors.New("the server offers no AUTH PLAIN; leave username and password out if it needs none")
	}
	return at("AUTH", c.Auth(smtp.PlainAuth("", e.options.Username, e.options.Password, e.host)))
}

// address names the recipients. It counts those who are accepted; refused tells of those who
// are not, for good, and err of anything that may pass.
func (e *Email) address(c *smtp.Client) (accepted int, refused, err error) {
	for _, to := range e.to {
		err := at("RCPT TO "+to.Address, c.Rcpt(to.Address))
		var answer *textproto.Error
		switch {
		case err == nil:
			accepted++
		case !errors.As(err, &answer) || answer.Code < 500:
			return 0, nil, err
		case refused == nil:
			refused = err
		default:
			refused = fmt.Errorf("%w; %w", refused, err)
		}
	}
	return accepted, refused, nil
}

func submit(c *smtp.Client, message []byte) error {
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	return w.Close()
}

// tls is the configuration for the server's name.
func (e *Email) tls() *tls.Config {
	c := e.options.TLS.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c.ServerName = cmp.Or(c.ServerName, e.host)
	return c
}
