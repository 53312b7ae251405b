package simulate

import (
	"time"

	"earshot/pipeline"
)

// Out of a thousand messages, so many are not plain feedback.
const (
	editsPerMille      = 10
	deletionsPerMille  = 5
	duplicatesPerMille = 10
	brokenPerMille     = 3
)

// topics are those of the contract, by channel.
var topics = [channels]string{"feedback.reviews", "feedback.social", "feedback.chats", "feedback.surveys", "feedback.tickets", "feedback.calls"}

// faults are the ways in which a record can be broken.
var faults = []pipeline.Reason{
	pipeline.ReasonInvalidJSON, pipeline.ReasonInvalidJSON, pipeline.ReasonMissingID, pipeline.ReasonOutOfRange,
	pipeline.ReasonOutOfRange, pipeline.ReasonInvalidTime, pipeline.ReasonWrongType, pipeline.ReasonNoContent,
}

// message makes the next message: feedback, or what befalls it.
func (c *Company) message(now time.Time) Message {
	d := c.rng.IntN(1000)
	if d < editsPerMille+deletionsPerMille+duplicatesPerMille {
		if it := c.remembered(); it != nil {
			switch {
			case d < editsPerMille && !it.last: // who has left doesn't come back for that
				c.edit(it, now)
				return c.send(it, now, Edit, "")
			case d < editsPerMille+deletionsPerMille:
				it.version++
				it.alive = false
				return c.send(it, now, Deletion, "")
			default:
				return c.send(it, now, Duplicate, "")
			}
		}
	}
	it := c.feedback(now)
	if d >= 1000-brokenPerMille {
		fault := faults[c.rng.IntN(len(faults))]
		m := c.send(it, now, Broken, fault)
		it.alive = false // it never arrived: there is nothing to edit
		return m
	}
	return c.send(it, now, Original, "")
}

// remembered picks an item of the last ones that may still be touched.
func (c *Company) remembered() *item {
	it := &c.recent[c.rng.IntN(len(c.recent))]
	if !it.alive {
		return nil
	}
	return it
}

// edit changes what an item says, as its writer would. Nobody edits what was
// spoken: of a conversation only the version rises.
func (c *Company) edit(it *item, now time.Time) {
	it.version++
	if len(it.turns) > 0 || len(it.text) == 0 {
		return
	}
	l := c.languages[it.who.language]
	if it.writtenInLanguage != l.name { // a note: see compose
		l = c.languages[0]
	}
	v := &c.voice
	v.language, v.customer, v.subject, v.mood, v.now = l, &it.who, it.subject, it.mood, now
	it.text = append(it.text, ' ')
	it.text = v.rule(it.text, l.edit[it.mood])
}

func (c *Company) send(it *item, now time.Time, kind Kind, fault pipeline.Reason) Message {
	// Key and value share one allocation.
	c.scratch = appendCustomerID(c.scratch[:0], it)
	key := len(c.scratch)
	c.scratch = c.render(c.scratch, it, fault)
	whole := make([]byte, len(c.scratch))
	copy(whole, c.scratch)
	return Message{
		Topic: topics[it.channel],
		Key:   whole[:key:key],
		Value: whole[key:],
		At:    now,
		Meant: Meant{
			Kind:     kind,
			Channel:  channelNames[it.channel],
			Topic:    facts[it.subject].topic,
			Stage:    stageNames[it.stage],
			Polarity: it.mood.polarity(),
			Language: it.writtenInLanguage,
			Contact:  it.repeatOf + 1,
			Incident: it.who.incident,
			Loyalty:  loyaltyNames[it.loyalty],
			Sarcasm:  it.sarcastic,
			Typos:    it.slips,
			Left:     it.last,
			Broken:   fault,
		},
	}
}
