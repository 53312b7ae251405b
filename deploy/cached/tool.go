package cached

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Tool returns the program that a script deploy/get-NAME.sh has built, of the version that
// the script names; $NAME, in capitals, names another one.
func Tool(t testing.TB, script string) string {
	t.Helper()
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(script), "get-"), ".sh")
	if path := os.Getenv(strings.ToUpper(name)); path != "" {
		return path
	}
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^version=(v\S+)`).FindSubmatch(text)
	if version == nil {
		t.Fatalf("%s names no version", script)
	}
	cache, err := root()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cache, name, string(version[1]), name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is missing: run make %s (%v)", name, name, err)
	}
	return path
}

// root is earshot's directory in the user's cache.
func root() (string, error) {
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(home, ".cache")
	}
	return filepath.Join(cache, "earshot"), nil
}
