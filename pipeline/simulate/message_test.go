package simulate

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"earshot/pipeline"
	"earshot/pipeline/decode"
)

// record is the contract's feedback, field by field with its type.
type record struct {
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"created_at"`
	Version    int       `json:"version"`
	Deleted    bool      `json:"deleted"`
	Title      string    `json:"title"`
	Text       string    `json:"text"`
	Rating     *float64  `json:"rating"`
	RatingMax  *float64  `json:"rating_max"`
	NPS        *int      `json:"nps"`
	CSAT       *int      `json:"csat"`
	CES        *int      `json:"ces"`
	Language   string    `json:"language"`
	Product    string    `json:"product"`
	Location   string    `json:"location"`
	Touchpoint string    `json:"touchpoint"`
	Stage      string    `json:"stage"`
	URL        string    `json:"url"`
	Platform   string    `json:"platform"`
	Likes      int       `json:"likes"`
	Shares     int       `json:"shares"`
	Customer   struct {
		ID      string `json:"id"`
		Segment string `json:"segment"`
	} `json:"customer"`
	Messages []struct {
		Role string    `json:"role"`
		Text string    `json:"text"`
		At   time.Time `json:"at"`
	} `json:"messages"`
	Attributes map[string]string `json:"attributes"`
}

// read reads a record, and fails the test on a field that the contract lacks.
func read(t *testing.T, value []byte) record {
	t.Helper()
	var r record
	d := json.NewDecoder(bytes.NewReader(value))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%v in %s", err, value)
	}
	return r
}

func TestMessagesKeepTheContract(t *testing.T) {
	c := New(Options{Seed: 1, Start: start})
	for range 15_000 {
		m := c.Next()
		if m.Meant.Kind == Broken {
			continue
		}
		r := read(t, m.Value)
		switch {
		case r.ID == "" || len(r.ID) > pipeline.MaxIDBytes:
			t.Fatalf("id %q", r.ID)
		case r.CreatedAt.After(m.At):
			t.Fatalf("%s was created at %v and sent at %v", r.ID, r.CreatedAt, m.At)
		case r.Deleted:
			if r.Version < 1 || m.Meant.Kind != Deletion && m.Meant.Kind != Duplicate {
				t.Fatalf("deletion of version %d, kind %d: %s", r.Version, m.Meant.Kind, m.Value)
			}
			continue
		case r.Customer.ID != string(m.Key):
			t.Fatalf("key %s, customer %s", m.Key, r.Customer.ID)
		case r.Customer.Segment == "" || r.Product == "" || r.Location == "":
			t.Fatalf("who? %s", m.Value)
		case !m.Meant.Channel.Valid() || !pipeline.ValidStage(m.Meant.Stage):
			t.Fatalf("meant %+v", m.Meant)
		case r.Stage != "" && r.Stage != m.Meant.Stage:
			t.Fatalf("stage %s, meant %s", r.Stage, m.Meant.Stage)
		case r.Text == "" && len(r.Messages) == 0 && r.NPS == nil && r.CSAT == nil && r.CES == nil:
			t.Fatalf("it says nothing: %s", m.Value)
		case r.Rating != nil && (*r.Rating < 1 || *r.Rating > *r.RatingMax):
			t.Fatalf("rating %v of %v", *r.Rating, *r.RatingMax)
		case m.Meant.Channel == pipeline.Social && r.Platform == "":
			t.Fatalf("no platform: %s", m.Value)
		}
		for i, turn := range r.Messages {
			if turn.Text == "" || turn.At.After(r.CreatedAt) || i > 0 && turn.At.Before(r.Messages[i-1].At) {
				t.Fatalf("turn %d of %s", i, m.Value)
			}
		}
	}
}

func TestDecoderTakesAllButBrokenRecords(t *testing.T) {
	decoders := map[string]*decode.Decoder{}
	for i, topic := range topics {
		decoders[topic] = decode.New(decode.Source{Topic: topic, Channel: channelNames[i]})
	}
	c := New(Options{Seed: 2, Start: start})
	seen := map[pipeline.Reason]int{}
	for range 15_000 {
		m := c.Next()
		_, rejection := decoders[m.Topic].Decode(pipeline.Record{Topic: m.Topic, Key: m.Key, Value: m.Value, Time: m.At})
		var got pipeline.Reason
		if rejection != nil {
			got = rejection.Reason
		}
		if got != m.Meant.Broken {
			t.Fatalf("decoder says %q, meant %q: %s", got, m.Meant.Broken, m.Value)
		}
		seen[got]++
	}
	for _, fault := range faults {
		if seen[fault] == 0 {
			t.Errorf("no record was broken by %s", fault)
		}
	}
}

func TestEditsDeletionsAndDuplicatesConcernEarlierItems(t *testing.T) {
	c := New(Options{Seed: 3, Start: start})
	latest := map[string][]byte{}
	versions := map[string]int{}
	var kinds [Broken + 1]int
	const n = 20_000
	for range n {
		m := c.Next()
		kinds[m.Meant.Kind]++
		if m.Meant.Kind == Broken {
			continue
		}
		r := read(t, m.Value)
		old, known := latest[r.ID]
		switch m.Meant.Kind {
		case Original:
			if known {
				t.Fatalf("id %s again", r.ID)
			}
		case Duplicate:
			if !bytes.Equal(old, m.Value) {
				t.Fatalf("a duplicate that differs:\n%s\n%s", old, m.Value)
			}
		case Edit, Deletion:
			if !known || r.Version != versions[r.ID]+1 || r.Deleted != (m.Meant.Kind == Deletion) {
				t.Fatalf("version %d after %d: %s", r.Version, versions[r.ID], m.Value)
			}
		}
		latest[r.ID], versions[r.ID] = m.Value, r.Version
	}
	for _, w := range []struct {
		kind     Kind
		perMille float64
	}{{Edit, editsPerMille}, {Deletion, deletionsPerMille}, {Duplicate, duplicatesPerMille}, {Broken, brokenPerMille}} {
		got := float64(kinds[w.kind]) / n * 1000
		if got < w.perMille*0.65 || got > w.perMille*1.35 {
			t.Errorf("kind %d: %.1f of a thousand messages, want %.0f", w.kind, got, w.perMille)
		}
	}
}

func TestTextsAreDistinct(t *testing.T) {
	if testing.Short() {
		t.Skip("50,000 texts a channel take seconds")
	}
	c := New(Options{Seed: 4, Start: start, Incidents: []Incident{}})
	texts := map[pipeline.Channel]map[string]struct{}{}
	counts := map[pipeline.Channel]int{}
	for _, ch := range channelNames {
		texts[ch] = map[string]struct{}{}
	}
	for full := 0; full < len(channelNames); {
		m := c.Next()
		ch := m.Meant.Channel
		if m.Meant.Kind != Original || len(texts[ch]) == 10_000 || counts[ch] == 50_000 {
			continue
		}
		// The item that has just been made, instead of its JSON: this is a
		// third of a million messages.
		it := &c.recent[(c.made-1)%len(c.recent)]
		said := string(it.text)
		if len(it.turns) > 0 {
			said = ""
			for _, turn := range it.turns {
				if turn.role == "customer" {
					said += string(it.text[turn.start:turn.end]) + "\n"
				}
			}
		}
		// A channel is done with as soon as it has shown enough.
		texts[ch][said] = struct{}{}
		if counts[ch]++; len(texts[ch]) == 10_000 || counts[ch] == 50_000 {
			full++
		}
	}
	for ch, set := range texts {
		t.Logf("%s: %d distinct texts of %d", ch, len(set), counts[ch])
		if len(set) < 10_000 {
			t.Errorf("%s: %d distinct texts of 50,000, want 10,000", ch, len(set))
		}
	}
}
