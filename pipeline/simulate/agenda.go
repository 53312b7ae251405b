package simulate

import "time"

// agenda holds which customer writes again when, the earliest first.
type agenda struct{ heap []appointment }

type appointment struct {
	due      int64 // Unix nanoseconds
	customer int32
}

func (a *agenda) len() int { return len(a.heap) }

func (a *agenda) due(now time.Time) bool {
	return len(a.heap) > 0 && a.heap[0].due <= now.UnixNano()
}

func (a *agenda) push(x appointment) {
	a.heap = append(a.heap, x)
	i := len(a.heap) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if a.heap[parent].due <= a.heap[i].due {
			return
		}
		a.heap[parent], a.heap[i] = a.heap[i], a.heap[parent]
		i = parent
	}
}

func (a *agenda) pop() appointment {
	top := a.heap[0]
	last := len(a.heap) - 1
	a.heap[0] = a.heap[last]
	a.heap = a.heap[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return top
		}
		if r := child + 1; r < last && a.heap[r].due < a.heap[child].due {
			child = r
		}
		if a.heap[i].due <= a.heap[child].due {
			return top
		}
		a.heap[i], a.heap[child] = a.heap[child], a.heap[i]
		i = child
	}
}

// rescale stretches the time from now until each appointment, which keeps
// their order.
func (a *agenda) rescale(now time.Time, factor float64) {
	n := now.UnixNano()
	for i := range a.heap {
		a.heap[i].due = n + int64(float64(max(0, a.heap[i].due-n))*factor)
	}
}

// move shifts all appointments.
func (a *agenda) move(by time.Duration) {
	for i := range a.heap {
		a.heap[i].due += int64(by)
	}
}
