package lane

import (
	"context"
	"math/rand/v2"
)

// passes goes through n examples so many times, each time in another order that the
// seed decides. rate falls from 1 to 0; end is called after each pass. It returns
// ctx's error when ctx ends first.
func passes(ctx context.Context, n, times int, rng *rand.Rand, learn func(example int, rate float64), end func()) error {
	order := rng.Perm(n)
	total, step := float64(times*n), 0
	for range times {
		rng.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, k := range order {
			if step%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			learn(k, 1-float64(step)/total)
			step++
		}
		end()
	}
	return nil
}
