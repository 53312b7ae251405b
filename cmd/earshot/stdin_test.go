package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

func TestACommandThatWaitsForInputHearsTheStop(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"analyze"},
		{"analyze", "--input", "ndjson"},
		{"send", "--topic", "t", "--dry-run", "-"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			in, typed := io.Pipe() // nobody ever types
			t.Cleanup(func() { _ = typed.Close() })
			code := make(chan int)
			go func() { code <- run(ctx, args, stdio{in: in, out: io.Discard, err: io.Discard}) }()
			cancel()
			if got := <-code; got != exitFailed {
				t.Errorf("exit %d, want %d", got, exitFailed)
			}
		})
	}
}

func TestAnalyzeReadsScores(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	in := strings.NewReader(`{"id":"d","rating":1}` + "\n" + `{"nps":10}` + "\n")
	if code := run(t.Context(), []string{"analyze", "--input", "ndjson", "--output", "csv"}, stdio{in: in, out: &out, err: io.Discard}); code != 0 {
		t.Fatalf("exit %d", code)
	}
	want := "id,label,score,mixed,confidence,language,text,topics,stage,intents,effort,emotion,urgency,noise\n" +
		"d,negative,-1,false,1,,,,,,,,,\n,positive,1,false,1,,,,,,,,,\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
