package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// DriverMeasures are the answers whose drivers are computed.
func DriverMeasures() []string { return []string{"nps", "csat"} }

// AnswerMoments are sums over the items of a period that have an answer and speak of a
// topic of the first level. What is said of a topic is -1, 0 or +1; not spoken of is 0.
type AnswerMoments struct {
	Topics   []string // in the order of the alphabet; of the rows and columns
	N        float64
	Y, YY    float64     // sums of the answers and of their squares
	X, XY    []float64   // for each topic: sums of what is said, and of it times the answer
	XX       [][]float64 // for each two topics: sum of the product
	Mentions []float64   // items that speak of the topic
}

// spokenSQL selects the answer of each item and what it says of each topic.
const spokenSQL = `
	SELECT answer, arrayMap(t -> (t, toFloat64(sign(arraySum((o, s) -> if(o = t, s, 0), first, signs)))), arrayDistinct(first)) AS spoken
	FROM
	(
		SELECT
			toFloat64(assumeNotNull(%s)) AS answer,
			arrayMap(t -> substringIndex(t, '.', 1), arrayPopFront(topics)) AS first,
			arrayMap(l -> toInt8(l = 'positive') - toInt8(l = 'negative'), arrayPopFront(topic_labels)) AS signs
		FROM feedback_between(period_from = fromUnixTimestamp64Milli(%d, 'UTC'), period_to = fromUnixTimestamp64Milli(%d, 'UTC'), channel = '', segment = '', product = '')
		WHERE isNotNull(%s) AND length(topics) > 1
	)`

// AnswerMoments adds up the answers nps or csat of a period.
func (s *Store) AnswerMoments(ctx context.Context, measure string, p Period) (*AnswerMoments, error) {
	if !slices.Contains(DriverMeasures(), measure) {
		return nil, fmt.Errorf("no drivers of %q: it is none of %v", measure, DriverMeasures())
	}
	spoken := fmt.Sprintf(spokenSQL, measure, p.From.UnixMilli(), p.To.UnixMilli(), measure)
	m := &AnswerMoments{}
	type pair struct{ a, b string }
	products := map[pair]float64{}
	err := s.each(ctx, "drivers", "SELECT toFloat64(count()), sum(answer), sum(answer * answer) FROM ("+spoken+")", nil, func(rows driver.Rows) error {
		return rows.Scan(&m.N, &m.Y, &m.YY)
	})
	if err != nil {
		return nil, err
	}
	err = s.each(ctx, "drivers", `
		SELECT toString(p.1.1) AS a, toString(p.2.1) AS b, sum(p.1.2 * p.2.2), sum(p.1.2), sum(p.1.2 * answer), toFloat64(count())
		FROM (`+spoken+`)
		ARRAY JOIN arrayFlatten(arrayMap(x -> arrayMap(y -> (x, y), spoken), spoken)) AS p
		GROUP BY a, b ORDER BY a, b`, nil, func(rows driver.Rows) error {
		var at pair
		var product, sum, withAnswer, mentions float64
		err := rows.Scan(&at.a, &at.b, &product, &sum, &withAnswer, &mentions)
		products[at] = product
		if at.a == at.b {
			m.Topics = append(m.Topics, at.a)
			m.X, m.XY, m.Mentions = append(m.X, sum), append(m.XY, withAnswer), append(m.Mentions, mentions)
		}
		return err
	})
	for _, a := range m.Topics {
		row := make([]float64, len(m.Topics))
		for i, b := range m.Topics {
			row[i] = products[pair{a, b}]
		}
		m.XX = append(m.XX, row)
	}
	return m, err
}

// DriverRow is a row of the view drivers.
type DriverRow struct {
	Measure                     string
	Days                        int
	Items, Needed               int64
	R2                          float64
	Topic                       string // empty: nothing can be said
	Mentions                    int64
	Weight, Correlation, Effect float64
}

// savedDriver is a row of driver_store.
type savedDriver struct {
	DriverRow
	at time.Time
}

// SaveDrivers keeps what was computed of one measure and length of period; it replaces what
// was computed before.
func (s *Store) SaveDrivers(ctx context.Context, rows []DriverRow) error {
	now := s.options.Now()
	saved := make([]*savedDriver, len(rows))
	for i, r := range rows {
		saved[i] = &savedDriver{r, now}
	}
	return newInserter(s, "driver_store", driverColumns()).write(ctx, saved)
}

// DriversComputedAt is when the drivers were last computed; the zero time: never.
func (s *Store) DriversComputedAt(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := s.each(ctx, "drivers", "SELECT max(computed_at) FROM driver_store HAVING count() > 0", nil, func(rows driver.Rows) error { return rows.Scan(&at) })
	return at, err
}

func driverColumns() []column[savedDriver] {
	return []column[savedDriver]{
		{"measure", typeWord, lowCardinality(func(d *savedDriver) string { return d.Measure })},
		{"days", "UInt16", func(e *encoder, of []*savedDriver) {
			for _, d := range of {
				e.buf = append(e.buf, byte(d.Days), byte(d.Days>>8))
			}
		}},
		{"computed_at", typeTime, uint64s(func(d *savedDriver) uint64 { return uint64(d.at.UnixMilli()) })},
		{"items", "UInt64", uint64s(func(d *savedDriver) uint64 { return uint64(d.Items) })},
		{"needed", "UInt64", uint64s(func(d *savedDriver) uint64 { return uint64(d.Needed) })},
		{"r2", "Float64", float64s(func(d *savedDriver) float64 { return d.R2 })},
		{"topic", typeWord, lowCardinality(func(d *savedDriver) string { return d.Topic })},
		{"mentions", "UInt64", uint64s(func(d *savedDriver) uint64 { return uint64(d.Mentions) })},
		{"weight", "Float64", float64s(func(d *savedDriver) float64 { return d.Weight })},
		{"correlation", "Float64", float64s(func(d *savedDriver) float64 { return d.Correlation })},
		{"effect", "Float64", float64s(func(d *savedDriver) float64 { return d.Effect })},
	}
}
