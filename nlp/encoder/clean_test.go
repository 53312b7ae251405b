package encoder

import (
	"testing"
	"unicode/utf8"
)

func TestTextsAreCleanedAsForTraining(t *testing.T) {
	for _, row := range rows(t, "clean.tsv") {
		if got, want := Clean(unquote(t, row[0])).Text, unquote(t, row[1]); got != want {
			t.Errorf("%.200s: got %.300q, want %.300q", row[0], got, want)
		}
	}
}

func TestCleanedTextsKnowWhereTheyComeFrom(t *testing.T) {
	for _, c := range []struct{ text, part, want string }{
		{"plain text", "text", "text"},
		{"  far \t off ", "far off", "far \t off"},
		{"see https://t.co/x now", "http", "https://t.co/x"},
		{"see https://t.co/x now", "now", "now"},
		{"thanks @Bob_99!", "@user", "@Bob_99"},
		{"love 🤷🏽‍♀️ it", "shrug", "🤷🏽‍♀️"},
		{"love 🤷🏽‍♀️ it", "it", "it"},
		{"R&amp;D \\u00e9t\\u00e9", "&", "&amp;"},
		{"R&amp;D \\u00e9t\\u00e9", "été", "\\u00e9t\\u00e9"},
		{"&amp;&#64;bob &lt;br&gt;x", "@user", "&#64;bob"},
		{`"quoted"`, "quoted", "quoted"},
		{"a&lt;br&gt;b", "a b", "a&lt;br&gt;b"},
	} {
		cleaned := Clean(c.text)
		at := -1
		for i := range cleaned.Text {
			if len(cleaned.Text)-i >= len(c.part) && cleaned.Text[i:i+len(c.part)] == c.part {
				at = i
				break
			}
		}
		if at < 0 {
			t.Errorf("%q: no %q in %q", c.text, c.part, cleaned.Text)
			continue
		}
		if start, end := cleaned.Source(at, at+len(c.part)); c.text[start:end] != c.want {
			t.Errorf("%q: %q comes from %q, want %q", c.text, c.part, c.text[start:end], c.want)
		}
	}
}

func TestPlainTextsAreNotCopied(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Clean(complaint) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzClean(f *testing.F) {
	for _, row := range rows(f, "clean.tsv") {
		f.Add(unquote(f, row[0]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := Clean(text)
		if utf8.ValidString(text) && !utf8.ValidString(c.Text) {
			t.Fatalf("%q: %q is not UTF-8", text, c.Text)
		}
		lastStart, lastEnd := 0, 0
		for i := range c.Text {
			start, end := c.Source(i, i+1)
			if start < lastStart || end < lastEnd || start >= end || end > len(text) {
				t.Fatalf("%q: byte %d of %q comes from [%d, %d), behind [%d, %d)", text, i, c.Text, start, end, lastStart, lastEnd)
			}
			lastStart, lastEnd = start, end
		}
		for i := range len(c.Text) + 1 {
			if start, end := c.Source(i, i); start != end || start < 0 || start > len(text) {
				t.Fatalf("%q: place %d of %q is [%d, %d)", text, i, c.Text, start, end)
			}
		}
	})
}

func BenchmarkClean(b *testing.B) {
	for name, text := range map[string]string{
		"plain": complaint,
		"tweet": "@Comcast thanks for nothing 😡😡 3 weeks &amp; still no router https://t.co/abc \\u2764",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Clean(text)
			}
		})
	}
}
