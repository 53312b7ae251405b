package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const itemPath = "/item"

func itemSheet() *sheet {
	return &sheet{path: itemPath, file: "item.html", usual: usualWindow(itemPath), refresh: 10 * time.Second, fragments: []string{"item"}, model: itemModel}
}

// itemPage is one item with all that was heard in it.
type itemPage struct {
	frame
	Entry    *entry // nil: there is none
	Problem  string
	Mentions []mentionRow
	Facts    []fact
}

type mentionRow struct{ Href, Topic, Stage, Label, Score, Words, By string }

type fact struct{ Name, Value string }

func itemModel(v *visit) framed {
	d, of := v.dashboard, identity{v.view.Source, v.view.ID}
	read := fetch(v, "item "+v.view.key(), func(ctx context.Context) ([]*item, error) {
		return d.store.items(ctx, []identity{of}, wholeBytes)
	})
	v.wait()

	p := &itemPage{frame: frame{Title: "Item", Class: "item"}}
	switch {
	case read.at.IsZero():
		p.Problem = "Not known yet."
		return p
	case len(read.value) == 0:
		p.Missing = true
		p.Problem = "There is no item with this source and id: it was withdrawn, kept long enough, or never there."
		return p
	}
	i := read.value[0]
	e := newEntry(i, v.view, v.now, whole)
	p.Entry = &e
	for _, m := range i.mentions {
		row := mentionRow{
			Href: view{Window: lastWeek, Topic: m.topic}.on(topicPath), Topic: excerpt(m.topic, nameRunes), Stage: excerpt(m.stage, nameRunes),
			Label: excerpt(m.label, nameRunes), Score: signed(m.score, 2), By: excerpt(m.foundBy, nameRunes),
		}
		var words []string
		for _, c := range m.cues {
			if w := "“" + excerpt(c, quoteRunes) + "”"; !slices.Contains(words, w) && len(words) < 8 {
				words = append(words, w)
			}
		}
		row.Words = strings.Join(words, " ")
		p.Mentions = append(p.Mentions, row)
	}
	p.facts(i)
	return p
}

// facts are what was heard of the item as a whole, and what its record said.
func (p *itemPage) facts(i *item) {
	add := func(name string, values ...string) {
		if value := excerpt(strings.Join(values, ", "), 300); value != "" {
			p.Facts = append(p.Facts, fact{name, value})
		}
	}
	add("Confidence", percentOf(i.confidence))
	add("Stage", i.stage)
	add("Touchpoint", spaced(i.touchpoint))
	add("Intents", i.intents...)
	add("Urgent", i.urgency...)
	add("Emotion", i.emotion)
	if i.effort != nil {
		add("Effort", signed(*i.effort, 2)+" of −1 (hard) to +1 (easy)")
	}
	add("Segment", i.segment)
	add("Product", i.product)
	add("Heard by", i.model)
	add("Length", fmt.Sprintf("%s bytes", count(i.textBytes)))
}
