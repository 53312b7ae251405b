package simulate

import (
	"embed"
	"fmt"
	"strings"

	"earshot/pipeline"
)

//go:embed text/*.txt
var phrases embed.FS

// language is a grammar with its rules found by what they are for, so that no
// name is looked up while messages are made. A rule that isn't there is none.
type language struct {
	grammar *grammar
	name    string

	say     [subjects][moods]int
	more    [subjects][moods]int
	thing   [subjects]int
	note    [subjects][moods]int
	sarcasm [subjects]int // complaints in words of praise
	form    [channels][moods]int
	title   [moods]int

	ticketTitle [moods]int
	talkOpen    [moods]int
	chatOpen    [moods]int
	chatNext    [moods]int
	chatClose   [moods]int
	agentReply  [moods]int
	edit        [moods]int

	incident, again, againNote           int
	recommend, threat, threatNote        int
	botHello, agentHello, agentBye       int
	city, first, last, weekday           int
	notes                                bool // the call centre writes notes in it
	ordinals, times, months              []string
	currencyBefore, currencyAfter, point string
	dayJoin                              string // between day and month
}

const none = -1

// channel is an index into the pipeline's channels.
type channel uint8

const (
	review channel = iota
	social
	chat
	survey
	ticket
	call
	channels = iota
)

var channelNames = [channels]pipeline.Channel{pipeline.Review, pipeline.Social, pipeline.Chat, pipeline.Survey, pipeline.Ticket, pipeline.Call}

// loadLanguages compiles the embedded files. A file is named subject.language.txt.
func loadLanguages() ([]*language, error) {
	files, err := phrases.ReadDir("text")
	if err != nil {
		return nil, err
	}
	var all []*language
	for _, name := range languageNames {
		var sources []source
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), "."+name+".txt") {
				continue
			}
			b, err := phrases.ReadFile("text/" + f.Name())
			if err != nil {
				return nil, err
			}
			sources = append(sources, source{f.Name(), string(b)})
		}
		g, err := compile(sources)
		if err != nil {
			return nil, err
		}
		l, err := index(name, g)
		if err != nil {
			return nil, fmt.Errorf("language %s: %w", name, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// index finds the rules of a language; an error names one that is missing.
func index(name string, g *grammar) (*language, error) {
	l := &language{grammar: g, name: name}
	var missing error
	find := func(candidates ...string) int {
		for _, n := range candidates {
			if i, ok := g.names[n]; ok {
				return i
			}
		}
		if missing == nil {
			missing = fmt.Errorf("no rule %s", strings.Join(candidates, " or "))
		}
		return none
	}
	_, l.notes = g.names["call.bad"]
	for s := range subjects {
		key := facts[s].key
		l.thing[s] = find(key + ".thing")
		l.sarcasm[s] = find(key+".sarcasm", "any.sarcasm")
		for m := range moods {
			// Details of a trouble don't go with praise.
			l.more[s][m] = find("more.good")
			if m := mood(m); m == bad || m == quit || m == good && subject(s) == install {
				l.more[s][m] = find(key + ".more")
			}
			switch mood(m) {
			case quit:
				l.say[s][m] = find("quit")
			case fixed: // technicians end the trouble with installation only
				l.say[s][m] = find("any.fixed")
				if facts[s].topic == facts[missed].topic {
					l.say[s][m] = find("missed.fixed")
				}
			default:
				// Nobody praises an appointment that was missed, for instance:
				// what a subject doesn't offer, its family does.
				family := map[subject]string{install: "missed", missed: "install", fit: "install"}[subject(s)]
				l.say[s][m] = find(key+"."+moodNames[m], family+"."+moodNames[m])
				if l.notes {
					l.note[s][m] = find(key+".note."+moodNames[m], family+".note."+moodNames[m])
				}
			}
		}
	}
	for m := range moods {
		n := moodNames[m]
		plain := map[mood]string{fixed: "good", quit: "bad"}[mood(m)] // titles and talk are the same for these
		if plain == "" {
			plain = n
		}
		for c := range channels {
			// Conversations are made of turns, calls at times of a note.
			talk := channel(c) == chat && mood(m) != fixed && mood(m) != quit
			if talk || channel(c) == call && !l.notes {
				continue
			}
			l.form[c][m] = find(string(channelNames[c])+"."+n, n)
		}
		l.title[m] = find("title." + plain)
		l.ticketTitle[m] = find("ticket.title." + plain)
		l.talkOpen[m] = find("talk.open." + plain)
		l.chatOpen[m] = find("chat.open." + plain)
		l.chatNext[m] = find("chat.next." + plain)
		l.chatClose[m] = find("chat.close." + plain)
		l.agentReply[m] = find("agent." + plain)
		l.edit[m] = find("edit." + plain)
	}
	l.incident, l.again = find("missed.incident"), find("again")
	l.recommend, l.threat = find("recommend.others"), find("threat.leave")
	if l.notes {
		l.againNote, l.threatNote = find("call.again"), find("call.threat")
	}
	l.botHello, l.agentHello, l.agentBye = find("bot.hello"), find("agent.hello"), find("agent.bye")
	l.city, l.first, l.last, l.weekday = find("city"), find("firstname"), find("lastname"), find("weekday")
	switch name {
	case "de":
		l.ordinals = []string{"mein erster", "mein zweiter", "mein dritter", "mein vierter", "mein fünfter", "mein sechster", "mein siebter"}
		l.times = []string{"einmal", "zweimal", "dreimal", "viermal", "fünfmal", "sechsmal", "siebenmal"}
		l.months = strings.Fields("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
		l.dayJoin = ". "
		l.currencyAfter, l.point = " €", ","
	case "es":
		l.ordinals = []string{"la primera", "la segunda", "la tercera", "la cuarta", "la quinta", "la sexta", "la séptima"}
		l.times = []string{"una vez", "dos veces", "tres veces", "cuatro veces", "cinco veces", "seis veces", "siete veces"}
		l.months = strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")
		l.dayJoin = " de "
		l.currencyAfter, l.point = " €", ","
	default:
		l.ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh"}
		l.times = []string{"once", "twice", "three times", "four times", "five times", "six times", "seven times"}
		l.months = strings.Fields("January February March April May June July August September October November December")
		l.dayJoin = " "
		l.currencyBefore, l.point = "£", "."
	}
	return l, missing
}
