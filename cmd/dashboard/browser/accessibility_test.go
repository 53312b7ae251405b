//go:build integration

package browser

import (
	"os"
	"path/filepath"
	"testing"

	"earshot/deploy/cached"
)

const axeVersion = "4.14.1" // of the npm package axe-core

// axeRun checks what is on the page against WCAG 2.2, levels A and AA.
const axeRun = `axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) =>
	violations.flatMap((v) => v.nodes.slice(0, 5).map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`

// accessibility tells whether axe finds something on a page that somebody can't
// see, hear or use.
func (s stage) accessibility(t *testing.T) {
	axe := axeCore(t)
	s.each(t, look{still: true}, func(b *tab, _ page) {
		value[int](b, openAll)
		value[bool](b, axe+"\n;true")
		for _, l := range []look{{width: laptop}, {width: phone, dark: true}} {
			b.resize(l.width, 900)
			b.paint(l.dark)
			for _, violation := range value[[]string](b, axeRun) {
				b.t.Errorf("%d wide, dark %t: %s", l.width, l.dark, violation)
			}
		}
	})
}

// axeCore returns axe's script. The package is installed into the user's cache
// once.
func axeCore(t *testing.T) string {
	t.Helper()
	modules := cached.NPM(t.Context(), t, "axe-core/"+axeVersion, "axe-core@"+axeVersion)
	script, err := os.ReadFile(filepath.Join(modules, "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}
