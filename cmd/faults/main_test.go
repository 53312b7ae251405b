//go:build faults

package faults

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"earshot/sinks/clickhouse/embedded"
)

// asClickHouse, set in the environment to a directory and an address, makes the
// test binary be a ClickHouse server: so that tests can kill one.
const (
	asClickHouseDir  = "EARSHOT_FAULTS_CLICKHOUSE_DIR"
	asClickHouseAddr = "EARSHOT_FAULTS_CLICKHOUSE_ADDR"
)

var (
	soak        = flag.Duration("soak", 0, "repeat the cases until this has passed")
	prompt      = flag.Bool("prompt", false, "fail where recovery takes longer than is promised: for a machine that does nothing else")
	seed        = flag.Uint64("seed", 0, "seed of everything random; 0: another one each time")
	slots       = flag.Int("slots", 7, "cases that run side by side on the same servers")
	binary      = flag.String("earshot", "../../bin/earshot", "the earshot to break")
	faultBinary = flag.String("earshot-faults", "../../bin/earshot-faults", "the same, built with the tag faults")
	reliability = flag.String("reliability", "", "file to keep the table of results in")
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(asClickHouseDir); dir != "" {
		if err := serveClickHouse(dir, os.Getenv(asClickHouseAddr)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	// Cases mostly wait; -slots says how many do so side by side.
	if err := flag.Set("test.parallel", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// serveClickHouse is a ClickHouse server until somebody asks it to end.
func serveClickHouse(dir, addr string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	server, err := embedded.Start(ctx, embedded.Options{Dir: dir, Addr: addr})
	if err != nil {
		return err
	}
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return server.Close(end)
}
