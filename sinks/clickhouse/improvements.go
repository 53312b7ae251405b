package clickhouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Improvement is something that the company has mended.
type Improvement struct {
	ID           string    // made of Topic, Stage, Channel and At; see Identity
	Topic        string    // first level, with all below it, or first.second
	Stage        string    // of the journey; empty: all
	Channel      string    // empty: all
	At           time.Time // from when customers could notice it, to the millisecond
	Note         string    // what was done
	RegisteredAt time.Time // set by the store
}

// Identity is what names an improvement: registered again it is the same, whatever its
// note says.
func (i *Improvement) Identity() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{i.Topic, i.Stage, i.Channel, fmt.Sprint(i.At.UnixMilli())}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// RegisterImprovement keeps an improvement under its Identity, which it sets. Registering
// it again replaces its note.
func (s *Store) RegisterImprovement(ctx context.Context, i *Improvement) error {
	i.ID, i.RegisteredAt = i.Identity(), s.options.Now()
	return s.saveImprovement(ctx, i, false)
}

// RemoveImprovement removes an improvement; false: there is none of that id.
func (s *Store) RemoveImprovement(ctx context.Context, id string) (bool, error) {
	all, err := s.Improvements(ctx)
	if err != nil {
		return false, err
	}
	for _, i := range all {
		if i.ID == id {
			i.RegisteredAt = s.options.Now()
			return true, s.saveImprovement(ctx, i, true)
		}
	}
	return false, nil
}

// Improvements lists what is registered, the oldest first.
func (s *Store) Improvements(ctx context.Context) ([]*Improvement, error) {
	var all []*Improvement
	err := s.each(ctx, "improvements", "SELECT id, topic, stage, channel, at, note, registered_at FROM improvements ORDER BY at, id", nil, func(rows driver.Rows) error {
		var i Improvement
		err := rows.Scan(&i.ID, &i.Topic, &i.Stage, &i.Channel, &i.At, &i.Note, &i.RegisteredAt)
		i.At, i.RegisteredAt = i.At.UTC(), i.RegisteredAt.UTC()
		all = append(all, &i)
		return err
	})
	return all, err
}

// savedImprovement is a row of improvement_store.
type savedImprovement struct {
	*Improvement
	removed bool
}

func (s *Store) saveImprovement(ctx context.Context, i *Improvement, removed bool) error {
	return newInserter(s, "improvement_store", improvementColumns()).write(ctx, []*savedImprovement{{i, removed}})
}

func improvementColumns() []column[savedImprovement] {
	return []column[savedImprovement]{
		{"id", "String", text(func(i *savedImprovement) string { return i.ID })},
		{"topic", typeWord, lowCardinality(func(i *savedImprovement) string { return i.Topic })},
		{"stage", typeWord, lowCardinality(func(i *savedImprovement) string { return i.Stage })},
		{"channel", typeWord, lowCardinality(func(i *savedImprovement) string { return i.Channel })},
		{"at", typeTime, uint64s(func(i *savedImprovement) uint64 { return uint64(i.At.UnixMilli()) })},
		{"note", "String", text(func(i *savedImprovement) string { return i.Note })},
		{"registered_at", typeTime, uint64s(func(i *savedImprovement) uint64 { return uint64(i.RegisteredAt.UnixMilli()) })},
		{"removed", "UInt8", bools(func(i *savedImprovement) bool { return i.removed })},
	}
}
