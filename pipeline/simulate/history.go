package simulate

import (
	"iter"
	"time"
)

// Volumes by the hour of the day (UTC) and the day of the week, Sunday first.
var (
	hours = [24]float64{0.25, 0.15, 0.1, 0.1, 0.15, 0.3, 0.6, 1, 1.4, 1.6, 1.6, 1.5, 1.4, 1.4, 1.4, 1.5, 1.6, 1.7, 1.8, 1.8, 1.6, 1.3, 0.9, 0.5}
	days  = [7]float64{0.7, 1.2, 1.1, 1.05, 1.05, 1.1, 0.75}
)

// History yields n messages of the time between from and to, in order, with
// volumes that follow hours and weekdays. The customers' journeys go on in
// Next where the history left them, so it comes before Next. Calling it for
// the same period with another company of the same seed yields the same
// messages.
func (c *Company) History(from, to time.Time, n int) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		from, to := from.UTC().Truncate(time.Millisecond), to.UTC()
		if n <= 0 || !to.After(from) {
			return
		}
		c.inPast = true
		c.agenda.rescale(from, float64(pastPatience)/float64(c.patience))
		c.patience = pastPatience
		defer func() {
			c.inPast = false
			c.agenda.rescale(to, float64(livePatience)/float64(pastPatience))
			c.agenda.move(c.clock.Sub(to))
			c.patience = livePatience
		}()
		whole := volume(from, to)
		t, done := from, 0.0
		for i := range n {
			// The i-th message lies somewhere in the i-th of n equal volumes.
			target := whole * (float64(i) + c.rng.Float64()) / float64(n)
			for {
				end := t.Truncate(time.Hour).Add(time.Hour)
				if end.After(to) {
					end = to
				}
				step := volume(t, end)
				if done+step >= target || !end.Before(to) {
					at := t.Add(time.Duration((target - done) / intensity(t) * float64(time.Second)))
					if at.After(to) {
						at = to
					}
					if !yield(c.message(at)) {
						return
					}
					break
				}
				t, done = end, done+step
			}
		}
	}
}

func intensity(t time.Time) float64 { return hours[t.Hour()] * days[t.Weekday()] }

// volume is the intensity summed over the seconds from a to b.
func volume(a, b time.Time) float64 {
	sum := 0.0
	for a.Before(b) {
		end := a.Truncate(time.Hour).Add(time.Hour)
		if end.After(b) {
			end = b
		}
		sum += intensity(a) * end.Sub(a).Seconds()
		a = end
	}
	return sum
}
