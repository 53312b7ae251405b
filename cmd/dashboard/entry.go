package dashboard

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"

	"earshot/pipeline"
)

const (
	entryRunes = 420 // of a text
	turnRunes  = 220 // of a turn
	entryTurns = 6
	nameRunes  = 80 // of anything that should be a short name
)

// entry is one item of feedback.
type entry struct {
	Key      string // of its element, the same as long as the item is
	Href     string // of its own page
	Channel  string
	Created  moment
	Title    string
	Words    []piece // with the evidence marked
	Turns    []turn
	More     string // what the excerpt leaves out
	Label    string // negative, neutral, positive; anything else has no colour
	Score    string
	Mixed    bool
	Noise    string
	Facts    []string // ratings and scores
	Topics   []topicLink
	Urgent   []string
	Customer *link  // nil: nobody knows who
	Origin   string // source and id
	URL      string // text, never a link: it comes from anyone
}

// topicLink is a topic that an item speaks of, and how it feels about it.
type topicLink struct{ Href, Name, Label string }

// turn is one turn of a chat or call.
type turn struct {
	Who      string
	Words    []piece
	More     bool
	Customer bool
}

// brevity is how much of an item is shown.
type brevity struct{ runes, turnRunes, turns, topics int }

var (
	inList = brevity{entryRunes, turnRunes, entryTurns, 8}
	whole  = brevity{wholeBytes, wholeBytes, 200, 100}
)

// newEntry shows an item that a view has come upon.
func newEntry(i *item, v view, now time.Time, much brevity) entry {
	e := entry{
		Key:     elementID("item", i.source, i.id),
		Href:    view{Window: lastWeek, Source: i.source, ID: i.id}.on(itemPath),
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
	if name, ok := channelNames[pipeline.Channel(i.channel)]; ok {
		e.Channel = name
	}
	evidence := evidenceOf(i)
	if i.turnCount > 0 {
		e.Turns, e.More = transcript(i, much, evidence)
	} else {
		var cut bool
		if e.Words, cut = marked(i.text, 0, len(i.text), much.runes, evidence); cut || uint64(len(i.text)) < i.textBytes {
			e.More = "…"
		}
	}
	e.Facts = facts(i)
	if i.language != "" && i.language != "en" && i.language != "und" {
		e.Facts = append(e.Facts, "language "+excerpt(i.language, nameRunes))
	}
	e.Topics = topicLinks(i, v, much.topics)
	for _, u := range i.urgency {
		e.Urgent = append(e.Urgent, spaced(excerpt(u, nameRunes)))
	}
	if i.customer != "" {
		e.Customer = &link{Href: view{Window: lastWeek, Customer: i.customer}.on(customerPath), Text: pseudonym(i.customer)}
	}
	return e
}

// topicLinks are the topics that an item speaks of, each with the label of its
// strongest mention.
func topicLinks(i *item, v view, limit int) []topicLink {
	strongest := map[string]*mention{}
	var topics []string
	for k := range i.mentions {
		m := &i.mentions[k]
		if strongest[m.topic] == nil {
			topics = append(topics, m.topic)
		}
		if s := strongest[m.topic]; s == nil || math.Abs(m.score) > math.Abs(s.score) {
			strongest[m.topic] = m
		}
	}
	var list []topicLink
	for _, t := range topics[:min(len(topics), limit)] {
		href := v.common().with(func(o *view) { o.Topic = t }).on(topicPath)
		list = append(list, topicLink{href, excerpt(t, nameRunes), excerpt(strongest[t].label, nameRunes)})
	}
	return list
}

// pseudonym is short enough to be seen and long enough to be told from others.
func pseudonym(customer string) string { return excerpt(customer, 10) }

// spaced is a name of the taxonomy in words.
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

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
func transcript(i *item, much brevity, evidence []evidenceSpan) (turns []turn, more string) {
	n := min(len(i.roles), len(i.starts), len(i.ends))
	for k := 0; k < n && len(turns) < much.turns; k++ {
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
		t := turn{Who: who, Customer: i.roles[k] == string(pipeline.RoleCustomer)}
		t.Words, t.More = marked(i.text, start, end, much.turnRunes, evidence)
		turns = append(turns, t)
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
