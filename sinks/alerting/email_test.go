package alerting

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/pipeline"
)

// smtpServer speaks SMTP with one client after the other. What it says to a command can be
// set by the command's beginning; an empty answer is none, for ever.
type smtpServer struct {
	answers map[string]string
	tls     *tls.Config // STARTTLS is offered with it
	wrapped bool        // TLS from the beginning
	mails   chan string // what was accepted
	heard   chan string // commands
}

// start returns the server's address.
func (s *smtpServer) start(t *testing.T) string {
	t.Helper()
	s.mails, s.heard = make(chan string, 10), make(chan string, 100)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if s.wrapped {
				conn = tls.Server(conn, s.tls)
			}
			s.converse(conn)
		}
	}()
	t.Cleanup(func() { ln.Close(); <-ended })
	return ln.Addr().String()
}

// converse ends when the client does.
func (s *smtpServer) converse(conn net.Conn) {
	defer func() { conn.Close() }()
	c := textproto.NewConn(conn)
	say := func(command, otherwise string) bool {
		answer := otherwise
		for begin, a := range s.answers {
			if strings.HasPrefix(command, begin) {
				answer = a
			}
		}
		if answer == "" {
			_, _ = io.Copy(io.Discard, conn) // hang until the client leaves
			return false
		}
		return c.PrintfLine("%s", answer) == nil
	}
	if !say("greeting", "220 test ESMTP") {
		return
	}
	for {
		command, err := c.ReadLine()
		if err != nil {
			return
		}
		s.heard <- command
		var ok bool
		switch verb, _, _ := strings.Cut(command, " "); verb {
		case "EHLO":
			features := "250-test\r\n250-AUTH LOGIN PLAIN\r\n"
			if s.tls != nil && !s.wrapped {
				features += "250-STARTTLS\r\n"
			}
			ok = say(command, features+"250 8BITMIME")
		case "STARTTLS":
			if ok = say(command, "220 go on"); ok {
				conn = tls.Server(conn, s.tls)
				c = textproto.NewConn(conn)
			}
		case "AUTH":
			ok = say(command, "235 welcome")
		case "DATA":
			if ok = say(command, "354 go on"); ok {
				lines, err := c.ReadDotLines()
				if err != nil {
					return
				}
				if ok = say("end of data", "250 queued"); ok {
					s.mails <- strings.Join(lines, "\r\n") + "\r\n"
				}
			}
		case "QUIT":
			ok = say(command, "221 bye")
		default:
			ok = say(command, "250 ok")
		}
		if !ok {
			return
		}
	}
}

// email is a receiver to a server of the test's.
func email(t *testing.T, o EmailOptions) *Email {
	t.Helper()
	if o.Encryption == "" {
		o.Encryption = Unencrypted
	}
	if o.From == "" {
		o.From = "earshot <earshot@example.com>"
	}
	if o.To == nil {
		o.To = []string{"Zoë <zoe@example.com>", "team@example.com"}
	}
	e, err := NewEmail(o)
	if err != nil {
		t.Fatal(err)
	}
	e.now = func() time.Time { return noon }
	return e
}

func TestMailIsOneMessageInTwoForms(t *testing.T) {
	s := &smtpServer{}
	e := email(t, EmailOptions{Address: s.start(t)})
	check := func(name string) {
		raw := <-s.mails
		golden(t, "email."+name+".golden", []byte(strings.ReplaceAll(raw, "\r\n", "\n")))
		m, err := mail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Get("Bcc") != "" || m.Header.Get("Message-ID") == "" {
			t.Errorf("%s: headers %v", name, m.Header)
		}
		for line := range strings.SplitSeq(raw, "\r\n") {
			if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 || r < 32 && r != '\t' }) {
				t.Errorf("%s: a line that not every server passes on: %q", name, line)
			}
		}
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts := multipart.NewReader(m.Body, params["boundary"])
		for _, kind := range []string{"txt", "html"} {
			part, err := parts.NextRawPart()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(quotedprintable.NewReader(part))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "email."+name+"."+kind+".golden", []byte(strings.ReplaceAll(string(content), "\r\n", "\n")))
		}
	}
	for name, n := range renderings() {
		if err := e.Send(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		check(name)
	}
	if err := e.SendDigest(t.Context(), day(t)); err != nil {
		t.Fatal(err)
	}
	check("digest")
}

func TestASubjectOfAnyWordsIsOneHeader(t *testing.T) {
	for _, words := range []string{
		"plain", "a\r\nBcc: all@example.com", "=?utf-8?q?Bcc=3A?=", strings.Repeat("дом ", 200), "\u2028\x00\xff", strings.Repeat("a", 500),
	} {
		encoded := encodedWords(words)
		m, err := mail.ReadMessage(bufio.NewReader(strings.NewReader("Subject: " + encoded + "\r\n\r\n")))
		if err != nil || len(m.Header) != 1 {
			t.Fatalf("%q: %v, %v", words, m, err)
		}
		decoded, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if want := strings.ReplaceAll(clip(oneLine(words), 200), "=?", "= ?"); err != nil || decoded != want {
			t.Errorf("%q is read as %q, want %q: %v", words, decoded, want, err)
		}
		for line := range strings.SplitSeq(encoded, "\r\n") {
			if len(line) > 300 {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
	}
}

func TestWhatAMailServerAnswersSaysWhetherItMayPass(t *testing.T) {
	for _, tt := range []struct {
		name      string
		answers   map[string]string
		retriable bool
		want      string // in the error; "": none
		delivered bool
	}{
		{name: "accepted", delivered: true},
		{name: "busy from the beginning", answers: map[string]string{"greeting": "421 too many connections"}, retriable: true, want: "greeting: 421"},
		{name: "closed to us", answers: map[string]string{"greeting": "554 no service here"}, want: "greeting: 554"},
		{name: "sender refused", answers: map[string]string{"MAIL": "550 who?"}, want: `MAIL FROM: 550 "who?"`},
		{name: "a mailbox is busy", answers: map[string]string{"RCPT TO:<team": "450 later"}, retriable: true, want: "RCPT TO team@example.com: 450"},
		{name: "a mailbox is unknown", answers: map[string]string{"RCPT TO:<team": "550 unknown"}, want: "RCPT TO team@example.com: 550", delivered: true},
		{name: "all are unknown", answers: map[string]string{"RCPT": "550 unknown"}, want: `RCPT TO zoe@example.com: 550 "unknown"; RCPT TO team@example.com: 550 "unknown"`},
		{name: "full", answers: map[string]string{"end of data": "452 no space"}, retriable: true, want: `DATA: 452 "no space"`},
		{name: "taken for spam", answers: map[string]string{"end of data": "550 spam"}, want: `DATA: 550 "spam"`},
		{name: "rude at the end", answers: map[string]string{"QUIT": "500 what?"}, delivered: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &smtpServer{answers: tt.answers}
			err := email(t, EmailOptions{Address: s.start(t)}).Send(t.Context(), &Notice{drop(), Raised})
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if pipeline.IsRetriable(err) != tt.retriable {
				t.Errorf("retriable: %v", !tt.retriable)
			}
			if got := len(s.mails) == 1; got != tt.delivered && !strings.HasPrefix(tt.answers["end of data"], "4") && !strings.HasPrefix(tt.answers["end of data"], "5") {
				t.Errorf("delivered: %v", got)
			}
		})
	}
}

func TestAMailServerThatHangsIsLeftInTime(t *testing.T) {
	for _, where := range []string{"greeting", "EHLO", "MAIL", "RCPT", "DATA", "end of data"} {
		t.Run(where, func(t *testing.T) {
			s := &smtpServer{answers: map[string]string{where: ""}}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			err := email(t, EmailOptions{Address: s.start(t)}).Send(ctx, &Notice{drop(), Raised})
			if !pipeline.IsRetriable(err) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ln.Close()
		if err := email(t, EmailOptions{Address: ln.Addr().String()}).Send(t.Context(), &Notice{drop(), Raised}); !pipeline.IsRetriable(err) {
			t.Errorf("got %v", err)
		}
	})
}

// certificate is one of loopback's, and who trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

func TestMailIsEncryptedAsConfigured(t *testing.T) {
	server, client := certificate(t)
	const password = "pass-word"
	for _, tt := range []struct {
		name   string
		server smtpServer
		mail   EmailOptions
		want   string // in the error
	}{
		{"STARTTLS", smtpServer{tls: server}, EmailOptions{Encryption: StartTLS, TLS: client, Username: "u", Password: password}, ""},
		{"TLS", smtpServer{tls: server, wrapped: true}, EmailOptions{Encryption: ImplicitTLS, TLS: client, Username: "u", Password: password}, ""},
		{"STARTTLS that isn't offered", smtpServer{}, EmailOptions{Encryption: StartTLS, TLS: client, Username: "u", Password: password}, "offers no STARTTLS"},
		{"a certificate that nobody knows", smtpServer{tls: server}, EmailOptions{Encryption: StartTLS, Username: "u", Password: password}, "certificate"},
		{"a wrong password", smtpServer{tls: server, answers: map[string]string{"AUTH": "535 no"}}, EmailOptions{Encryption: StartTLS, TLS: client, Username: "u", Password: password}, `AUTH: 535 "no"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.mail.Address = tt.server.start(t)
			err := email(t, tt.mail).Send(t.Context(), &Notice{drop(), Raised})
			if tt.want == "" && (err != nil || len(tt.server.mails) != 1) || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("%v tells the password", err)
			}
			var before []string // the connection was encrypted
			close(tt.server.heard)
			for command := range tt.server.heard {
				verb, _, _ := strings.Cut(command, " ")
				if before = append(before, verb); verb == "STARTTLS" {
					break
				}
			}
			if tt.mail.Encryption == StartTLS {
				if diff := cmp.Diff([]string{"EHLO", "STARTTLS"}, before); diff != "" && tt.server.tls != nil {
					t.Errorf("before encryption (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestWhatIsWrongWithMailOptionsIsSaid(t *testing.T) {
	good := EmailOptions{Address: "smtp.example.com:587", From: "a@example.com", To: []string{"b@example.com"}}
	if _, err := NewEmail(good); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*EmailOptions){
		`address: "smtp" is no host and port`:    func(o *EmailOptions) { o.Address = "smtp" },
		`encryption: "ssl" is unknown`:           func(o *EmailOptions) { o.Encryption = "ssl" },
		`encryption: none, so that the password`: func(o *EmailOptions) { o.Encryption, o.Username, o.Password = Unencrypted, "u", "hush" },
		`username: there is only one`:            func(o *EmailOptions) { o.Password = "hush" },
		`from: "me" is no mail address`:          func(o *EmailOptions) { o.From = "me" },
		`to: empty`:                              func(o *EmailOptions) { o.To = nil },
		`to[1]: "you\r\nBcc: x" is no`:           func(o *EmailOptions) { o.To = append(o.To, "you\r\nBcc: x") },
	} {
		bad := good
		spoil(&bad)
		if _, err := NewEmail(bad); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
