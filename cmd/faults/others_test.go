//go:build faults

package faults

import (
	"context"
	"fmt"
)

// checkOthers looks at the views that hold nothing, or nothing new, in these cases:
// nothing may be in them that is not in the items.
func (r *Rig) checkOthers(ctx context.Context, items map[identity]*version, letters map[place]letterOf, v *Verdict) error {
	views, err := r.ClickHouse.rows(ctx, r.Database, fmt.Sprintf("SELECT name FROM system.tables WHERE database = '%s' AND engine = 'View' ORDER BY name", r.Database))
	if err != nil {
		return err
	}
	for _, view := range views {
		name := fmt.Sprint(view["name"])
		switch name {
		case "feedback", "mentions", "sentiment_hourly": // compared row by row
		case "pain_points", "pain_points_recent": // made of topics_between and nothing else
		case "drivers": // computed every ten minutes from feedback_between; a case is over before
		case "shadow_changes", "shadow_diff", "replays", "improvements", "alerts": // there was no shadow run, no replay, nobody mended anything, and no baseline to fall below
			rows, err := r.ClickHouse.rows(ctx, r.Database, "SELECT * FROM "+name)
			if err != nil {
				return err
			}
			v.Others += len(rows)
			if len(rows) > 0 {
				v.say("%s has %d rows", name, len(rows))
			}
		case "dead_letters":
			if err := r.checkDeadLetters(ctx, letters, v); err != nil {
				return err
			}
		case "emerging":
			if err := r.checkEmerging(ctx, items, v); err != nil {
				return err
			}
		default:
			if sums, known := periodSums[name]; known {
				if err := r.checkSums(ctx, name, sums, v); err != nil {
					return err
				}
				continue
			}
			v.Others++
			v.say("the oracle does not know the view %s", name)
		}
	}
	return nil
}

// periodSums are queries of the views over a period, with what they must be by the views
// that are compared row by row: items, negative items, mentions. Views that tell other
// things must answer, which their own tests compare.
var periodSums = map[string]string{
	"feedback_between": "SELECT toUInt64(count()), toUInt64(countIf(label = 'negative')), toUInt64(sum(length(topics) - 1)) FROM feedback_between(" + always + ")",
	"cells_between":    "SELECT toUInt64(sumIf(items, topic = '')), toUInt64(sumIf(negatives, topic = '')), toUInt64(sumIf(items, topic != '')) FROM cells_between(" + always + ")",
	"journey_between":  "SELECT toUInt64(sum(items)), toUInt64(sum(negatives)), want.3 FROM journey_between(" + always + ")",
	"journey":          "SELECT toUInt64(sum(items)), toUInt64(sum(negatives)), want.3 FROM journey",
	"measures":         "SELECT toUInt64(sumIf(items, channel = '')), want.2, want.3 FROM measures(" + always + ")",
	"topics_between":   "SELECT want.1, want.2, toUInt64(sum(items)) FROM topics_between(" + always + ", level = 1)",
	"customers":        "SELECT toUInt64(sum(items) + (SELECT count() FROM feedback WHERE noise = '' AND customer = '')), want.2, want.3 FROM customers",
	"contacts_between": "SELECT if(count() >= 0, want.1, 0), want.2, want.3 FROM contacts_between(" + always + ")",
	"journey_steps":    "SELECT if(count() >= 0, want.1, 0), want.2, want.3 FROM journey_steps(" + always + ")",
	"loyalty_moves":    "SELECT if(count() >= 0, want.1, 0), want.2, want.3 FROM loyalty_moves",
}

const always = "period_from = '1970-01-01', period_to = '2200-01-01', channel = '', segment = '', product = ''"

// checkSums compares what a view adds up to with the rows.
func (r *Rig) checkSums(ctx context.Context, view, sums string, v *Verdict) error {
	rows, err := r.ClickHouse.rows(ctx, r.Database, `
		WITH (SELECT (toUInt64(count()), toUInt64(countIf(label = 'negative')), (SELECT toUInt64(count()) FROM mentions)) FROM feedback WHERE noise = '') AS want
		SELECT toString(got) AS got, toString(wanted) AS wanted FROM (SELECT tuple(*) AS got, want AS wanted FROM (`+sums+`)) WHERE got != wanted`)
	for _, row := range rows {
		v.Others++
		v.say("%s adds up to %v (items, negatives, mentions), the rows to %v", view, row["got"], row["wanted"])
	}
	return err
}

// checkEmerging looks whether emerging phrases are those of items that are there.
func (r *Rig) checkEmerging(ctx context.Context, items map[identity]*version, v *Verdict) error {
	rows, err := r.ClickHouse.rows(ctx, r.Database, "SELECT phrase, e.1 AS source, e.2 AS id FROM emerging ARRAY JOIN examples AS e")
	if err != nil {
		return err
	}
	for _, row := range rows {
		at := identity{fmt.Sprint(row["source"]), fmt.Sprint(row["id"])}
		if items[at] == nil {
			v.Others++
			v.say("emerging: %q is said to be of %s, which is not there", row["phrase"], at)
		}
	}
	return nil
}

// checkDeadLetters compares the view of dead letters, of which nobody has replayed
// any, with the records that must be there.
func (r *Rig) checkDeadLetters(ctx context.Context, letters map[place]letterOf, v *Verdict) error {
	var want []row
	for at, letter := range letters {
		want = append(want, row{
			"kafka_topic": at.topic, "kafka_partition": int64(at.partition), "kafka_offset": at.offset, "recorded_at": letter.Timestamp,
			"state": "open", "reason": string(letter.reason), "attempts": int64(1), "closed_by": "", "bytes": int64(len(letter.Value)),
		})
	}
	got, err := r.ClickHouse.rows(ctx, r.Database, "SELECT * FROM dead_letters")
	if err != nil {
		return err
	}
	ignored := []string{"error", "first_rejected_at", "last_tried_at", "history", "letter_topic", "letter_partition", "letter_offset"}
	d := compare("dead_letters", []string{"kafka_topic", "kafka_partition", "kafka_offset"}, ignored, want, got, v.say)
	v.Others += d.missing + d.extra + d.wrong
	return nil
}
