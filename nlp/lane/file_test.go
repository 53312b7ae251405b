package lane

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
)

// bytesOf are a model's file.
func bytesOf(t testing.TB, m *Model) []byte {
	t.Helper()
	b, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAModelReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	for name, items := range map[string][]Item{"n-grams": lessons(10), "features": featured(lessons(10), 1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := trained(t, items)
			var written bytes.Buffer
			if n, err := m.WriteTo(&written); err != nil || n != int64(written.Len()) {
				t.Fatal(n, err)
			}
			again, err := Read(written.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if !IsLane(written.Bytes()) || !bytes.Equal(bytesOf(t, again), written.Bytes()) {
				t.Error("written again it is another file")
			}
			var h Scratch
			for _, item := range items {
				a, p, _ := m.Judge(&h, h.Text(item.Text), item.Features)
				b, q, _ := again.Judge(&h, h.Text(item.Text), item.Features)
				if a != b || p != q {
					t.Fatalf("%q: %d at %g, read again %d at %g", item.Text, a, p, b, q)
				}
			}
		})
	}
}

func TestReadTellsWhatIsWrongWithAFile(t *testing.T) {
	t.Parallel()
	m, _ := trained(t, featured(lessons(4), 1))
	good := bytesOf(t, m)
	// signed is a file whose checksum is right whatever stands in it.
	signed := func(change func(b []byte) []byte) []byte {
		b := change(slices.Clone(good[:len(good)-sha256.Size]))
		sum := sha256.Sum256(b)
		return append(b, sum[:]...)
	}
	replaced := func(old, now string) []byte {
		return signed(func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(now), 1) })
	}
	many := *m
	many.Rows = 1<<bits + 1
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		data []byte
		is   error
		says string
	}{
		"empty":           {nil, ErrForeign, "earshot train --task topics"},
		"another file":    {[]byte("earshot sentiment model 1\n"), ErrForeign, ""},
		"later version":   {[]byte("earshot lane 2\nwhatever"), ErrVersion, "version 2"},
		"no version":      {[]byte("earshot lane"), ErrForeign, ""},
		"cut in version":  {[]byte("earshot lane 1"), ErrDamaged, "first line"},
		"cut early":       {good[:20], ErrDamaged, "ends early"},
		"cut late":        {good[:len(good)-1], ErrDamaged, "checksum"},
		"one bit":         {flipped, ErrDamaged, "checksum"},
		"more behind":     {append(slices.Clone(good), 0), ErrDamaged, "checksum"},
		"nothing in it":   {signed(func(b []byte) []byte { return b[:len("earshot lane 1\n")] }), ErrDamaged, "ends early"},
		"fewer weights":   {signed(func(b []byte) []byte { return b[:len(b)-4] }), ErrDamaged, "weights of"},
		"long intro":      {signed(func(b []byte) []byte { b[len("earshot lane 1\n")+3] = 0xff; return b }), ErrDamaged, "does not fit"},
		"no JSON":         {replaced("{", "["), ErrDamaged, "cannot be read"},
		"name":            {replaced(`"shop"`, `"Shop"`), ErrDamaged, `"Shop"`},
		"two labels same": {replaced(`"refund"`, `"top-up"`), ErrDamaged, "one topic"},
		"rows":            {bytesOf(t, &many), ErrDamaged, "4194305 n-grams"},
		"features":        {replaced(`"features":8`, `"features":7`), ErrDamaged, "weights of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(c.data)
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %v with %q", err, c.is, c.says)
			}
		})
	}
}

func TestPlacesOutOfOrderAreDamage(t *testing.T) {
	t.Parallel()
	m, _ := trained(t, lessons(4))
	m.places = slices.Clone(m.places)
	m.places[0], m.places[1] = m.places[1], m.places[0]
	if _, err := Read(bytesOf(t, m)); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "order") {
		t.Error(err)
	}
}

// FuzzRead reads foreign bytes, with a right checksum so that more than the checksum
// is tried, and judges a text with whatever can be read.
func FuzzRead(f *testing.F) {
	m, _, err := Train(f.Context(), Options{Name: "shop"}, featured(lessons(2), 1))
	if err != nil {
		f.Fatal(err)
	}
	good := bytesOf(f, m)
	f.Add(good[:len(good)-sha256.Size], "card stolen")
	f.Add([]byte("earshot lane 1\n\x02\x00\x00\x00{}"), "")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		sum := sha256.Sum256(data)
		m, err := Read(append(slices.Clone(data), sum[:]...))
		if err != nil {
			return
		}
		var h Scratch
		read := h.Text(text)
		for _, features := range [][]float32{nil, make([]float32, m.Features)} {
			label, _, _ := m.Judge(&h, read, features)
			if label < 0 || label >= len(m.Labels()) || !strings.HasPrefix(m.Topic(label), m.Name()+".") {
				t.Fatalf("label %d of %d", label, len(m.Labels()))
			}
		}
		for _, s := range m.Evidence(nil, &h, read, 0) {
			if s.Start < 0 || s.End > len(text) || s.Start >= s.End {
				t.Fatalf("evidence %v in %d bytes", s, len(text))
			}
		}
	})
}
