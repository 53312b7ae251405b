package sentiment

import (
	"strings"
	"testing"

	"earshot/nlp/segment"
)

// The work on a text is its features: twice the text may make twice as many, and
// no more, whatever it holds.
func TestFeaturesGrowNoFasterThanTheText(t *testing.T) {
	t.Parallel()
	count := func(text string) int {
		var read segment.Text
		var f Features
		read.Read(text, nil, "en")
		x := NewExtractor(20)
		for _, s := range read.Sentences {
			x.Sentence(&f, &read, s)
		}
		return len(f.Words) + len(f.Chars)
	}
	for name, unit := range map[string]string{
		"marks":           "!",
		"one word":        "a",
		"words":           "not good ",
		"quotes":          `"a `,
		"combining marks": "e\u0301",
		"hashtags":        "#NotGoodAtAll ",
		"emoji":           "😡",
		"clauses":         "good but bad; ",
		"sentences":       "No. ",
		"elongated":       "soooo ",
		"Hindi":           "बहुत ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 4 << 10
			once, twice := count(strings.Repeat(unit, n)), count(strings.Repeat(unit, 2*n))
			if twice > 2*once+100 {
				t.Errorf("%d features of %d units, %d of twice as many", once, n, twice)
			}
		})
	}
}
