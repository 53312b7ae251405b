package watch

import (
	"cmp"
	"slices"

	"earshot/pipeline"
)

// history is a series' counts by hour.
type history struct {
	key    Key
	parent *history
	hours  []hourly // those that have any, in order
	// changed is the first hour that is not what it was when the series was last judged.
	changed int32
	models  map[int32]*model // by day
	tracks  [tests]track
}

func (h *history) find(at int32) (int, bool) {
	return slices.BinarySearchFunc(h.hours, at, func(e hourly, at int32) int { return cmp.Compare(e.at, at) })
}

func (h *history) set(at int32, t pipeline.Tally) {
	i, there := h.find(at)
	switch now := narrow(at, t); {
	case there && h.hours[i] == now, !there && t == pipeline.Tally{}:
		return
	case t == pipeline.Tally{}:
		h.hours = slices.Delete(h.hours, i, i+1)
	case there:
		h.hours[i] = now
	default:
		h.hours = slices.Insert(h.hours, i, now)
	}
	h.changed = min(h.changed, at)
}

func (h *history) forget(before int32) {
	i, _ := h.find(before)
	h.hours = slices.Delete(h.hours, 0, i)
}

// between are the hours from and without to.
func (h *history) between(from, to int32) []hourly {
	i, _ := h.find(from)
	j, _ := h.find(to)
	return h.hours[i:max(i, j)]
}
