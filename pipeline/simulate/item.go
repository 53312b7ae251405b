package simulate

import (
	"time"
)

// item is one piece of feedback as its customer wrote it. Items are kept for a
// while, to be edited, withdrawn or sent twice; their buffers are used again.
type item struct {
	seq     int64
	past    bool // of the history
	channel channel
	subject subject
	mood    mood
	stage   stage
	who     customer
	created time.Time
	version int
	alive   bool

	title []byte
	text  []byte
	turns []turn // into text

	score, scoreMax   int // rating; 0: none
	nps, csat, ces    int // none: not asked
	likes, shares     int
	platform          string
	statesStage       bool
	statesLanguage    bool
	statesTouchpoint  bool
	repeatOf          int // contacts before this one
	writtenInLanguage string
	loyalty           loyalty
	sarcastic         bool // says the opposite of what it means
	slips             int  // typos
	last              bool // the customer leaves with it
}

type turn struct {
	role       string
	start, end int
	at         time.Time
}

// channelWeights say where customers go with what they have to tell.
var (
	firstWeights = [moods][channels]int{
		bad:  {review: 14, social: 16, chat: 22, survey: 10, ticket: 20, call: 18},
		good: {review: 28, social: 14, chat: 8, survey: 34, ticket: 5, call: 11},
		ask:  {review: 1, social: 9, chat: 38, survey: 8, ticket: 22, call: 22},
	}
	// Who has to come again rings, chats, and at last tells everybody.
	laterWeights = [moods][channels]int{
		bad:   {review: 16, social: 18, chat: 18, survey: 8, ticket: 14, call: 26},
		fixed: {review: 8, social: 10, chat: 16, survey: 32, ticket: 18, call: 16},
		quit:  {review: 0, social: 8, chat: 24, survey: 0, ticket: 38, call: 30},
	}
)

// advocateWeights are of those who tell others how good it is.
var advocateWeights = [channels]int{review: 34, social: 26, chat: 5, survey: 26, ticket: 3, call: 6}

// sarcasmShare is how many of a hundred complaints say it with sarcasm.
var sarcasmShare = [channels]int{review: 14, social: 22, chat: 5, survey: 5, ticket: 2, call: 3}

var platforms = []string{"x", "x", "x", "facebook", "facebook", "instagram", "mastodon", "reddit"}

// compose fills it with what u has to say.
func (c *Company) compose(it *item, u *customer, m mood, now time.Time) {
	r := c.rng
	it.channel = c.chooseChannel(u, m)
	it.subject, it.mood, it.stage, it.who = u.subject, m, u.at, *u
	it.created, it.version, it.alive = now, 0, true
	it.seq, it.past = c.sequence(), c.inPast
	it.title, it.text, it.turns = it.title[:0], it.text[:0], it.turns[:0]
	it.score, it.scoreMax = 0, 0
	it.nps, it.csat, it.ces = none, none, none
	it.likes, it.shares, it.platform = 0, 0, ""
	it.repeatOf = int(u.contacts)
	it.loyalty, it.sarcastic, it.slips, it.last = u.loyalty(), false, 0, false
	it.statesStage, it.statesLanguage, it.statesTouchpoint = false, r.IntN(100) < 55, false

	c.voice.said, c.voice.detailed, c.voice.turned, c.voice.replied = 0, 0, 0, 0
	c.voice.loyalty = it.loyalty
	c.voice.sarcastic = m == bad && r.IntN(100) < sarcasmShare[it.channel]
	defer func() { it.sarcastic = c.voice.ironic }()
	c.voice.ironic = false
	l := c.languages[u.language]
	if it.channel == call && r.IntN(100) < 55 {
		l = c.languages[0] // the call centre writes its notes in English
		it.writtenInLanguage = l.name
		c.voice.sarcastic = false
		it.text = c.write(it.text, l, u, it, l.form[call][m])
		it.statesLanguage, it.statesTouchpoint = true, true
		return
	}
	it.writtenInLanguage = l.name
	switch it.channel {
	case review:
		it.title = c.write(it.title, l, u, it, l.title[m])
		it.text = c.write(it.text, l, u, it, l.form[review][m])
		c.rate(it)
	case social:
		it.text = c.write(it.text, l, u, it, l.form[social][m])
		it.platform = platforms[r.IntN(len(platforms))]
		it.likes = int(r.ExpFloat64() * 6)
		it.shares = int(r.ExpFloat64() * 1.2)
	case survey:
		c.score(it)
		if r.IntN(100) < 68 {
			it.text = c.write(it.text, l, u, it, l.form[survey][m])
		}
		it.statesStage, it.statesTouchpoint = true, true
	case ticket:
		it.title = c.write(it.title, l, u, it, l.ticketTitle[m])
		it.text = c.write(it.text, l, u, it, l.form[ticket][m])
		it.statesTouchpoint, it.statesStage = true, r.IntN(100) < 40
	case chat, call:
		c.converse(it, l, u)
	}
}

func (c *Company) chooseChannel(u *customer, m mood) channel {
	weights := &firstWeights[m]
	switch {
	case u.contacts > 0:
		weights = &laterWeights[m]
	case m == good && u.loyalty() == advocate:
		weights = &advocateWeights
	}
	total := 0
	for _, w := range weights {
		total += w
	}
	d := c.rng.IntN(total)
	for ch, w := range weights {
		if d -= w; d < 0 {
			return channel(ch)
		}
	}
	return ticket
}

// write appends one text by a rule, in the customer's hand.
func (c *Company) write(out []byte, l *language, u *customer, it *item, rule int) []byte {
	at := len(out)
	out = c.voiceFor(l, u, it).rule(out, rule)
	return append(out[:at], c.hand(tidy(out[at:]), u, it)...)
}

// voiceFor is the voice, set to who says what in which language.
func (c *Company) voiceFor(l *language, u *customer, it *item) *voice {
	v := &c.voice
	v.language, v.customer, v.subject, v.mood, v.now = l, u, it.subject, it.mood, it.created
	return v
}

// hand makes a text look like its writer: lower case where nobody minds,
// typos, capitals in anger.
func (c *Company) hand(text []byte, u *customer, it *item) []byte {
	agentsNote := it.channel == call
	relaxed := it.channel == chat || it.channel == social
	switch {
	case agentsNote:
		return text
	case u.shouts && (it.mood == bad || it.mood == quit):
		upper(text)
	case u.casual && (relaxed || u.sloppy > 6):
		lower(text)
		text = unpunctuated(text)
	}
	text, slips := mistype(text, c.rng, u.sloppy)
	it.slips += slips
	return text
}

// converse makes the turns of a chat or call. They end when the item is
// created, so none lies in the future.
func (c *Company) converse(it *item, l *language, u *customer) {
	r := c.rng
	m := it.mood
	opening := l.talkOpen[m]
	if it.channel == chat {
		opening = l.chatOpen[m]
		if r.IntN(100) < 45 {
			c.staffTurn(it, l, u, "bot", l.botHello)
		}
	} else {
		c.staffTurn(it, l, u, "agent", l.agentHello)
	}
	if m == fixed || m == quit {
		opening = l.form[it.channel][m]
		if it.channel == call {
			opening = l.say[it.subject][m]
		}
	}
	c.customerTurn(it, l, u, opening)
	if it.channel == chat {
		c.staffTurn(it, l, u, "agent", l.agentHello)
	}
	// An opening like "hi" says nothing yet: the matter itself always comes.
	if c.voice.said == 0 && m != fixed && m != quit {
		c.customerTurn(it, l, u, l.say[it.subject][m])
	}
	c.staffTurn(it, l, u, "agent", l.agentReply[m])
	if m == fixed || m == quit {
		c.staffTurn(it, l, u, "agent", l.agentBye)
	} else {
		for range r.IntN(3) {
			c.nextTurn(it, l, u, l.chatNext[m])
			c.staffTurn(it, l, u, "agent", l.agentReply[m])
		}
		if r.IntN(100) < 70 {
			c.customerTurn(it, l, u, l.chatClose[m])
			c.staffTurn(it, l, u, "agent", l.agentBye)
		}
	}
	at := it.created
	for i := len(it.turns) - 1; i >= 0; i-- {
		it.turns[i].at = at
		at = at.Add(-time.Duration(8+r.IntN(70)) * time.Second)
	}
}

func (c *Company) customerTurn(it *item, l *language, u *customer, rule int) {
	start := len(it.text)
	it.text = c.write(it.text, l, u, it, rule)
	it.turns = append(it.turns, turn{role: "customer", start: start, end: len(it.text)})
}

// nextTurn is a customer's turn that doesn't repeat an earlier one.
func (c *Company) nextTurn(it *item, l *language, u *customer, rule int) {
	start := len(it.text)
	it.text = c.voiceFor(l, u, it).fresh(it.text, rule, &c.voice.turned)
	it.text = append(it.text[:start], c.hand(tidy(it.text[start:]), u, it)...)
	it.turns = append(it.turns, turn{role: "customer", start: start, end: len(it.text)})
}

func (c *Company) staffTurn(it *item, l *language, u *customer, role string, rule int) {
	// Who has the word goes on in the same turn.
	if last := len(it.turns) - 1; last >= 0 && it.turns[last].role == role {
		it.text = append(it.text, ' ')
		it.text = c.staffSays(it.text, it, l, u, rule)
		it.turns[last].end = len(it.text)
		return
	}
	start := len(it.text)
	it.text = c.staffSays(it.text, it, l, u, rule)
	it.turns = append(it.turns, turn{role: role, start: start, end: len(it.text)})
}

func (c *Company) staffSays(out []byte, it *item, l *language, u *customer, rule int) []byte {
	start := len(out)
	out = c.voiceFor(l, u, it).fresh(out, rule, &c.voice.replied)
	return append(out[:start], tidy(out[start:])...)
}
