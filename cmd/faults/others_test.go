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
		case "shadow_changes", "shadow_diff", "replays": // there was neither a shadow run nor a replay
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
			v.Others++
			v.say("the oracle does not know the view %s", name)
		}
	}
	return nil
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
