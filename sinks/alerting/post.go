package alerting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"earshot/pipeline"
)

// endpoint is where a receiver takes posts. Its errors show the host alone: the rest
// of the address may be a secret.
type endpoint struct {
	url    *url.URL
	client *http.Client
	remedy string // what to do when it refuses for good, for example "check url"
}

// newEndpoint reads the address that field of the configuration gives. A nil client
// is one of its own.
func newEndpoint(field, address string, client *http.Client, remedy string) (*endpoint, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		// Not the address itself: that of Slack is a secret.
		return nil, fmt.Errorf("%s: not an address of the web; give it whole, as in https://host/path", field)
	}
	if client == nil {
		client = &http.Client{}
	}
	own := *client
	// A post that is redirected turns into a GET, which any page answers.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &endpoint{u, &own, remedy}, nil
}

// post sends body as JSON. The error says whether it may pass.
func (e *endpoint) post(ctx context.Context, body []byte, header http.Header) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s: the request cannot be made; %s", e.url.Host, e.remedy)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "earshot")
	resp, err := e.client.Do(req)
	if err != nil {
		return pipeline.Retriable(fmt.Errorf("%s: no answer: %w", e.url.Host, withoutURL(err)))
	}
	defer resp.Body.Close()
	// What an answer says is for people, and its end lets the connection be used again.
	const longestAnswer = 4 << 10
	answer, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if err != nil && resp.StatusCode < 300 {
		return nil // it has said that it has it
	}
	return e.judge(resp, answer)
}

// judge says what an answer means for the notice.
func (e *endpoint) judge(resp *http.Response, answer []byte) error {
	code := resp.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	err := fmt.Errorf("%s: answered %s", e.url.Host, status(code)+e.quote(answer))
	switch {
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		if after := parseRetryAfter(resp.Header.Get("Retry-After"), time.Now()); after > 0 {
			return busy(err, after)
		}
		return pipeline.Retriable(err)
	case code >= 300 && code < 400:
		return fmt.Errorf("%w, which sends elsewhere and is not followed; give the address that it leads to", err)
	}
	return fmt.Errorf("%w; %s", err, e.remedy)
}

func status(code int) string {
	if text := http.StatusText(code); text != "" {
		return fmt.Sprintf("%d (%s)", code, text)
	}
	return strconv.Itoa(code)
}

// quote is the first line of an answer, for an error. A page that repeats a part of
// the address, which may be the secret one, is not quoted.
func (e *endpoint) quote(answer []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(answer)), "\n")
	line = clip(oneLine(line), 200)
	if line == "" || strings.HasPrefix(line, "<") {
		return ""
	}
	const secretive = 6 // letters: what is shorter is found in any text
	for part := range strings.FieldsFuncSeq(e.url.RequestURI()+"/"+e.url.User.String(), func(r rune) bool {
		return strings.ContainsRune("/?&=:", r)
	}) {
		if len(part) < secretive {
			continue
		}
		plain, err := url.PathUnescape(part)
		if strings.Contains(line, part) || err == nil && strings.Contains(line, plain) {
			return ""
		}
	}
	return ": " + line
}

// parseRetryAfter reads the header of that name: seconds, or a time. What is
// neither, or over, is 0.
func parseRetryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// withoutURL drops the request's address from err.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
