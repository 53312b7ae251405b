package dashboard

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"earshot/pipeline"
)

const (
	entryRunes = 420 // of a text
	turnRunes  = 220 // of a turn
	entryTurns = 6
	nameRunes  = 80 // of anything that should be a short name
)

// entry is one item of the latest feedback.
type entry struct {
	Key     string // of its element, the same as long as the item is
	Channel string
	Created moment
	Title   string
	Text    string
	Turns   []turn
	More    string // what the excerpt leaves out
	Label   string // negative, neutral, positive; anything else has no colour
	Score   string
	Mixed   bool
	Noise   string
	Facts   []string // ratings and scores
	Topics  []topic
	Origin  string // source and id
	URL     string // text, never a link: it comes from anyone
}

// turn is one turn of a chat or call.
type turn struct {
	Who, Words string
	Customer   bool
}

func newEntry(i *item, now time.Time) entry {
	e := entry{
		Key:     elementID("item", i.source, i.id),
		Channel: excerpt(i.channel, nameRunes),
		Created: newMoment(i.created, now),
		Title:   excerpt(i.title, 2*nameRunes),
		Label:   excerpt(i.label, nameRunes),
		Score:   signed(i.score, 2),
		Mixed:   i.mixed,
		Noise:   excerpt(i.noise, nameRunes),
		Origin:  excerpt(i.source, nameRunes) + " · " + excerpt(i.id, nameRunes),
		URL:     excerpt(i.url, 2*nameRunes),
	}
	if name, ok := map[string]string{"review": "Review", "social": "Social post", "chat": "Chat", "survey": "Survey", "ticket": "Ticket", "call": "Call"}[i.channel]; ok {
		e.Channel = name
	}
	if i.turnCount > 0 {
		e.Turns, e.More = transcript(i)
	} else {
		e.Text = excerpt(i.text, entryRunes)
	}
	e.Facts = facts(i)
	if i.language != "" && i.language != "en" && i.language != "und" {
		e.Facts = append(e.Facts, "language "+excerpt(i.language, nameRunes))
	}
	for n, t := range i.topics {
		if n == 8 {
			break
		}
		e.Topics = append(e.Topics, topic{excerpt(t.Name, nameRunes), excerpt(t.Label, nameRunes)})
	}
	return e
}

// elementID names the element of a thing by what identifies the thing, whatever
// characters that is made of.
func elementID(kind string, identity ...string) string {
	h := fnv.New64a()
	for _, part := range identity {
		_, _ = h.Write([]byte(part + "\x00")) // a hash.Hash never fails
	}
	return kind + "-" + strconv.FormatUint(h.Sum64(), 36)
}

// transcript cuts the first turns out of the text. Turns that begin behind the
// part of the text that was read are counted only.
func transcript(i *item) (turns []turn, more string) {
	n := min(len(i.roles), len(i.starts), len(i.ends))
	for k := 0; k < n && len(turns) < entryTurns; k++ {
		start, end := int(i.starts[k]), min(int(i.ends[k]), len(i.text))
		if start >= end {
			if start >= len(i.text) {
				break
			}
			continue
		}
		who := map[string]string{"customer": "Customer", "agent": "Agent", "bot": "Bot"}[i.roles[k]]
		if who == "" {
			who = excerpt(i.roles[k], nameRunes)
		}
		turns = append(turns, turn{
			Who:      who,
			Words:    excerpt(i.text[start:end], turnRunes),
			Customer: i.roles[k] == string(pipeline.RoleCustomer),
		})
	}
	if left := i.turnCount - min(i.turnCount, uint64(len(turns))); left > 0 {
		more = things(left, "more turn")
	}
	return turns, more
}

// facts are the scores that came with the item.
func facts(i *item) (list []string) {
	if i.rating != nil {
		rating := "rated " + plain(*i.rating)
		if i.ratingMax != nil {
			rating += " of " + plain(*i.ratingMax)
		}
		list = append(list, rating)
	}
	for _, f := range []struct {
		name  string
		score *float64
		best  int
	}{{"NPS", i.nps, 10}, {"CSAT", i.csat, 5}, {"CES", i.ces, 7}} {
		if f.score != nil {
			list = append(list, fmt.Sprintf("%s %s of %d", f.name, plain(*f.score), f.best))
		}
	}
	return list
}
