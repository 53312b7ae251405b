package alerting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"earshot/pipeline"
)

var errDown = pipeline.Retriable(errors.New("mail.example: out of order"))

// attempt is what a receiver was asked for, and when, since the test began.
type attempt struct {
	ID    string
	After time.Duration
}

// fakeReceiver answers as the test says.
type fakeReceiver struct {
	mu       sync.Mutex
	answer   func(ctx context.Context, id string) error // nil: it accepts
	began    time.Time
	attempts []attempt
	accepted []string
	said     []string // explanations of what was accepted
}

func (r *fakeReceiver) Send(ctx context.Context, n *Notice) error {
	return r.take(ctx, n.ID(), n.Alert.Explanation)
}

func (r *fakeReceiver) SendDigest(ctx context.Context, d *Digest) error {
	return r.take(ctx, d.ID(), "")
}

func (r *fakeReceiver) take(ctx context.Context, id, says string) error {
	r.mu.Lock()
	r.attempts = append(r.attempts, attempt{id, time.Since(r.began)})
	answer := r.answer
	r.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, id); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accepted, r.said = append(r.accepted, id), append(r.said, says)
	return nil
}

// answers changes what it answers.
func (r *fakeReceiver) answers(answer func(context.Context, string) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *fakeReceiver) tries() []attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.attempts)
}

// got is what it has accepted, and what that said.
func (r *fakeReceiver) got() (ids, said []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.accepted), slices.Clone(r.said)
}

func (r *fakeReceiver) ids() []string { ids, _ := r.got(); return ids }

// forgetful is a fakeReceiver that wants to hear of an alert that lasts.
type forgetful struct{ fakeReceiver }

func (*forgetful) Resend() time.Duration { return time.Minute }

// fakeLedger keeps what was delivered.
type fakeLedger struct {
	mu    sync.Mutex
	err   error
	calls int
	ids   []string // receiver and ID
}

func (l *fakeLedger) Delivered(_ context.Context, receiver, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	if l.err == nil {
		l.ids = append(l.ids, receiver+" "+id)
	}
	return l.err
}

// fails lets it fail, or not.
func (l *fakeLedger) fails(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *fakeLedger) known() (ids []string, calls int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.ids), l.calls
}

func (l *fakeLedger) entries() []string { ids, _ := l.known(); return ids }

// logBuffer is a log that is read while it is written.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// rig is an outbox that runs.
type rig struct {
	*Outbox
	t      *testing.T
	ledger *fakeLedger
	log    *logBuffer
	reg    *prometheus.Registry
}

// run starts an outbox in a bubble; it ends with the test.
func run(t *testing.T, receivers map[string]Receiver, o OutboxOptions) *rig {
	t.Helper()
	r := &rig{t: t, ledger: &fakeLedger{}, log: &logBuffer{}, reg: prometheus.NewRegistry()}
	o.Receivers, o.Ledger, o.Registry = receivers, r.ledger, r.reg
	o.Log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	for _, receiver := range receivers {
		switch f := receiver.(type) {
		case *fakeReceiver:
			f.began = time.Now()
		case *forgetful:
			f.began = time.Now()
		}
	}
	var err error
	if r.Outbox, err = NewOutbox(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); r.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	return r
}

// put takes notices and waits until nothing more happens at this moment.
func (r *rig) put(receiver string, notices ...*Notice) {
	r.t.Helper()
	for _, n := range notices {
		if err := r.Put(receiver, n); err != nil {
			r.t.Fatal(err)
		}
	}
	synctest.Wait()
}

func (r *rig) lines() []string {
	return strings.Split(strings.TrimSpace(r.log.String()), "\n")
}

// about is a notice of an alert, which says what its n-th version does.
func about(alert string, reason Reason, version int) *Notice {
	return &Notice{&pipeline.Alert{ID: alert, UpdatedAt: time.UnixMilli(int64(version)), Explanation: fmt.Sprint("v", version)}, reason}
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestAReceiverThatHangsDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := &fakeReceiver{answer: func(ctx context.Context, _ string) error { <-ctx.Done(); return pipeline.Retriable(ctx.Err()) }}
		works := &fakeReceiver{}
		r := run(t, map[string]Receiver{"hangs": hangs, "works": works}, OutboxOptions{})
		for i := range 5 {
			n := about(fmt.Sprint("a", i), Raised, 1)
			r.put("hangs", n)
			r.put("works", n)
		}
		diff(t, "accepted at once", []attempt{{"a0:raised", 0}, {"a1:raised", 0}, {"a2:raised", 0}, {"a3:raised", 0}, {"a4:raised", 0}}, works.tries())
		time.Sleep(10*time.Second - 1)
		synctest.Wait()
		if r.log.String() != "" || len(hangs.tries()) != 1 {
			t.Errorf("before the time of an attempt is over: %d, %s", len(hangs.tries()), r.log)
		}
		hangs.answers(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(hangs.ids()) != 5 {
			t.Errorf("after it hung, it has accepted %v", hangs.ids())
		}
	})
}

func TestAnHourOfFailuresIsTwoLinesAndNothingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &fakeReceiver{answer: func(context.Context, string) error { return errDown }}
		r := run(t, map[string]Receiver{"mail": mail}, OutboxOptions{})
		r.put("mail", about("a", Raised, 1))
		time.Sleep(time.Hour)
		r.put("mail", about("b", Raised, 1), about("a", Resolved, 2))
		for i, last := 1, time.Duration(0); i < len(mail.tries()); i++ {
			wait := mail.tries()[i].After - last
			last = mail.tries()[i].After
			shortest, longest := time.Second<<min(i-1, 20)/2, time.Second<<min(i-1, 20)*3/2
			if shortest, longest = min(shortest, 100*time.Second), min(longest, 5*time.Minute); wait < shortest || wait > longest+time.Second {
				t.Errorf("the wait before attempt %d was %v, want %v to %v", i+1, wait, shortest, longest)
			}
		}
		if n := len(mail.tries()); n < 15 || n > 45 {
			t.Errorf("%d attempts in an hour", n)
		}
		mail.answers(nil)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(mail.ids()) != 3 || len(r.ledger.entries()) != 3 {
			t.Errorf("accepted %v, in the ledger %v", mail.ids(), r.ledger.entries())
		}
		lines := r.lines()
		if len(lines) != 2 || !strings.HasPrefix(lines[0], `level=WARN msg="deliveries fail, trying again" receiver=mail notice=a:raised error="mail.example: out of order"`) ||
			!strings.HasPrefix(lines[1], `level=INFO msg="deliveries work again" receiver=mail after=1h`) || !strings.HasSuffix(lines[1], "waited=3") {
			t.Errorf("the log says\n%s", r.log)
		}
		want := `
			# HELP earshot_alerts_waiting Notices and digests that a receiver has not acknowledged yet.
			# TYPE earshot_alerts_waiting gauge
			earshot_alerts_waiting{receiver="mail"} 0
		`
		if err := testutil.GatherAndCompare(r.reg, strings.NewReader(want), "earshot_alerts_waiting"); err != nil {
			t.Error(err)
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chat := &fakeReceiver{}
		chat.answers(func(context.Context, string) error {
			if len(chat.tries()) == 1 {
				return busy(errors.New("429"), 20*time.Minute)
			}
			return nil
		})
		r := run(t, map[string]Receiver{"chat": chat}, OutboxOptions{})
		r.put("chat", about("a", Raised, 1))
		r.put("chat", about("b", Raised, 1))
		time.Sleep(20*time.Minute - 1)
		synctest.Wait()
		if len(chat.tries()) != 1 {
			t.Fatalf("attempts %v", chat.tries())
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		diff(t, "accepted", []string{"a:raised", "b:raised"}, chat.ids())
	})
}

func TestOneNoticeThatFailsDelaysNoOtherAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &fakeReceiver{answer: func(_ context.Context, id string) error {
			if strings.HasPrefix(id, "poison:") {
				return errDown
			}
			return nil
		}}
		r := run(t, map[string]Receiver{"mail": mail}, OutboxOptions{})
		r.put("mail", about("poison", Raised, 1), about("poison", Resolved, 1))
		for i := range 20 {
			r.put("mail", about(fmt.Sprint("a", i), Raised, 1))
			time.Sleep(10 * time.Minute)
		}
		synctest.Wait()
		if len(mail.ids()) != 20 {
			t.Errorf("accepted %v", mail.ids())
		}
		if len(r.lines()) != 1 {
			t.Errorf("the log says\n%s", r.log)
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		lines := r.lines()
		if len(lines) != 3 || !strings.Contains(lines[1], `level=ERROR msg="a notice is given up" receiver=mail notice=poison:raised after=24h`) || !strings.Contains(lines[2], "notice=poison:resolved") {
			t.Errorf("the log says\n%s", r.log)
		}
		tried := len(mail.tries())
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if len(mail.tries()) != tried {
			t.Error("what was given up is tried again")
		}
		if got := testutil.ToFloat64(r.lanes["mail"].metrics.deliveries.WithLabelValues("mail", givenUp)); got != 2 {
			t.Errorf("%v given up", got)
		}
	})
}

func TestWhatIsRefusedForGoodIsSaidOnceAndNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := &fakeReceiver{answer: func(context.Context, string) error { return errors.New("hook.example: answered 404; check url") }}
		r := run(t, map[string]Receiver{"hook": hook}, OutboxOptions{})
		r.put("hook", about("a", Raised, 1))
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		if lines := r.lines(); len(hook.tries()) != 1 || len(r.ledger.entries()) != 0 || len(lines) != 1 || !strings.Contains(lines[0], "level=ERROR") || !strings.Contains(lines[0], "check url") {
			t.Errorf("%d attempts, in the ledger %v, the log says\n%s", len(hook.tries()), r.ledger.entries(), r.log)
		}
		hook.answers(nil)
		r.put("hook", about("a", Resolved, 1))
		diff(t, "accepted", []string{"a:resolved"}, hook.ids())
	})
}

func TestNoticesOfAnAlertKeepTheirOrderAndMerge(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first []*Notice // tried in vain before the rest arrives
		then  []*Notice
		want  []string
		says  []string
	}{
		{"all three", []*Notice{about("a", Raised, 1)}, []*Notice{about("a", Updated, 2)},
			[]string{"a:raised", "a:updated:2"}, []string{"v1", "v2"}},
		{"a later update replaces an earlier one", []*Notice{about("a", Raised, 1)}, []*Notice{about("a", Updated, 2), about("a", Updated, 4), about("a", Updated, 3)},
			[]string{"a:raised", "a:updated:4"}, []string{"v1", "v4"}},
		{"a resolution holds what an update says", []*Notice{about("a", Raised, 1)}, []*Notice{about("a", Updated, 2), about("a", Resolved, 3), about("a", Updated, 4)},
			[]string{"a:raised", "a:resolved"}, []string{"v1", "v3"}},
		{"what nobody has heard is told as it is now", []*Notice{about("other", Raised, 1)}, []*Notice{about("a", Raised, 1), about("a", Updated, 3), about("a", Updated, 2)},
			[]string{"a:raised"}, []string{"v3"}},
		{"the same twice", []*Notice{about("a", Raised, 1)}, []*Notice{about("a", Raised, 1), about("a", Resolved, 2), about("a", Resolved, 2)},
			[]string{"a:raised", "a:resolved"}, []string{"v1", "v2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mail := &fakeReceiver{answer: func(context.Context, string) error { return errDown }}
				r := run(t, map[string]Receiver{"mail": mail}, OutboxOptions{})
				r.put("mail", tt.first...)
				mail.answers(nil)
				r.put("mail", tt.then...)
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				accepted, said := mail.got()
				if i := slices.Index(accepted, "other:raised"); i >= 0 { // its place is a matter of chance
					accepted, said = slices.Delete(accepted, i, i+1), slices.Delete(said, i, i+1)
				}
				diff(t, "accepted", tt.want, accepted)
				diff(t, "what it said", tt.says, said)
			})
		})
	}
}

func TestWhatIsUnderWayStaysAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		mail := &fakeReceiver{answer: func(context.Context, string) error { <-release; return nil }}
		r := run(t, map[string]Receiver{"mail": mail}, OutboxOptions{})
		r.put("mail", about("a", Raised, 1))
		r.put("mail", about("a", Updated, 2), about("a", Updated, 3), about("a", Raised, 1))
		close(release)
		synctest.Wait()
		diff(t, "accepted", []string{"a:raised", "a:updated:3"}, mail.ids())
		_, said := mail.got()
		diff(t, "what it said", []string{"v1", "v3"}, said)
	})
}

func TestAQueueThatIsFullKeepsWhatWasRaisedAndResolved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &fakeReceiver{answer: func(context.Context, string) error { return errDown }}
		r := run(t, map[string]Receiver{"mail": mail}, OutboxOptions{Waiting: 10})
		for i := range 20 {
			r.put("mail", about(fmt.Sprint(i), Raised, 1))
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		for i := range 20 {
			r.put("mail", about(fmt.Sprint(i), Updated, 2), about(fmt.Sprint(i), Resolved, 3), about(fmt.Sprint("new", i), Updated, 1))
		}
		mail.answers(nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		counts := map[string]int{}
		for _, id := range mail.ids() {
			_, reason, _ := strings.Cut(id, ":")
			counts[reason]++
		}
		diff(t, "accepted", map[string]int{"raised": 20, "resolved": 20}, counts)
		if got := strings.Count(r.log.String(), "many notices wait"); got != 1 {
			t.Errorf("that it is full is said %d times", got)
		}
	})
}

func TestTheLedgerIsToldAfterTheReceiverAndUntilItKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &fakeReceiver{answer: func(context.Context, string) error { return errDown }}
		r := run(t, map[string]Receiver{"mail": mail}, OutboxOptions{})
		r.put("mail", about("other", Raised, 1), about("a", Raised, 1), about("a", Updated, 2))
		if _, calls := r.ledger.known(); calls > 0 {
			t.Fatal("the ledger heard before the receiver")
		}
		mail.answers(nil)
		r.ledger.fails(errors.New("read only"))
		time.Sleep(5 * time.Minute)
		r.put("mail", about("a", Raised, 1)) // the caller looks at the ledger, too
		diff(t, "accepted", []string{"a:raised", "other:raised"}, slices.Sorted(slices.Values(mail.ids())))
		if len(r.lines()) != 3 || !strings.Contains(r.log.String(), `level=WARN msg="a delivery could not be noted, trying again" receiver=mail notice=a:raised error="read only"`) {
			t.Errorf("the log says\n%s", r.log)
		}
		r.ledger.fails(nil)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if len(mail.ids()) != 2 || len(r.ledger.entries()) != 3 {
			t.Errorf("accepted %v, in the ledger %v", mail.ids(), r.ledger.entries())
		}
		for _, id := range []string{"mail a:raised", "mail a:updated:2", "mail other:raised"} {
			if !strings.Contains(strings.Join(r.ledger.entries(), "\n"), id) {
				t.Errorf("%q is not in the ledger: %v", id, r.ledger.entries())
			}
		}
	})
}

func TestStandingAlertsAreToldToThoseWhoForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		am, mail := &forgetful{}, &fakeReceiver{}
		r := run(t, map[string]Receiver{"am": am, "mail": mail}, OutboxOptions{})
		r.put("mail", about("a", Standing, 1))
		r.put("am", about("a", Raised, 1))
		r.put("am", about("a", Standing, 2))
		r.put("am", about("a", Standing, 3))
		diff(t, "of those who forget", []string{"a:raised", "a:standing", "a:standing"}, am.ids())
		am.answers(func(context.Context, string) error { return errDown })
		r.put("am", about("a", Standing, 4)) // tried in vain, and not again
		r.put("am", about("a", Standing, 5), about("a", Resolved, 6), about("a", Standing, 5))
		am.answers(nil)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		diff(t, "of those who forget", []string{"a:raised", "a:standing", "a:standing", "a:resolved"}, am.ids())
		diff(t, "of others", 0, len(mail.tries()))
		diff(t, "ledger", []string{"am a:raised", "am a:resolved"}, r.ledger.entries())
	})
}

func TestDigestsAreDeliveredLikeNotices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &fakeReceiver{}
		r := run(t, map[string]Receiver{"mail": mail, "am": struct{ Receiver }{}}, OutboxOptions{})
		d := NewDigest(nil, noon)
		if err := r.PutDigest("mail", d); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		diff(t, "ledger", []string{"mail " + d.ID()}, r.ledger.entries())
		if err := r.PutDigest("am", d); err == nil || !strings.Contains(err.Error(), `"am" takes no digests`) {
			t.Errorf("got %v", err)
		}
		if err := r.Put("pager", about("a", Raised, 1)); err == nil || err.Error() != `there is no receiver "pager", but: am, mail` {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhatIsUnderWayAtTheEndIsNeitherLoggedNorNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &fakeReceiver{answer: func(ctx context.Context, _ string) error { <-ctx.Done(); return pipeline.Retriable(ctx.Err()) }}
		var log logBuffer
		ledger := &fakeLedger{}
		o, err := NewOutbox(OutboxOptions{Receivers: map[string]Receiver{"mail": mail}, Ledger: ledger, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Put("mail", about("a", Raised, 1)); err != nil { // before it runs
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); o.Run(ctx) }()
		synctest.Wait()
		cancel()
		<-ended
		if len(mail.tries()) != 1 || ledger.calls != 0 || log.String() != "" {
			t.Errorf("%d attempts, %d calls of the ledger, the log says %s", len(mail.tries()), ledger.calls, &log)
		}
	})
}
