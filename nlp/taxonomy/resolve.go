package taxonomy

import (
	"embed"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

//go:embed packs/*.yaml
var builtIn embed.FS

const signalsPack = "signals" // the built-in pack that is always loaded

// Names are the built-in packs, sorted.
func Names() []string {
	entries, err := builtIn.ReadDir("packs")
	if err != nil {
		return nil // there are always some
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// loader reads packs, each once, and puts them in the order in which they lie over
// one another.
type loader struct {
	loaded map[string]*pack // by the pack's own name
	files  map[string]*pack // by path
	packs  []*pack          // in order
	asked  []*pack
	alone  bool    // without the built-in signals
	under  []*pack // those whose extensions are being read
}

// isPath tells a file from the name of a built-in pack.
func isPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

func (l *loader) load(names []string) error {
	l.loaded, l.files = map[string]*pack{}, map[string]*pack{}
	// Files first: an `extends` by name means the file if one of that name is asked for.
	for _, name := range names {
		if isPath(name) {
			if _, err := l.fromFile(name); err != nil {
				return err
			}
		}
	}
	if !l.alone {
		p, err := l.named(signalsPack, place{})
		if err != nil {
			return err
		}
		if err := l.place(p); err != nil {
			return err
		}
	}
	for _, name := range names {
		var p *pack
		var err error
		if isPath(name) {
			p, err = l.fromFile(name)
		} else {
			p, err = l.named(name, place{file: name})
		}
		if err != nil {
			return err
		}
		if !slices.Contains(l.asked, p) {
			l.asked = append(l.asked, p)
		}
		if err := l.place(p); err != nil {
			return err
		}
	}
	return nil
}

// place puts a pack behind those that it extends.
func (l *loader) place(p *pack) error {
	if slices.Contains(l.packs, p) {
		return nil
	}
	l.under = append(l.under, p)
	for _, e := range p.extends {
		below, err := l.extended(p, e)
		if err != nil {
			return err
		}
		if i := slices.Index(l.under, below); i >= 0 {
			var circle []string
			for _, p := range append(l.under[i:], below) {
				circle = append(circle, p.name)
			}
			return e.at.errorf("extends goes in a circle: %s; take one of them out", strings.Join(circle, " → "))
		}
		if err := l.place(below); err != nil {
			return err
		}
		p.below = append(p.below, below)
	}
	l.under = l.under[:len(l.under)-1]
	l.packs = append(l.packs, p)
	return nil
}

// extended is a pack that p extends.
func (l *loader) extended(p *pack, e text) (*pack, error) {
	if !isPath(e.value) {
		return l.named(e.value, e.at)
	}
	if !p.disk {
		return nil, e.at.errorf("extends %q: a built-in pack extends others by name", e.value)
	}
	name := e.value
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(p.file), name)
	}
	below, err := l.fromFile(name)
	var foreign *Error
	if err != nil && !errors.As(err, &foreign) {
		return nil, e.at.errorf("extends %q: %v", e.value, err)
	}
	return below, err
}

// named is a pack that was read already or is built in; at is where it is named.
func (l *loader) named(name string, at place) (*pack, error) {
	if p := l.loaded[name]; p != nil {
		return p, nil
	}
	data, err := builtIn.ReadFile("packs/" + name + ".yaml")
	if err != nil {
		names := Names()
		nearest := slices.MinFunc(names, func(a, b string) int {
			return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
		})
		return nil, at.errorf("no built-in pack %q: did you mean %s? (`earshot taxonomy list` shows all; a file is named by its path: ./%s.yaml)", name, nearest, name)
	}
	p, err := readPack(path.Join("packs", name+".yaml"), data)
	if err != nil {
		return nil, err
	}
	return p, l.add(p)
}

// fromFile is the pack in a file.
func (l *loader) fromFile(name string) (*pack, error) {
	key := filepath.Clean(name)
	if abs, err := filepath.Abs(name); err == nil {
		key = abs
	}
	if p := l.files[key]; p != nil {
		return p, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, err
	}
	p, err := readPack(name, data)
	if err != nil {
		return nil, err
	}
	p.disk = true
	l.files[key] = p
	return p, l.add(p)
}

func (l *loader) add(p *pack) error {
	if other := l.loaded[p.name]; other != nil {
		return place{file: p.file}.errorf("pack %s is in %s as well: give one of them another name", p.name, other.file)
	}
	l.loaded[p.name] = p
	return nil
}
