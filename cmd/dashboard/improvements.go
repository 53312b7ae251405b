package dashboard

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
	"earshot/pipeline/painpoints"
)

const improvementsPath = "/improvements"

func improvementsSheet() *sheet {
	return &sheet{
		path: improvementsPath, name: "Improvements", file: "improvements.html", usual: usualWindow(improvementsPath), refresh: 10 * time.Second,
		fragments: []string{"improvements"}, model: improvementsModel,
	}
}

// improvement is what the company has mended.
type improvement struct {
	id, topic, stage, channel, note string
	at, registered                  time.Time
	over                            mended
}

// mended is what was said around an improvement: of its topic, and of all others.
type mended struct {
	axis                      axis
	steps                     []tally // of its topic
	before, after             tally   // of its topic
	othersBefore, othersAfter tally
}

// around is how long before and after an improvement is looked at.
const around = 14 * day

const shownImprovements = 12

// improvements reads the latest ones and what was said around them.
func (s *store) improvements(ctx context.Context, now time.Time) (all []improvement, err error) {
	err = s.rows(ctx, s.sql["improvements"], []any{clickhouse.Named("limit", shownImprovements)}, func(rows driver.Rows) error {
		var (
			i              improvement
			at, registered int64
		)
		if err := rows.Scan(&i.id, &i.topic, &i.stage, &i.channel, &at, &i.note, &registered); err != nil {
			return err
		}
		i.at, i.registered = time.UnixMilli(at).UTC(), time.UnixMilli(registered).UTC()
		all = append(all, i)
		return nil
	})
	for i := range all {
		if err == nil {
			all[i].over, err = s.mended(ctx, &all[i], now)
		}
	}
	return all, err
}

// mended reads whole hours: the one in which the improvement came counts as after it.
func (s *store) mended(ctx context.Context, i *improvement, now time.Time) (m mended, err error) {
	at := i.at.Truncate(time.Hour)
	p := period{at.Add(-around), earlier(at.Add(around), now.Truncate(time.Hour).Add(time.Hour))}
	if !p.to.After(at) { // it is yet to come
		p.to = at.Add(time.Hour)
	}
	m.axis = newAxis(p)
	m.steps = make([]tally, m.axis.steps)
	v := view{Topic: i.topic, Stage: i.stage, Channel: channelOf(i.channel)}
	err = s.rows(ctx, s.sql["mended"], about(v, p), func(rows driver.Rows) error {
		var (
			mine uint8
			ms   int64
			n    tally
		)
		if err := rows.Scan(&mine, &ms, &n.Items, &n.Negatives, &n.Positives); err != nil {
			return err
		}
		hour := time.UnixMilli(ms).UTC()
		part := &m.before
		switch {
		case mine == 1 && !hour.Before(at):
			part = &m.after
		case mine == 0 && !hour.Before(at):
			part = &m.othersAfter
		case mine == 0:
			part = &m.othersBefore
		}
		*part = part.plus(n)
		if step := int(hour.Sub(m.axis.from) / m.axis.step); mine == 1 && step >= 0 && step < m.axis.steps {
			m.steps[step] = m.steps[step].plus(n)
		}
		return nil
	})
	return m, err
}

// channelOf is the channel of that name; any other name is no filter.
func channelOf(name string) pipeline.Channel {
	if c := pipeline.Channel(name); c.Valid() {
		return c
	}
	return ""
}

// improvementsPage says whether customers noticed what was mended.
type improvementsPage struct {
	frame
	Rows    []improvementRow
	Nothing bool
}

// improvementRow is one improvement, before and after.
type improvementRow struct {
	Key, Href, Topic, Where, Note string
	At                            moment
	Before, After, Gained, Others string
	ItemsBefore, ItemsAfter       string
	Verdict, Tone                 string
	Spark                         string
	MarkX                         float64 // where the improvement is in the sparkline, of 100
}

func improvementsModel(v *visit) framed {
	d := v.dashboard
	read := fetch(v, "improvements", func(ctx context.Context) ([]improvement, error) { return d.store.improvements(ctx, time.Now()) })
	v.wait()

	p := &improvementsPage{frame: frame{Title: "Improvements", Class: "improvements"}, Nothing: !read.at.IsZero() && len(read.value) == 0}
	for i := range read.value {
		p.Rows = append(p.Rows, newImprovementRow(&read.value[i], v.now))
	}
	return p
}

func newImprovementRow(i *improvement, now time.Time) improvementRow {
	m := &i.over
	row := improvementRow{
		Key:   elementID("improvement", i.id),
		Href:  view{From: m.axis.from, To: m.axis.to, Topic: i.topic, Channel: channelOf(i.channel)}.on(topicPath),
		Topic: excerpt(i.topic, nameRunes), Where: joined(", ", i.stage, i.channel), Note: excerpt(i.note, quotedRunes), At: newMoment(i.at, now),
		Before: netOf(m.before), After: netOf(m.after), ItemsBefore: count(m.before.Items), ItemsAfter: count(m.after.Items),
		Gained: "–", Others: "–", Spark: spark(m.steps, scale(m.steps)),
		MarkX: round(100 * float64(i.at.Sub(m.axis.from)) / float64(max(m.axis.length(), 1))),
	}
	if m.othersBefore.Items > 0 && m.othersAfter.Items > 0 {
		row.Others = signed(m.othersAfter.net()-m.othersBefore.net(), 0)
	}
	if m.before.Items > 0 && m.after.Items > 0 {
		row.Gained = signed(m.after.net()-m.before.net(), 0)
	}
	row.Verdict, row.Tone = verdict(m)
	return row
}

// netOf writes the net sentiment of a tally; a dash of none.
func netOf(t tally) string {
	if t.Items == 0 {
		return "–"
	}
	return signed(t.net(), 0)
}

// verdict compares what the topic gained with what all others gained meanwhile: the
// difference of two differences, with its 95 % interval.
func verdict(m *mended) (words, tone string) {
	if m.before.Items == 0 || m.after.Items == 0 || m.othersBefore.Items == 0 || m.othersAfter.Items == 0 {
		return "Too little was said before or after it to tell.", ""
	}
	more := m.after.net() - m.before.net() - (m.othersAfter.net() - m.othersBefore.net())
	err := 1.96 * math.Sqrt(m.after.netVariance()+m.before.netVariance()+m.othersAfter.netVariance()+m.othersBefore.netVariance())
	measured := fmt.Sprintf("%s points against all other topics, ± %.0f.", signed(more, 0), err)
	switch {
	case more > err:
		return "Customers noticed: " + measured, "positive"
	case more < -err:
		return "It got worse: " + measured, "negative"
	default:
		return "Nothing that is more than chance: " + measured, ""
	}
}

// netVariance is the variance of the net sentiment as an estimate.
func (t tally) netVariance() float64 {
	items := float64(t.Items)
	return 100 * 100 * painpoints.LabelVariance(int64(t.Positives), int64(t.Negatives), items) / (items + 3)
}
