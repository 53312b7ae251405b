//go:build faults

package faults

import (
	"cmp"
	"context"
	"fmt"

	"earshot/nlp"
	"earshot/nlp/privacy"
	"earshot/pipeline"
	"earshot/pipeline/decode"
)

// oracle hears what the pipeline should have heard.
type oracle struct{ listener *nlp.Analyzer }

// newListener opens what hears in the way that the rigs' configuration asks for.
func newListener() (*nlp.Analyzer, error) {
	return nlp.New(nlp.Options{Tier: nlp.TierFast, Subjects: nlp.Subjects{Taxonomy: []string{"core"}, Targets: []string{target}}})
}

// version is a version of an item, as one record says it.
type version struct {
	*record
	feedback pipeline.Feedback
	analysis nlp.Analysis
}

type identity struct{ source, id string }

func (i identity) String() string { return i.source + " " + i.id }

// beats tells whether v replaces o: by version, then time, then offset.
func (v *version) beats(o *version) bool {
	return cmp.Or(
		cmp.Compare(v.feedback.Version, o.feedback.Version),
		v.feedback.CreatedAt.Compare(o.feedback.CreatedAt),
		cmp.Compare(v.offset, o.offset),
		cmp.Compare(v.partition, o.partition),
	) > 0
}

// letterOf is what a dead letter must say.
type letterOf struct {
	*record
	reason pipeline.Reason
}

// fold reads the records: the last version of each item, withdrawn or not, and the
// records that must be dead letters. What the decoder makes of a record and the
// generator meant otherwise is told to v.
func (r *Rig) fold(records []*record, v *Verdict) (items map[identity]*version, letters map[place]letterOf) {
	decoders := map[string]*decode.Decoder{}
	for i, topic := range r.Topics() {
		decoders[topic] = decode.New(decode.Source{Topic: topic, Channel: sources[i].channel})
	}
	items, letters = map[identity]*version{}, map[place]letterOf{}
	for _, record := range records {
		feedback, rejection := decoders[record.topic].Decode(pipeline.Record{
			Topic: record.topic, Partition: int(record.partition), Offset: record.offset,
			Key: record.Key, Value: record.Value, Time: record.Timestamp,
		})
		switch {
		case rejection != nil && record.poison != "":
			if rejection.Reason != record.poison {
				v.Wrong++
				v.say("%s is rejected as %s, not %s", record.place, rejection.Reason, record.poison)
			}
			letters[record.place] = letterOf{record, record.poison}
			continue
		case rejection != nil:
			v.Wrong++
			v.say("%s is good and was rejected: %v", record.place, rejection)
			continue
		case record.poison != "":
			v.Wrong++
			v.say("%s is poison (%s) and was not rejected", record.place, record.poison)
			continue
		}
		meant := record.meaning
		if meant.createdAt.IsZero() {
			meant.createdAt = record.Timestamp.UTC()
		}
		if feedback.Source != meant.source || feedback.ID != meant.id || feedback.Version != meant.version ||
			feedback.Deleted != meant.deleted || !feedback.CreatedAt.Equal(meant.createdAt) {
			v.Wrong++
			v.say("%s was read as %s %s version %d of %s, deleted %t; meant: %+v", record.place, feedback.Source, feedback.ID, feedback.Version, feedback.CreatedAt, feedback.Deleted, meant)
		}
		one := &version{record: record, feedback: feedback}
		key := identity{feedback.Source, feedback.ID}
		if last := items[key]; last == nil || one.beats(last) {
			items[key] = one
		}
	}
	return items, letters
}

// hear redacts and analyses what is not withdrawn, and leaves the withdrawn out.
func (o *oracle) hear(ctx context.Context, items map[identity]*version, keyFile string) error {
	key, err := privacy.ReadKey(keyFile)
	if err != nil {
		return err
	}
	finder, err := privacy.New(privacy.Options{})
	if err != nil {
		return err
	}
	private := pipeline.Privacy{Redactor: finder, Pseudonym: privacy.NewPseudonyms(key).Of, Keep: []string{target}}
	for identity, item := range items {
		f := &item.feedback
		if f.Deleted {
			delete(items, identity)
			continue
		}
		pii := private.Apply(f)
		if f.Text == "" && f.Title == "" {
			item.analysis = pipeline.FromScore(f)
			continue
		}
		heard, err := o.listener.Analyze(ctx, []nlp.Document{f.Document()})
		if err != nil || len(heard) != 1 {
			return fmt.Errorf("%s: %d analyses: %w", identity, len(heard), err)
		}
		item.analysis = heard[0]
		item.analysis.PII = pii
		item.analysis.ScoreTextMismatch = pipeline.Mismatch(f, heard[0])
	}
	return nil
}
