package privacy_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"earshot/nlp/privacy"
)

func TestPseudonymsAreStableKeyedAndTellNothing(t *testing.T) {
	a, b := privacy.NewPseudonyms(bytes.Repeat([]byte{1}, 32)), privacy.NewPseudonyms(bytes.Repeat([]byte{2}, 32))
	if once, again := a.Of("customer-1"), a.Of("customer-1"); once != again {
		t.Error("the same id has two pseudonyms")
	}
	if a.Of("customer-1") == a.Of("customer-2") || a.Of("customer-1") == b.Of("customer-1") {
		t.Error("two ids, or two keys, give the same pseudonym")
	}
	if a.Of("") != "" {
		t.Error("no id has a pseudonym")
	}
	if got := a.Of("customer-1"); len(got) != 64 || strings.Contains(got, "customer") {
		t.Errorf("pseudonym %q", got)
	}
}

// The vector is that of RFC 4231, test case 1.
func TestPseudonymsAreHMACSHA256(t *testing.T) {
	p := privacy.NewPseudonyms(bytes.Repeat([]byte{0x0b}, 20))
	if got, want := p.Of("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAKeyIsMadeOnceForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "earshot.key")
	if _, err := privacy.ReadKey(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading no key: %v", err)
	}
	const processes = 8
	keys := make([][]byte, processes)
	var mu sync.Mutex
	makers := 0
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			key, made, err := privacy.MakeKey(path)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if keys[i] = key; made {
				makers++
			}
		})
	}
	all.Wait()
	if makers != 1 {
		t.Errorf("%d made the key, want one", makers)
	}
	for _, key := range keys {
		if len(key) != privacy.KeyBytes || !bytes.Equal(key, keys[0]) {
			t.Errorf("key %x, want %x", key, keys[0])
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

func TestADamagedKeyIsNamedAndNeverReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "earshot.key")
	for _, content := range []string{"", "12ab\n", strings.Repeat("x", 64)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := privacy.MakeKey(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", content, err)
		}
		if now, _ := os.ReadFile(path); string(now) != content {
			t.Errorf("%q was replaced by %q", content, now)
		}
	}
}
