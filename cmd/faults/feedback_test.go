//go:build faults

package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"earshot/pipeline"
)

// target is a term whose own sentiment the configuration asks for.
const target = "Glowfone"

// What customers say. %s is a thing, a person or a place, as fits.
var (
	sentences = []string{
		"The delivery of my %s was three days late and nobody told me.",
		"I was charged twice for the %s and the refund never came.",
		"Great %s, works exactly as described, I love it!",
		"Support was friendly and solved the problem with my %s in five minutes.",
		"The app crashes every time I open the page of the %s.",
		"I waited 40 minutes on the phone, then they hung up.",
		"The price of the %s went up again without notice.",
		"Fast delivery, good quality, would buy the %s again.",
		"The %s broke after two weeks and the return was refused.",
		"It's okay. Nothing special, does what it should.",
		"I want to cancel my contract, this is ridiculous.",
		"Could you please tell me when the %s is back in stock?",
		"Thank you so much, the technician was on time and very kind.",
		"Your staff in the store was rude and did not listen to me.",
		"I can't log in to my account, the password reset mail never arrives.",
		"The " + target + " is fantastic, but the %s that came with it is useless.",
		"Honestly the worst %s I ever bought 😡😡",
		"5 stars ⭐ for the new %s, well done.",
		"If this isn't fixed by Friday I will call my lawyer.",
		"The invoice shows a fee for the %s that I never ordered.",
	}
	foreign = []struct{ language, text string }{
		{"de", "Die Lieferung kam eine Woche zu spät und der Karton war beschädigt. Nie wieder!"},
		{"de", "Sehr guter Service, schnelle Antwort, vielen Dank."},
		{"fr", "Le service client ne répond jamais et ma facture est fausse."},
		{"es", "El producto llegó roto y nadie me devuelve el dinero."},
		{"pt", "Atendimento excelente, recomendo muito."},
		{"", "配送很慢，客服态度很差。"},
		{"", "الخدمة سيئة جدا"},
	}
	personal = []string{
		"My number is +44 7911 123456, call me.",
		"Write to anna.berg@example.org please.",
		"My card 4111 1111 1111 1111 was charged.",
		"I'm Margaret Holloway and I live at 12 Baker Street, London.",
		"My IBAN is DE89 3704 0044 0532 0130 00.",
	}
	adverts = []string{
		"BUY NOW!!! Cheap watches at www.best-deals.example, 90% OFF, click here!!!",
		"Follow me for free followers http://spam.example/win",
	}
	things     = []string{"router", "headset", "washing machine", "subscription", "lamp", "coat", "tablet", "sofa"}
	agentSays  = []string{"Hello, how can I help you?", "I am sorry to hear that.", "Let me check that for you.", "Is there anything else?"}
	languages  = []string{"", "", "", "en", "EN-us"}
	attributes = []string{"agent_name", "order", "campaign", "device", "customer_email"}
)

// meaning is what the generator knows of a message that it made: what the store
// must make of it, told without reading it.
type meaning struct {
	poison    pipeline.Reason // why it can't become a row; empty: it can
	source    string
	id        string
	version   int64
	createdAt time.Time // zero: the broker's timestamp counts
	deleted   bool
}

// message is one that was made.
type message struct {
	topic   string
	key     []byte
	value   []byte
	headers []pair
	at      time.Time // Kafka's timestamp; zero: when it is published
	meaning
}

type pair struct {
	key   string
	value []byte
}

// item is one that was published and may be edited or withdrawn.
type item struct {
	channel int // into sources
	id      string
	version int64
}

// generator makes messages. Its share of duplicates, edits and so on is what a
// stream from careless producers has.
type generator struct {
	random *rand.Rand
	topics []string
	now    time.Time // around which the times lie
	items  []item
	made   []*message
	next   int
	poison []poison
}

// Shares of what the generator makes, in percent.
const (
	duplicates = 10
	edits      = 5
	deletions  = 1
	poisonous  = 1
)

// message makes the next one.
func (g *generator) message() *message {
	var m *message
	switch p := g.random.Float64() * 100; {
	case p < duplicates && len(g.made) > 0:
		// Most repeat what went by just now, some what is long past.
		from := max(0, len(g.made)-40)
		if g.random.IntN(4) == 0 {
			from = 0
		}
		again := *g.made[from+g.random.IntN(len(g.made)-from)]
		return &again
	case p < duplicates+edits && len(g.items) > 0:
		i := &g.items[g.random.IntN(len(g.items))]
		version := i.version
		switch g.random.IntN(4) {
		case 0: // the same number again: the later time wins, or the later offset
		case 1: // an older version that arrives late
			version = max(0, version-1)
			i.version++
		default:
			i.version++
			version = i.version
		}
		m = g.feedback(i.channel, i.id, version)
	case p < duplicates+edits+deletions && len(g.items) > 0:
		i := &g.items[g.random.IntN(len(g.items))]
		if g.random.IntN(3) > 0 {
			i.version++
		}
		m = g.withdrawal(*i)
	case p < duplicates+edits+deletions+poisonous:
		m = g.poisoned(g.poison[g.random.IntN(len(g.poison))])
	default:
		g.next++
		i := item{channel: g.random.IntN(len(sources)), id: fmt.Sprintf("%s-%d", []string{"a", "B", "ü", "id 7/"}[g.random.IntN(4)], g.next)}
		if g.random.IntN(5) == 0 {
			i.version = int64(1 + g.random.IntN(3))
		}
		g.items = append(g.items, i)
		m = g.feedback(i.channel, i.id, i.version)
	}
	g.made = append(g.made, m)
	return m
}

// feedback makes a version of an item.
func (g *generator) feedback(channel int, id string, version int64) *message {
	fields := map[string]any{"id": id}
	m := &message{topic: g.topics[channel], meaning: meaning{source: g.topics[channel], id: id, version: version}}
	if version > 0 || g.random.IntN(4) == 0 {
		fields["version"] = version
	}
	if g.random.IntN(20) == 0 {
		m.source = "elsewhere"
		fields["source"] = m.source
	}
	g.time(m, fields)
	channelOf := sources[channel].channel
	switch {
	case channelOf == pipeline.Chat || channelOf == pipeline.Call:
		turns, first := g.turns()
		fields["messages"] = turns
		if m.createdAt.IsZero() {
			m.createdAt = first
		}
	case channelOf == pipeline.Survey && g.random.IntN(3) > 0:
		fields[[]string{"nps", "csat", "ces"}[g.random.IntN(3)]] = 1 + g.random.IntN(5)
		if g.random.IntN(2) == 0 {
			fields["text"] = g.text()
		}
	default:
		fields["text"] = g.text()
	}
	if channelOf == pipeline.Review {
		fields["rating"] = float64(2+g.random.IntN(9)) / 2
		if g.random.IntN(3) == 0 {
			fields["title"] = "About the " + g.pick(things)
		}
	}
	if channelOf == pipeline.Social {
		fields["platform"], fields["likes"], fields["shares"] = "birdsite", g.random.IntN(900), g.random.IntN(9)
	}
	g.extras(fields)
	value, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	// Bytes that no encoder lets through.
	m.value = bytes.ReplaceAll(value, []byte("BROKEN"), []byte("\xff\xfe"))
	g.envelope(m)
	return m
}

// extras gives an item some of the fields that any may have.
func (g *generator) extras(fields map[string]any) {
	if g.random.IntN(2) == 0 {
		fields["customer"] = map[string]any{"id": fmt.Sprint("c-", g.random.IntN(40)), "segment": g.pick([]string{"gold", "basic", ""})}
	}
	if language := g.pick(languages); language != "" {
		fields["language"] = language
	}
	for _, f := range []struct {
		name   string
		one    int // in so many
		values []string
	}{
		{"product", 4, things},
		{"location", 5, []string{"Leeds", "Graz", "Porto"}},
		{"stage", 6, []string{"billing", "usage", "no such stage"}},
		{"touchpoint", 8, []string{"store", "hotline"}},
		{"url", 8, []string{"https://shop.example/item/7?user=anna.berg@example.org"}},
		{"reply_to", 10, []string{"a-1", "a-2"}},
	} {
		if g.random.IntN(f.one) == 0 {
			fields[f.name] = g.pick(f.values)
		}
	}
	if g.random.IntN(4) == 0 {
		fields["attributes"] = map[string]any{g.pick(attributes): g.pick([]string{"7", "Margaret Holloway", "", "anna.berg@example.org", "line\nbreak \"quoted\" \\ \t"})}
	}
	if g.random.IntN(6) == 0 {
		fields["targets"] = []string{g.pick(things), "phone"}
	}
	if g.random.IntN(10) == 0 {
		fields["unknown_field"] = []any{1, "two", nil, map[string]any{"three": 3.5}}
	}
}

// time gives an item a time: now, within the last days, or none of its own.
func (g *generator) time(m *message, fields map[string]any) {
	at := g.now.Add(time.Duration(g.random.Int64N(int64(3 * time.Hour)))).Truncate(time.Millisecond)
	if g.random.IntN(4) == 0 { // late by days
		at = at.Add(-time.Duration(g.random.Int64N(int64(96 * time.Hour)))).Truncate(time.Millisecond)
	}
	switch g.random.IntN(5) {
	case 0:
		return
	case 1:
		fields["created_at"] = at.UnixMilli()
	case 2:
		at = at.Truncate(time.Second)
		fields["created_at"] = at.In(time.FixedZone("", 7200)).Format(time.RFC3339)
	default:
		fields["created_at"] = at.Format("2006-01-02T15:04:05.000Z")
	}
	m.createdAt = at
}

// envelope gives a message its key, headers and timestamp.
func (g *generator) envelope(m *message) {
	m.key = []byte(m.id)
	if g.random.IntN(50) == 0 {
		m.key = nil // a producer that knows no keys: anything may come to any partition
	}
	if g.random.IntN(10) == 0 {
		m.headers = []pair{{"trace", []byte{0, 1, 0xff}}, {"reason", []byte("none of ours")}}
	}
	if g.random.IntN(5) == 0 {
		m.at = g.now.Add(-time.Duration(g.random.Int64N(int64(48 * time.Hour)))).Truncate(time.Millisecond)
	}
}

// withdrawal makes a version that withdraws an item.
func (g *generator) withdrawal(i item) *message {
	m := &message{topic: g.topics[i.channel], meaning: meaning{source: g.topics[i.channel], id: i.id, version: i.version, deleted: true}}
	fields := map[string]any{"id": i.id, "deleted": true, "version": i.version}
	if g.random.IntN(2) == 0 {
		g.time(m, fields)
	}
	value, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	m.value = value
	g.envelope(m)
	return m
}

// poisoned makes a message that can't become a row.
func (g *generator) poisoned(p poison) *message {
	m := &message{topic: g.topics[g.random.IntN(len(g.topics))], value: p.value, meaning: meaning{poison: p.reason, id: p.name}}
	g.envelope(m)
	return m
}

func (g *generator) pick(of []string) string { return of[g.random.IntN(len(of))] }

func (g *generator) sentence() string {
	s := g.pick(sentences)
	if strings.Contains(s, "%s") {
		s = fmt.Sprintf(s, g.pick(things))
	}
	return s
}

// text is what somebody wrote: one to four sentences, and what else texts hold.
func (g *generator) text() string {
	switch g.random.IntN(25) {
	case 0:
		return g.pick(adverts)
	case 1, 2:
		return foreign[g.random.IntN(len(foreign))].text
	case 3:
		return "Cut here BROKEN " + g.sentence() + "\x00 " + g.sentence()
	}
	var said []string
	for range 1 + g.random.IntN(3) {
		said = append(said, g.sentence())
	}
	if g.random.IntN(5) == 0 {
		said = append(said, g.pick(personal))
	}
	return strings.Join(said, []string{" ", "\n", "\n\n"}[g.random.IntN(3)])
}

// turns are those of a chat or call; first is the time of the first that has one.
func (g *generator) turns() (turns []any, first time.Time) {
	at := g.now.Add(-time.Hour)
	for i := range 2 + g.random.IntN(4) {
		turn := map[string]any{"role": "customer", "text": g.text()}
		if i%2 == 0 {
			turn = map[string]any{"role": g.pick([]string{"agent", "bot"}), "text": g.pick(agentSays)}
		}
		at = at.Add(time.Duration(1+g.random.IntN(60)) * time.Second).Truncate(time.Second)
		if g.random.IntN(3) == 0 {
			turn["at"] = at.Format(time.RFC3339)
			if first.IsZero() {
				first = at
			}
		}
		turns = append(turns, turn)
	}
	return turns, first
}
