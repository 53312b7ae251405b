package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"earshot/sinks/clickhouse/embedded"
)

// This test binary works on a database in a process of its own, and with an engine of
// its own, when childDir says in which directory. childStep says what it does: make
// the database as it was long ago, migrate and be killed in the statement of that
// number, or look whether all is well.
const (
	childDir  = "EARSHOT_TEST_UPGRADE_DIR"
	childStep = "EARSHOT_TEST_UPGRADE_STEP"

	makeOld = "make"
	look    = "look"
)

// upgradeChild runs one step and returns the exit code.
func upgradeChild(dir string) int {
	ctx := context.Background()
	err := func() error {
		server, err := embedded.Start(ctx, embedded.Options{Dir: dir, Addr: "127.0.0.1:0"})
		if err != nil {
			return err
		}
		s, err := Open(Options{URL: "http://" + server.Addr()})
		if err != nil {
			return err
		}
		switch step := os.Getenv(childStep); step {
		case makeOld:
			err = makeVersion1(ctx, s)
		case look:
			err = lookAtUpgraded(ctx, s)
		default:
			err = migrateUntilKilled(ctx, s, step)
		}
		return errors.Join(err, s.Close(), server.Close(ctx))
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func makeVersion1(ctx context.Context, s *Store) error {
	stop := errors.New("stop")
	if _, err := s.migrate(ctx, func(m Migration, _ int) error {
		if m.Version > 1 {
			return stop
		}
		return nil
	}); !errors.Is(err, stop) {
		return fmt.Errorf("not stopped: %w", err)
	}
	return s.Exec(ctx, rowsOfVersion1)
}

// migrateUntilKilled migrates; the process is killed while the statement of that
// number runs, or soon after, and the engine with it.
func migrateUntilKilled(ctx context.Context, s *Store, step string) error {
	at, err := strconv.Atoi(step)
	if err != nil {
		return err
	}
	statement := 0
	_, err = s.migrate(ctx, func(Migration, int) error {
		if statement == at {
			time.AfterFunc(time.Duration(at%4)*time.Millisecond, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) })
		}
		statement++
		return nil
	})
	if err == nil && statement > at {
		select {} // it is being killed
	}
	return err
}

func lookAtUpgraded(ctx context.Context, s *Store) error {
	if err := s.CheckSchema(ctx); err != nil {
		return err
	}
	var id, text string
	var rows uint64
	if err := s.conn.QueryRow(ctx, "SELECT any(id), any(text), count() FROM feedback").Scan(&id, &text, &rows); err != nil {
		return err
	}
	if id != "edited" || text != "good" || rows != 1 {
		return fmt.Errorf("%d rows: %s %q", rows, id, text)
	}
	v, err := s.compareCells(ctx, Period{time.UnixMilli(0), time.UnixMilli(hourMilli)})
	if err != nil || v.Cells != 1 || len(v.Differences) != 0 {
		return fmt.Errorf("%d cells, of which differ %v: %w", v.Cells, v.Differences, err)
	}
	return nil
}

func TestMigrateGoesOnAfterSIGKILLOfItselfAndTheEngine(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(step string) (out []byte, err error) {
		child := osexec.Command(self)
		child.Env = append(os.Environ(), childDir+"="+dir, childStep+"="+step)
		return child.CombinedOutput()
	}
	if out, err := run(makeOld); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	killed := 0
	for at := 0; ; at++ {
		out, err := run(strconv.Itoa(at))
		if err == nil {
			break // fewer statements were left than that
		}
		var exit *osexec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("to be killed in statement %d: %v\n%s", at, err, out)
		}
		killed++
	}
	if killed < 5 {
		t.Errorf("killed %d times only", killed)
	}
	if out, err := run(look); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
