package dashboard

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/sourcegraph/conc/pool"
)

const (
	excerptBytes = 6000   // of a text that is read for a list
	wholeBytes   = 200000 // of one that is read for its own page
)

// identity names an item.
type identity struct{ source, id string }

// item is one row of feedback as the pages need it.
type item struct {
	identity
	channel              string
	created              time.Time
	customer             string
	segment, product     string
	stage, touchpoint    string
	title, text          string // text: its first bytes
	textBytes, turnCount uint64
	roles                []string
	starts, ends         []uint32
	label                string
	score                float64
	mixed                bool
	confidence           float64
	noise                string
	rating, ratingMax    *float64
	nps, csat, ces       *float64
	effort               *float64
	emotion              string
	intents, urgency     []string
	language, url, model string
	mentions             []mention
}

// mention is a topic that an item speaks of, how it feels about it, and the words
// that this rests on: bytes of the item's text.
type mention struct {
	topic, stage, label, foundBy string
	score                        float64
	cues, rules                  []string
	starts, ends                 []uint32
}

// items reads items in the order of their identities. Those that are not there any
// more are left out.
func (s *store) items(ctx context.Context, of []identity, bytes int) ([]*item, error) {
	if len(of) == 0 {
		return nil, nil
	}
	pairs := make([][2]string, len(of))
	for i, id := range of {
		pairs[i] = [2]string{id.source, id.id}
	}
	identities, err := json.Marshal(pairs)
	if err != nil {
		return nil, err
	}
	named := clickhouse.Named("identities", string(identities))
	known := map[identity]*item{}
	mentions := map[identity][]mention{}
	work := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError()
	work.Go(func(ctx context.Context) error {
		return s.rows(ctx, s.sql["items"], []any{named, clickhouse.Named("excerpt", bytes)}, func(rows driver.Rows) error {
			i, err := scanItem(rows)
			if err == nil {
				known[i.identity] = i
			}
			return err
		})
	})
	work.Go(func(ctx context.Context) error {
		return s.rows(ctx, s.sql["mentions"], []any{named}, func(rows driver.Rows) error {
			var (
				of identity
				m  mention
			)
			if err := rows.Scan(&of.source, &of.id, &m.topic, &m.stage, &m.score, &m.label, &m.foundBy, &m.cues, &m.starts, &m.ends, &m.rules); err != nil {
				return err
			}
			mentions[of] = append(mentions[of], m)
			return nil
		})
	})
	if err := work.Wait(); err != nil {
		return nil, err
	}
	var items []*item
	for _, id := range of {
		if i := known[id]; i != nil {
			i.mentions = mentions[id]
			items = append(items, i)
		}
	}
	return items, nil
}

func scanItem(rows driver.Rows) (*item, error) {
	var (
		i  item
		ms int64
	)
	err := rows.Scan(&i.source, &i.id, &i.channel, &ms, &i.customer, &i.segment, &i.product, &i.stage, &i.touchpoint, &i.title, &i.text, &i.textBytes, &i.turnCount,
		&i.roles, &i.starts, &i.ends, &i.label, &i.score, &i.mixed, &i.confidence, &i.noise,
		&i.rating, &i.ratingMax, &i.nps, &i.csat, &i.ces, &i.effort, &i.emotion, &i.intents, &i.urgency, &i.language, &i.url, &i.model)
	i.created = time.UnixMilli(ms).UTC()
	return &i, err
}
