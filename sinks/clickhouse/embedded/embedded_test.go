package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"
)

// shared is the one server of this test binary: the engine allows one data
// directory in a process.
var shared *Server

func TestMain(m *testing.M) {
	if run, ok := children[os.Getenv("EARSHOT_TEST_CHILD")]; ok {
		run()
		return
	}
	os.Exit(withServer(m))
}

func withServer(m *testing.M) int {
	dir, err := os.MkdirTemp("", "earshot-embedded-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	shared, err = Start(ctx, Options{Dir: dir, Addr: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := shared.Close(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// children are the parts that a test plays in a process of its own.
var children = map[string]func(){"serve": serveChild, "reopen": reopenChild}
