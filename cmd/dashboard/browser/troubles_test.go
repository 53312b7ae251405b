//go:build integration

package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// troubles are what must never happen in a tab: errors and warnings on the
// console, exceptions that nobody caught, violations of the content policy,
// requests to anybody but the dashboard, requests that fail, dialogs, and the
// crash of a page.
type troubles struct {
	host string // of the dashboard

	mu       sync.Mutex
	expected *regexp.Regexp // nil: nothing is
	seen     []string
	urls     map[network.RequestID]string
}

// issues are those that Chromium reports in a panel of their own, of which some
// are mere advice.
var issues = []audits.InspectorIssueCode{
	audits.InspectorIssueCodeContentSecurityPolicyIssue, audits.InspectorIssueCodeMixedContentIssue,
	audits.InspectorIssueCodeBlockedByResponseIssue, audits.InspectorIssueCodeCorsIssue,
	audits.InspectorIssueCodeQuirksModeIssue, audits.InspectorIssueCodeDeprecationIssue,
	audits.InspectorIssueCodeGenericIssue, audits.InspectorIssueCodeStylesheetLoadingIssue,
}

// listen is told what happens in the tab.
func (s *troubles) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		said := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			said += " " + x.Description
		}
		s.add("uncaught exception: %s", said)
	case *runtime.EventConsoleAPICalled:
		if slices.Contains([]string{"error", "warning", "assert"}, string(e.Type)) {
			s.add("%s on the console: %s", e.Type, asJSON(e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			s.add("%s on the console: %s (%s)", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *audits.EventIssueAdded:
		if slices.Contains(issues, e.Issue.Code) {
			s.add("issue: %s", asJSON(e.Issue))
		}
	case *network.EventRequestWillBeSent:
		s.requested(e.RequestID, e.Request.URL)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			s.add("%s answered with %d", e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFailed:
		// Leaving a page ends its stream of events.
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			s.add("%s failed: %s %s", s.url(e.RequestID), e.ErrorText, e.BlockedReason)
		}
	case *network.EventWebSocketCreated:
		s.add("a web socket to %s", e.URL)
	case *cdppage.EventJavascriptDialogOpening:
		s.add("a dialog: %s", e.Message)
	case *inspector.EventTargetCrashed:
		s.add("the page has crashed")
	}
}

// expect says what belongs to the test, and is no trouble.
func (s *troubles) expect(pattern string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = regexp.MustCompile(pattern)
}

func (s *troubles) requested(id network.RequestID, address string) {
	if u, err := url.Parse(address); err != nil || u.Scheme != "data" && u.Host != s.host {
		s.add("a request to %s", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.urls == nil {
		s.urls = map[network.RequestID]string{}
	}
	s.urls[id] = address
}

func (s *troubles) url(id network.RequestID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.urls[id]
}

func (s *troubles) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, fmt.Sprintf(format, args...))
}

// all are the troubles until now, each once.
func (s *troubles) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(s.seen), func(trouble string) bool { return s.expected != nil && s.expected.MatchString(trouble) })
	slices.Sort(list)
	return slices.Compact(list)
}

// troubles tells whether what goes wrong in a tab is seen.
func (s stage) troubles(t *testing.T) {
	for name, test := range map[string]struct{ script, want string }{
		"an error on the console": {`console.error("a", 1)`, "error on the console"},
		"an exception":            {`setTimeout(() => { throw new Error("oops") })`, "uncaught exception: Uncaught Error: oops"},
		"a rejected promise":      {`Promise.reject(new Error("oops")); 1`, "uncaught exception: Uncaught (in promise) Error: oops"},
		"a script in the page":    {`{ const e = document.createElement("script"); e.textContent = "1"; document.body.append(e) }`, "ContentSecurityPolicyIssue"},
		"a style in the page":     {`document.body.setAttribute("style", "color: red")`, "ContentSecurityPolicyIssue"},
		"a picture from outside":  {`new Image().src = "http://127.0.0.1:1/x.png"`, "127.0.0.1:1"},
		"a page from outside":     {`location.href = "http://127.0.0.1:1/"`, "a request to http://127.0.0.1:1/"},
		"what is missing":         {`fetch("/missing"); 1`, "/missing answered with 404"},
		"a broken picture":        {`{ document.body.insertAdjacentHTML("beforeend", '<svg><path d="M NaN 1"/></svg>'); 1 }`, "attribute d: Expected number"},
		"a question":              {`setTimeout(() => confirm("sure?")); 1`, "a dialog: sure?"},
	} {
		t.Run(name, func(t *testing.T) {
			seen := &troubles{host: s.demo.Dashboard}
			b := s.chromium.watched(t, look{still: true}, seen)
			b.open("/")
			if already := seen.all(); len(already) > 0 {
				t.Fatalf("the page itself is in trouble: %q", already)
			}
			b.do("make trouble", chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
				_, err := cdp.Call(ctx, tab, runtime.Evaluate, runtime.EvaluateParams{Expression: test.script})
				return err
			}))
			tick := time.NewTicker(often)
			defer tick.Stop()
			for !strings.Contains(strings.Join(seen.all(), "\n"), test.want) {
				select {
				case <-tick.C:
				case <-b.ctx.Done():
					t.Fatalf("seen is %q, want %q", seen.all(), test.want)
				}
			}
		})
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
