package pipeline

import "context"

// Rejecters keep dead letters in several places, one after the other. An item is
// safe when all have it. When one fails, those in front of it meet the items again:
// those for which twice is once stand in front.
type Rejecters []Rejecter

// Reject implements Rejecter.
func (all Rejecters) Reject(ctx context.Context, items []*Item) error {
	for _, r := range all {
		if err := r.Reject(ctx, items); err != nil {
			return err
		}
	}
	return nil
}
