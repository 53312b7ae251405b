//go:build integration

package browser

import (
	"flag"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"earshot/cmd/earshottest"
)

var binary = flag.String("earshot", "../../../bin/earshot", "the earshot to look at")

// patience bounds every wait, and what is polled meanwhile is asked this often.
const (
	patience = earshottest.Patience
	often    = earshottest.Often
)

// program is an earshot in a process of its own.
type program struct{ *earshottest.Process }

// start runs a command of earshot that starts everything, on free ports and with
// data of its own, until the test ends, and waits until it works.
func start(t *testing.T, command ...string) *program {
	t.Helper()
	if _, err := os.Stat(*binary); err != nil {
		t.Fatalf("%v: run make build, or say where it is with -earshot", err)
	}
	p := &program{earshottest.Launch(t, exec.Command(*binary, append(command, earshottest.AnywhereFree(t.TempDir())...)...))}
	p.AwaitUp(t)
	return p
}

// awaitHeard waits until the pipeline has read so many records, and all but few
// of them count.
func (p *program) awaitHeard(t *testing.T, records, few int) {
	t.Helper()
	p.Await(t, "everything is heard", func() bool {
		_, metrics := earshottest.Request(t, http.MethodGet, "http://"+p.Operations+"/metrics", "")
		return sum(metrics, "earshot_records_consumed_total") >= records && sum(metrics, "earshot_consumer_lag_records") <= few
	})
}

// send publishes records, one JSON object a line.
func (p *program) send(t *testing.T, topic, records string) {
	t.Helper()
	p.command(t, records, "send", "--brokers", p.Kafka, "--topic", topic, "-")
}

// command runs a command of earshot beside the program.
func (p *program) command(t *testing.T, input string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), *binary, args...)
	cmd.Stdin = strings.NewReader(input)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("earshot %s: %v\n%s", args[0], err, said)
	}
}

// sum adds up the series of a metric.
func sum(metrics, name string) int {
	total := 0.0
	for line := range strings.Lines(metrics) {
		series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if metric, _, _ := strings.Cut(series, "{"); metric == name {
			v, _ := strconv.ParseFloat(value, 64) // what is no number counts nothing
			total += v
		}
	}
	return int(total)
}
