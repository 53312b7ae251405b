package encoder

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// library opens ONNX Runtime; without one the test is skipped, except where
// EARSHOT_ONNXRUNTIME says that there is one.
func library(t testing.TB) *Runtime {
	t.Helper()
	path, err := FindLibrary()
	if errors.Is(err, ErrLibraryNotFound) && os.Getenv("EARSHOT_ONNXRUNTIME") == "" {
		t.Skip(err)
	}
	must(t, err)
	r, err := Open(path)
	must(t, err)
	t.Cleanup(func() { must(t, r.Close()) })
	return r
}

func model(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".onnx"))
	must(t, err)
	return b
}

func load(t testing.TB, r *Runtime, model []byte) *Session {
	t.Helper()
	s, err := r.Load(model, 1)
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

// oneLine checks an error's parts.
func oneLine(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q lacks %q, or is not one line", err, p)
		}
	}
}

func TestOutputsComeByName(t *testing.T) {
	s := load(t, library(t), model(t, "tiny"))
	// Word n is (4n, 4n+1, 4n+2, 4n+3); the logits are sums over the words.
	for _, c := range []struct {
		name string
		ask  []string
		want []Output
	}{
		{"one", []string{"logits"}, []Output{{"logits", []int64{1, 3}, []float32{16, 18, 20}}}},
		{"both", []string{"hidden", "logits"}, []Output{
			{"hidden", []int64{1, 2, 4}, []float32{4, 5, 6, 7, 12, 13, 14, 15}},
			{"logits", []int64{1, 3}, []float32{16, 18, 20}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []Output
			for _, name := range c.ask {
				got = append(got, Output{Name: name})
			}
			for range 2 { // the second time into the same memory
				must(t, s.Run([]int64{1, 3}, got))
				for i, o := range got {
					if o.Name != c.want[i].Name || !slices.Equal(o.Shape, c.want[i].Shape) || !slices.Equal(o.Data, c.want[i].Data) {
						t.Errorf("got %v, want %v", o, c.want[i])
					}
				}
			}
		})
	}
	if !s.Has("hidden") || s.Has("pooled") {
		t.Error("the outputs that the model has are not known")
	}
}

func TestModelsNeedNotTakeAMask(t *testing.T) {
	s := load(t, library(t), model(t, "no-mask"))
	out := []Output{{Name: "logits"}}
	must(t, s.Run([]int64{2}, out))
	if !slices.Equal(out[0].Data, []float32{8, 9, 10}) {
		t.Errorf("got %v", out[0])
	}
}

func TestRunsThatCannotBe(t *testing.T) {
	s := load(t, library(t), model(t, "tiny"))
	logits := []Output{{Name: "logits"}}
	for _, c := range []struct {
		name string
		ids  []int64
		out  []Output
		want string
	}{
		{"no ids", nil, logits, "a text has 1 to 512 ids, not 0"},
		{"too many ids", make([]int64, MaxIDs+1), logits, "not 513"},
		{"no outputs", []int64{1}, nil, "no output is asked for"},
		{"an output it lacks", []int64{1}, []Output{{Name: "pooled"}}, `it gives no "pooled"`},
		{"an id beyond its words", []int64{10}, logits, "ONNX Runtime: "},
		{"an id below them", []int64{-11}, logits, "ONNX Runtime: "},
	} {
		t.Run(c.name, func(t *testing.T) { oneLine(t, s.Run(c.ids, c.out), c.want) })
	}
	must(t, s.Run([]int64{1}, logits)) // none of them did harm
}

func TestForeignModelsAreRefused(t *testing.T) {
	r := library(t)
	for name, want := range map[string]string{
		"image":          `it takes "pixels"`,
		"float-ids":      "its input_ids is not of int64",
		"no-logits":      "it gives no logits",
		"integer-logits": "its logits are not of floats",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.Load(model(t, name), 1)
			oneLine(t, err, "model: it is not one of earshot's", want)
		})
	}
}

// TestDamagedModelsAreErrors cuts a model short at every byte and changes
// every byte: what loads by chance must run or fail, and nothing may end the
// process.
func TestDamagedModelsAreErrors(t *testing.T) {
	r := library(t)
	whole := model(t, "tiny")
	try := func(b []byte) error {
		s, err := r.Load(b, 1)
		if err != nil {
			return err
		}
		defer s.Close()
		return s.Run([]int64{1, 3}, []Output{{Name: "logits"}})
	}
	for n := range whole {
		if err := try(whole[:n]); err == nil {
			// A model may miss its last fields, such as the version that it
			// was written for, but not its graph.
			if n < len(whole)*9/10 {
				t.Errorf("its first %d bytes of %d run", n, len(whole))
			}
		} else {
			oneLine(t, err, "model: ")
		}
	}
	for i := range whole {
		for _, mask := range []byte{0xff, 0x01, 0x80} {
			b := slices.Clone(whole)
			b[i] ^= mask
			if err := try(b); err != nil {
				oneLine(t, err)
			}
		}
	}
	for _, b := range [][]byte{nil, []byte("no model"), make([]byte, 1000)} {
		_, err := r.Load(b, 1)
		oneLine(t, err, "model: ", "fetch or build the model again")
	}
}

func TestOneSessionServesManyGoroutines(t *testing.T) {
	s := load(t, library(t), model(t, "tiny"))
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			out := []Output{{Name: "logits"}, {Name: "hidden"}}
			for n := range 200 {
				ids := make([]int64, 1+(g+n)%37)
				for i := range ids {
					ids[i] = int64(g % 10)
				}
				if err := s.Run(ids, out); err != nil {
					t.Error(err)
					return
				}
				if want := float32(len(ids) * (g % 10) * 4); out[0].Data[0] != want || len(out[1].Data) != 4*len(ids) {
					t.Errorf("got %v for %d ids of %d, want %v first", out[0], len(ids), g%10, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestClosingWaitsForRuns(t *testing.T) {
	r := library(t)
	s, err := r.Load(model(t, "tiny"), 1)
	must(t, err)
	oneLine(t, r.Close(), "sessions open: 1")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			out := []Output{{Name: "logits"}}
			for s.Run([]int64{1, 3}, out) == nil {
				if out[0].Data[0] != 16 {
					t.Errorf("got %v", out[0])
				}
			}
		})
	}
	s.Close()
	s.Close()
	wg.Wait()
	if err := s.Run([]int64{1}, []Output{{Name: "logits"}}); !errors.Is(err, errClosed) {
		t.Errorf("a run after the end: %v", err)
	}
	must(t, r.Close())
	if _, err := r.Load(model(t, "tiny"), 1); !errors.Is(err, errClosed) {
		t.Errorf("a model loaded after the end: %v", err)
	}
}

func TestThreadsThatAreNone(t *testing.T) {
	_, err := library(t).Load(model(t, "tiny"), 0)
	oneLine(t, err, "0 threads", "at least 1")
}

func TestLibrariesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file.so")
	must(t, os.WriteFile(file, []byte("no library"), 0o600))
	t.Run("absent from the cache", func(t *testing.T) {
		t.Setenv("EARSHOT_ONNXRUNTIME", "")
		t.Setenv("XDG_CACHE_HOME", dir)
		_, err := FindLibrary()
		oneLine(t, err, filepath.Join(dir, "earshot", "onnxruntime", LibraryVersion), "make onnxruntime", "EARSHOT_ONNXRUNTIME")
		if !errors.Is(err, ErrLibraryNotFound) {
			t.Error("the error cannot be told from others")
		}
	})
	t.Run("named, absent", func(t *testing.T) {
		t.Setenv("EARSHOT_ONNXRUNTIME", filepath.Join(dir, "gone.so"))
		_, err := FindLibrary()
		oneLine(t, err, "EARSHOT_ONNXRUNTIME names "+filepath.Join(dir, "gone.so"), "correct it")
	})
	t.Run("absent", func(t *testing.T) {
		_, err := Open(filepath.Join(dir, "gone.so"))
		oneLine(t, err, "no file "+filepath.Join(dir, "gone.so"), "make onnxruntime")
	})
	t.Run("no library", func(t *testing.T) {
		_, err := Open(file)
		oneLine(t, err, file, "is not a shared library", "make onnxruntime")
	})
	t.Run("another library", func(t *testing.T) {
		path := compiled(t, "int nothing_of_ours(void) { return 0; }")
		_, err := Open(path)
		oneLine(t, err, path, "not an ONNX Runtime library", "OrtGetApiBase")
	})
	t.Run("too old", func(t *testing.T) {
		path := compiled(t, `
			static const void *api(unsigned version) { return 0; }
			static const char *name(void) { return "1.10.0"; }
			static const struct { const void *(*api)(unsigned); const char *(*name)(void); } base = {api, name};
			const void *OrtGetApiBase(void) { return &base; }`)
		_, err := Open(path)
		oneLine(t, err, path, "ONNX Runtime 1.10.0", "older than 1.17", "make onnxruntime")
	})
}

// compiled makes a shared library of C; without a compiler the test is
// skipped.
func compiled(t *testing.T, source string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler to make a library with")
	}
	path := filepath.Join(t.TempDir(), "library.so")
	c := exec.Command(cc, "-shared", "-fPIC", "-x", "c", "-o", path, "-")
	c.Stdin = strings.NewReader(source)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func TestTheEarHearsWhatWasSaid(t *testing.T) {
	w := english(t)
	s := load(t, library(t), ear(t, "sentiment.int8.onnx"))
	for text, want := range map[string]int{
		"Three weeks without internet and nobody calls back. Worst company ever 😡": 0,
		"what is the daily withdrawal limit on a basic account?":                   1,
		"The technician was lovely and fixed it in ten minutes, thank you!":        2,
	} {
		ids := w.IDs(nil, Shorten(w.Append(nil, Clean(text).Text), 128))
		first := []Output{{Name: "logits"}}
		must(t, s.Run(ids, first))
		if got := first[0].Data; len(got) != 3 || slices.Index(got, slices.Max(got)) != want || math.IsNaN(float64(got[0])) {
			t.Errorf("%q: logits %v, want the highest at %d", text, got, want)
		}
		var wg sync.WaitGroup
		for range 4 { // side by side, to the bit the same
			wg.Go(func() {
				again := []Output{{Name: "logits"}}
				if err := s.Run(ids, again); err != nil || !slices.Equal(again[0].Data, first[0].Data) {
					t.Errorf("%q: %v, %v, was %v", text, err, again[0].Data, first[0].Data)
				}
			})
		}
		wg.Wait()
	}
}

// BenchmarkRun is a text of 37 ids, as a complaint of two sentences has.
func BenchmarkRun(b *testing.B) {
	w := english(b)
	s := load(b, library(b), ear(b, "sentiment.int8.onnx"))
	ids := w.IDs(nil, w.Append(nil, complaint))[:37]
	out := []Output{{Name: "logits"}}
	b.ReportAllocs()
	for b.Loop() {
		must(b, s.Run(ids, out))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}
