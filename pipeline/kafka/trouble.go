package kafka

import (
	"log/slog"
	"math/bits"
	"time"
)

// trouble reports something that is tried again until it works, or until nobody
// wants it any more: at the first, second, fourth, eighth … failure, so that an
// hour without a broker is a screenful of lines, and once when it is over.
type trouble struct {
	log   *slog.Logger
	what  string
	since time.Time
	tries int
}

func (t *trouble) again(err error) {
	if t.tries == 0 {
		t.since = time.Now()
	}
	t.tries++
	if bits.OnesCount(uint(t.tries)) == 1 {
		t.log.Warn(t.what+", trying again", "tries", t.tries, "since", t.since.UTC().Format(time.RFC3339), "error", err)
	}
}

func (t *trouble) over() {
	if t.tries > 0 {
		t.log.Info(t.what+" works again", "tries", t.tries, "after", time.Since(t.since).Round(time.Millisecond))
		t.tries = 0
	}
}
