//go:build faults

package faults

import (
	"context"
	"testing"
	"time"
)

// CheckOptions tell the oracle what it can't know.
type CheckOptions struct {
	// Lost are records that the brokers deleted before anybody could read them.
	Lost func(topic string, partition int32, offset int64) bool
}

// rollUpPatience is how long after the last commit a roll-up may still differ.
const rollUpPatience = 10 * time.Second

// oraclePatience is how long the oracle may read, hear and compare: how long that takes
// says nothing of earshot.
const oraclePatience = 10 * time.Minute

// Check waits until everything is committed, and compares what the store and the
// topic of dead letters hold with what they must hold by the brokers' log and the
// stream's own record.
func (r *Rig) Check(t *testing.T, o CheckOptions) Verdict {
	t.Helper()
	r.AwaitCommitted(t)
	ctx, cancel := context.WithTimeout(t.Context(), oraclePatience)
	defer cancel()
	var v Verdict
	// Servers that were broken just now may not answer at once.
	if err := tryUntil(time.Now().Add(30*time.Second), func() (err error) {
		v, err = r.check(ctx, o)
		return err
	}); err != nil {
		t.Fatalf("asking what is there: %v", err)
	}
	return v
}

func (r *Rig) check(ctx context.Context, o CheckOptions) (v Verdict, err error) {
	settled := time.Now()
	cells, err := r.ClickHouse.rows(ctx, r.Database, hourlyQuery)
	if err != nil {
		return v, err
	}
	asked := time.Now()
	if err := r.checkCommitted(ctx, &v); err != nil {
		return v, err
	}
	log, starts, err := r.readTopics(ctx, r.Topics()...)
	if err != nil {
		return v, err
	}
	records := r.Stream.records(log, starts, o, &v)
	v.Records = len(records)
	items, letters := r.fold(records, &v)
	if err := r.oracle.hear(ctx, items, r.keyFile()); err != nil {
		return v, err
	}
	if err := r.checkRows(ctx, items, &v); err != nil {
		return v, err
	}
	if err := r.checkHourly(ctx, items, cells, settled, asked, &v); err != nil {
		return v, err
	}
	if err := r.checkOthers(ctx, items, letters, &v); err != nil {
		return v, err
	}
	written, _, err := r.readTopics(ctx, r.Letters)
	if err != nil {
		return v, err
	}
	checkLetters(letters, written, &v)
	return v, nil
}

// checkCommitted compares the group's offsets with the ends of the log.
func (r *Rig) checkCommitted(ctx context.Context, v *Verdict) error {
	ends, err := r.ends(ctx)
	if err != nil {
		return err
	}
	committed, err := r.committed(ctx)
	if err != nil {
		return err
	}
	for at, end := range ends {
		if got, ok := committed[at]; end > 0 && (!ok || got != end) {
			v.Uncommitted++
			v.say("%s/%d: committed %d, the log ends at %d", at.topic, at.partition, got, end)
		}
	}
	return nil
}

// checkRows compares feedback and mentions.
func (r *Rig) checkRows(ctx context.Context, items map[identity]*version, v *Verdict) error {
	var feedback, mentions []row
	for _, item := range items {
		feedback = append(feedback, item.feedbackRow())
		mentions = append(mentions, item.mentionRows()...)
	}
	for _, view := range []struct {
		name         string
		key, ignored []string
		want         []row
	}{
		{"feedback", []string{"source", "id"}, []string{"ingested_at"}, feedback},
		{"mentions", []string{"source", "id", "topic", "span_start", "span_end"}, nil, mentions},
	} {
		got, err := r.ClickHouse.rows(ctx, r.Database, "SELECT * FROM "+view.name)
		if err != nil {
			return err
		}
		d := compare(view.name, view.key, view.ignored, view.want, got, v.say)
		v.Rows += len(view.want)
		v.Missing += d.missing
		v.Extra += d.extra
		v.Wrong += d.wrong
	}
	return nil
}

const hourlyQuery = "SELECT * FROM sentiment_hourly"

// checkHourly compares the roll-up, which may take a moment longer than the rows. got
// was asked for at a time after the last commit was seen.
func (r *Rig) checkHourly(ctx context.Context, items map[identity]*version, got []map[string]any, committed, asked time.Time, v *Verdict) error {
	want := hourlyRows(items)
	for {
		var now Verdict
		d := compare("sentiment_hourly", []string{"hour", "channel", "stage", "topic"}, nil, want, got, now.say)
		now.Cells = d.missing + d.extra + d.wrong
		if now.Cells == 0 || asked.Sub(committed) > rollUpPatience {
			v.Cells, v.Freshness = now.Cells, asked.Sub(committed)
			v.Details = append(v.Details, now.Details...)
			return nil
		}
		time.Sleep(200 * time.Millisecond)
		asked = time.Now()
		var err error
		if got, err = r.ClickHouse.rows(ctx, r.Database, hourlyQuery); err != nil {
			return err
		}
	}
}
