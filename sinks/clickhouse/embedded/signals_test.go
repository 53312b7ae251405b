package embedded

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

func TestSignalsStayGos(t *testing.T) {
	for range 3 { // later connections must not take them either
		ask(t, "SELECT sum(number) FROM numbers(1000000)")
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			var nothing *int
			*nothing = 1
		}()
	}
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		ctx, stop := signal.NotifyContext(context.Background(), s)
		if err := syscall.Kill(os.Getpid(), s.(syscall.Signal)); err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
		stop()
	}
}
