//go:build integration

package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/deploy/cached"
	"earshot/pipeline"
)

// startAlertmanager starts the real one on loopback and returns its address once it
// answers. It ends with the test.
func startAlertmanager(t *testing.T) string {
	t.Helper()
	binary := cached.Tool(t, "../../deploy/get-alertmanager.sh")
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(config, []byte("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	ln.Close()

	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "--config.file="+config, "--storage.path="+filepath.Join(dir, "data"), "--web.listen-address="+address, "--cluster.listen-address=")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		log.Close()
	})
	failed := func(why string) {
		text, _ := os.ReadFile(log.Name())
		t.Fatalf("Alertmanager %s:\n%s", why, text)
	}
	root := "http://" + address
	patience := time.After(time.Minute)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		if resp, err := http.Get(root + "/-/ready"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return root
			}
		}
		select {
		case err := <-ended:
			ended <- err
			failed("ended")
		case <-patience:
			failed("does not answer")
		case <-tick.C:
		}
	}
}

// held is an alert as Alertmanager gives it back.
type held struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
}

func alertsOf(t *testing.T, root string) []held {
	t.Helper()
	resp, err := http.Get(root + "/api/v2/alerts")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var alerts []held
	if err := json.NewDecoder(resp.Body).Decode(&alerts); err != nil {
		t.Fatal(err)
	}
	return alerts
}

// await returns the alerts as soon as there are n.
func await(t *testing.T, root string, n int) []held {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		alerts := alertsOf(t, root)
		if len(alerts) == n {
			return alerts
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Alertmanager holds %d alerts, want %d: %+v", len(alerts), n, alerts)
		case <-tick.C:
		}
	}
}

func TestRealAlertmanagerHoldsOneAlertFromRaisedToResolved(t *testing.T) {
	root := startAlertmanager(t)
	a, err := NewAlertmanager(AlertmanagerOptions{URL: root})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	alert := func() *pipeline.Alert { // the golden one, in the recent past
		a := drop()
		a.Since, a.Severity = now.Add(-2*time.Hour).Truncate(time.Millisecond), pipeline.AlertWarning
		return a
	}
	send := func(a *Alertmanager, n *Notice) {
		t.Helper()
		if err := a.Send(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	labels := map[string]string{
		"alertname": "EarshotDrop", "id": alert().ID, "incident": alert().Incident, "severity": "warning", "measure": "net_sentiment",
		"series": "topic installation", "channel": "call", "stage": "fulfilment", "topic": "installation",
	}

	send(a, &Notice{alert(), Raised})
	send(a, &Notice{alert(), Raised}) // delivered again
	send(a, &Notice{alert(), Standing})
	first := await(t, root, 1)[0]
	if d := cmp.Diff(labels, first.Labels); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]string{
		"summary": headline(alert()), "description": alert().Explanation, "dashboard": alert().URL,
		"quotes": "“<!channel> @here the technician never came <script>alert(1)</script> &c.” (feedback.calls/c-1)\n“*third* appointment Bcc: all@example.com” (feedback.calls/c-2)",
	}, first.Annotations); d != "" {
		t.Errorf("annotations (-want +got):\n%s", d)
	}
	if !first.StartsAt.Equal(alert().Since) || first.GeneratorURL != alert().URL {
		t.Errorf("it starts at %v and comes from %s", first.StartsAt, first.GeneratorURL)
	}
	if ends := first.EndsAt.Sub(now); ends < 3*time.Minute-time.Second || ends > 4*time.Minute {
		t.Errorf("it ends in %v by itself, want three minutes", ends)
	}

	updated := alert()
	updated.Explanation, updated.UpdatedAt, updated.Severity = "It is worse now.", now, pipeline.AlertCritical
	send(a, &Notice{updated, Updated})
	second := await(t, root, 1)[0]
	labels["severity"] = "critical"
	if d := cmp.Diff(labels, second.Labels); d != "" || second.Annotations["description"] != "It is worse now." {
		t.Errorf("it says %q; labels (-want +got):\n%s", second.Annotations["description"], d)
	}

	over := *updated
	over.ResolvedAt = now.Add(time.Hour) // event time may be ahead
	send(a, &Notice{&over, Resolved})
	await(t, root, 0)
	send(a, &Notice{&over, Resolved})
	await(t, root, 0)
}

func TestRealAlertmanagerForgetsAnAlertThatStandsNoMore(t *testing.T) {
	root := startAlertmanager(t)
	a, err := NewAlertmanager(AlertmanagerOptions{URL: root, Resend: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		alert := emergence()
		alert.ID, alert.Since = fmt.Sprint(alert.ID, i), time.Now().Add(-time.Hour)
		if err := a.Send(t.Context(), &Notice{alert, Raised}); err != nil {
			t.Fatal(err)
		}
	}
	await(t, root, 3) // alerts with one series and different ids are different ones
	await(t, root, 0)
}

func TestRealAlertmanagerRefusesWhatItCannotRead(t *testing.T) {
	root := startAlertmanager(t)
	a, err := NewAlertmanager(AlertmanagerOptions{URL: root})
	if err != nil {
		t.Fatal(err)
	}
	alert := drop()
	alert.URL = "not a url at all"
	if err := a.Send(t.Context(), &Notice{alert, Raised}); err == nil || pipeline.IsRetriable(err) {
		t.Errorf("got %v", err)
	} else {
		t.Log(err)
	}
}
