package tsv

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// all reads to the end; what cannot be read stands as its error.
func all(t *testing.T, in *Lines) []string {
	t.Helper()
	var lines []string
	for {
		line, err := in.Next()
		var broken *LineError
		switch {
		case errors.Is(err, io.EOF):
			return lines
		case errors.As(err, &broken):
			line = broken.Error()
		case err != nil:
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
}

func TestLineEndsAndByteOrderMarkAreNoPartOfLines(t *testing.T) {
	t.Parallel()
	in := NewLines(strings.NewReader("\uFEFFlabel\ttext\r\n\n a\t\uFEFFb \nlast"), "f")
	want := []string{"label\ttext", "", " a\t\uFEFFb ", "last"}
	if diff := cmp.Diff(want, all(t, in)); diff != "" {
		t.Error(diff)
	}
	if in.Line() != 4 {
		t.Errorf("the last line is %d", in.Line())
	}
}

func TestOverlongLinesArePassedOver(t *testing.T) {
	t.Parallel()
	in := NewLines(strings.NewReader("short\n"+strings.Repeat("x", 100_000)+"\nlast"), "f")
	in.limit = 70_000
	if diff := cmp.Diff([]string{"short", "f: line 2: longer than 16 MiB", "last"}, all(t, in)); diff != "" {
		t.Error(diff)
	}
}

func TestOpenDecompressesByName(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte("a\nb\n"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	put := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, content := range map[string][]byte{"t.tsv": []byte("a\nb\n"), "t.tsv.gz": packed.Bytes()} {
		f, err := Open(put(name, content))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a", "b"}, all(t, NewLines(f, name))); diff != "" {
			t.Error(name, diff)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	damaged := packed.Bytes()[:packed.Len()-6]
	f, err := Open(put("cut.tsv.gz", damaged))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := NewLines(f, "cut.tsv.gz")
	for err == nil {
		_, err = in.Next()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), "cut.tsv.gz: after line ") {
		t.Errorf("cut off: %v", err)
	}
	if _, err := Open(put("plain.tsv.gz", []byte("a\n"))); !errors.Is(err, gzip.ErrHeader) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("no gzip: %v", err)
	}
	if _, err := Open("nowhere.tsv"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzLinesEndWithoutPanics(f *testing.F) {
	f.Add([]byte("\uFEFFa\tb\r\n\r\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := NewLines(bytes.NewReader(data), "f")
		lines := all(t, in)
		if len(lines) != in.Line() || strings.ContainsAny(strings.Join(lines, ""), "\n") {
			t.Errorf("%d lines, the last is %d: %q", len(lines), in.Line(), lines)
		}
	})
}
