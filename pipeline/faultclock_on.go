//go:build faults

package pipeline

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// clockVariable names a file that says by how much this process's wall clock is
// off, such as "-1h". It is read at every question, so that the clock can jump
// while the process runs.
const clockVariable = "EARSHOT_CLOCK"

// Now is the wall clock, moved by what the file says.
func Now() time.Time {
	path := os.Getenv(clockVariable)
	if path == "" {
		return time.Now()
	}
	text, err := os.ReadFile(path)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", clockVariable, err))
	}
	off, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		panic(fmt.Sprintf("%s: %v", clockVariable, err))
	}
	// A clock that is set moves the wall clock alone, not the monotonic one.
	return time.Now().Round(0).Add(off)
}
