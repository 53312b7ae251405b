package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

// Scope says which items are looked at: those of a channel, a stage, or mentions of a topic
// (of the first level with all below it). Empty: all. Of a topic the mention counts, else
// the item.
type Scope struct{ Channel, Stage, Topic string }

// Part is what some items of a scope come to: those with one value of one dimension, before
// a change or since.
type Part struct {
	Dimension string // channel, stage, topic, segment, product or location
	Value     string
	Since     bool
	pipeline.Tally
}

// Dimensions are what a change is taken apart by.
func Dimensions() []string {
	return []string{"channel", "stage", "topic", "segment", "product", "location"}
}

// scoped selects the items, or mentions, of a scope in a period: all that is asked of them.
// An item's topic is that of its first negative mention, else of its first one, so that
// each has one; a mention's is its own.
func (sc Scope) scoped(p Period) (sql string, args []any) {
	const between = `
		FROM feedback_between(period_from = fromUnixTimestamp64Milli(%d, 'UTC'), period_to = fromUnixTimestamp64Milli(%d, 'UTC'), channel = '', segment = '', product = '')`
	source := fmt.Sprintf(between, p.From.UnixMilli(), p.To.UnixMilli())
	where := []string{"1"}
	if sc.Channel != "" {
		where, args = append(where, "channel = ?"), append(args, sc.Channel)
	}
	if sc.Stage != "" {
		where, args = append(where, "stage = ?"), append(args, sc.Stage)
	}
	if sc.Topic != "" {
		where, args = append(where, "(topic = ? OR startsWith(topic, ?))"), append(args, sc.Topic, sc.Topic+".")
		return `SELECT created_at, source, id, channel, customer, segment, product, location, said.2 AS stage, said.3 AS label, said.1 AS topic, effort, intents,
			substring(text, said.4.1 + 1, said.4.2 - said.4.1) AS quote` + source + `
			ARRAY JOIN arrayZip(topics, topic_stages, topic_labels, quotes) AS said
			WHERE topic != '' AND ` + strings.Join(where, " AND "), args
	}
	return `SELECT created_at, source, id, channel, customer, segment, product, location, stage, label,
		if(length(topics) = 1, '', arrayElement(topics, if(indexOf(arrayPopFront(topic_labels), 'negative') = 0, 2, 1 + indexOf(arrayPopFront(topic_labels), 'negative')))) AS topic,
		effort, intents,
		if(length(topics) = 1, text, substring(text, quotes[2].1 + 1, quotes[2].2 - quotes[2].1)) AS quote` + source + `
		WHERE ` + strings.Join(where, " AND "), args
}

// Parts takes a scope apart by every dimension: before a moment, and since. Values of a
// topic of the first level are topics of the second.
func (s *Store) Parts(ctx context.Context, sc Scope, p Period, since time.Time) ([]Part, error) {
	topic := "substringIndex(topic, '.', 1)"
	if sc.Topic != "" {
		topic = "topic"
	}
	scoped, args := sc.scoped(p)
	var parts []Part
	err := s.each(ctx, "taking a change apart", fmt.Sprintf(`
		SELECT d.1 AS dimension, d.2 AS value, created_at >= fromUnixTimestamp64Milli(%d, 'UTC') AS after,
			toFloat64(count()), toFloat64(countIf(label = 'negative')), toFloat64(countIf(label = 'positive')), toFloat64(countIf(hasAny(intents, ['churn', 'cancel']))),
			toFloat64(count(effort)), ifNull(sum(toFloat64(effort)), 0), ifNull(sum(pow(toFloat64(effort), 2)), 0)
		FROM (%s)
		ARRAY JOIN [('channel', toString(channel)), ('stage', toString(stage)), ('topic', toString(%s)), ('segment', toString(segment)), ('product', toString(product)), ('location', toString(location))] AS d
		GROUP BY dimension, value, after
		ORDER BY dimension, value, after`, since.UnixMilli(), scoped, topic), args, func(rows driver.Rows) error {
		var p Part
		err := rows.Scan(&p.Dimension, &p.Value, &p.Since, &p.Items, &p.Negatives, &p.Positives, &p.Churns, &p.EffortItems, &p.EffortSum, &p.EffortSquares)
		parts = append(parts, p)
		return err
	})
	return parts, err
}

// Said is a quote that may stand for what customers say.
type Said struct{ Source, ID, Customer, Quote string }

// Sayings returns up to most negative quotes of a scope, by chance but always the same.
func (s *Store) Sayings(ctx context.Context, sc Scope, p Period, most int) ([]Said, error) {
	scoped, args := sc.scoped(p)
	var said []Said
	err := s.each(ctx, "quotes", fmt.Sprintf(`
		SELECT toString(source), id, customer, if(length(quote) > 400, substringUTF8(quote, 1, 400), quote)
		FROM (%s)
		WHERE label = 'negative' AND length(quote) >= 10
		ORDER BY cityHash64(source, id), quote LIMIT %d`, scoped, most), args, func(rows driver.Rows) error {
		var q Said
		err := rows.Scan(&q.Source, &q.ID, &q.Customer, &q.Quote)
		said = append(said, q)
		return err
	})
	return said, err
}

// Spoken is how often a phrase or a topic is spoken of, before a moment and since.
type Spoken struct {
	Kind, Text              string // topic or phrase
	Before, Since           float64
	ItemsBefore, ItemsSince float64 // what they are shares of
}

// SpokenOf counts the topics and phrases of the items of a scope, before a moment and since.
// Phrases are those of the sample that emerging phrases are looked for in.
func (s *Store) SpokenOf(ctx context.Context, sc Scope, p Period, since time.Time) ([]Spoken, error) {
	scoped, args := sc.scoped(p)
	var all []Spoken
	read := func(kind string) func(rows driver.Rows) error {
		return func(rows driver.Rows) error {
			o := Spoken{Kind: kind}
			err := rows.Scan(&o.Text, &o.Before, &o.Since, &o.ItemsBefore, &o.ItemsSince)
			all = append(all, o)
			return err
		}
	}
	const counts = `toFloat64(uniqExactIf((source, id), NOT after)), toFloat64(uniqExactIf((source, id), after)),
		(SELECT toFloat64(uniqExactIf((source, id), NOT after)) FROM items), (SELECT toFloat64(uniqExactIf((source, id), after)) FROM items)`
	items := fmt.Sprintf("SELECT source, id, created_at >= fromUnixTimestamp64Milli(%d, 'UTC') AS after FROM (%s)", since.UnixMilli(), scoped)
	err := s.each(ctx, "topics that rise", fmt.Sprintf(`
		WITH items AS (%s)
		SELECT toString(topic) AS spoken, `+counts+`
		FROM
		(
			SELECT source, id, arrayJoin(arrayDistinct(arrayPopFront(topics))) AS topic, created_at >= fromUnixTimestamp64Milli(%d, 'UTC') AS after
			FROM feedback_between(period_from = fromUnixTimestamp64Milli(%d, 'UTC'), period_to = fromUnixTimestamp64Milli(%d, 'UTC'), channel = '', segment = '', product = '')
			WHERE (source, id) IN (SELECT source, id FROM items)
		)
		GROUP BY spoken ORDER BY spoken`, items, since.UnixMilli(), p.From.UnixMilli(), p.To.UnixMilli()), args, read("topic"))
	if err != nil {
		return nil, err
	}
	err = s.each(ctx, "phrases that rise", fmt.Sprintf(`
		WITH items AS (SELECT DISTINCT source, id, after FROM (%s) WHERE (source, id) IN (SELECT source, id FROM phrase_store))
		SELECT f.phrase AS spoken, `+counts+`
		FROM (SELECT source, id, arrayJoin(phrases.phrase) AS phrase FROM phrase_store FINAL) AS f
		INNER JOIN items ON f.source = items.source AND f.id = items.id
		GROUP BY spoken
		HAVING uniqExactIf((source, id), after) >= 3
		ORDER BY spoken`, items), args, read("phrase"))
	return all, err
}
