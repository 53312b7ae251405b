package effect

import (
	"flag"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// More runs than a test has time for: go test ./pipeline/effect -run Simulation -v -runs 1000
var more = flag.Int("runs", 0, "of each scenario and effect in simulations; 0: as many as the tests need")

// summary is what became of the runs of a scenario.
type summary struct {
	runs, inside, worked, worse, early int
	bias, squares, half                float64
}

func (s *summary) add(o summary) {
	s.runs, s.inside, s.worked, s.worse, s.early = s.runs+o.runs, s.inside+o.inside, s.worked+o.worked, s.worse+o.worse, s.early+o.early
	s.bias, s.squares, s.half = s.bias+o.bias, s.squares+o.squares, s.half+o.half
}

func (s *summary) percent(n int) float64 { return 100 * float64(n) / float64(s.runs) }

func (s *summary) print(t *testing.T, name string) {
	n := float64(s.runs)
	t.Logf("%-36s %5d runs: %5.1f %% inside, %5.1f %% worked, %5.1f %% worse, %5.1f %% too early; off %+5.1f, %4.1f rms, half width %4.1f",
		name, s.runs, s.percent(s.inside), s.percent(s.worked), s.percent(s.worse), s.percent(s.early), s.bias/n, math.Sqrt(s.squares/n), s.half/n)
}

// simulate makes runs of a scenario with an effect, the same in every test run.
func (s *scenario) simulate(t *testing.T, points float64, first, runs int) summary {
	var all summary
	var mu sync.Mutex
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			var mine summary
			for k := first + w; k < first+runs; k += workers {
				treated, controls, at, truth := s.draw(rand.New(rand.NewPCG(uint64(k), 20)), points)
				e, err := Of(treated, controls, at, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				one := summary{runs: 1, bias: e.Points - truth, squares: square(e.Points - truth), half: (e.High - e.Low) / 2}
				if e.Low <= truth && truth <= e.High {
					one.inside++
				}
				switch e.Verdict {
				case Worked:
					one.worked++
				case Worse:
					one.worse++
				case TooEarly:
					one.early++
				}
				mine.add(one)
			}
			mu.Lock()
			defer mu.Unlock()
			all.add(mine)
		})
	}
	wg.Wait()
	return all
}

func TestSimulationNothingWorksWithoutAnEffect(t *testing.T) {
	runs := 60 / slower
	if *more > 0 {
		runs = *more
	}
	var all, regular summary
	for i, s := range scenarios() {
		r := s.simulate(t, 0, 100000*i, runs)
		r.print(t, s.name)
		all.add(r)
		if !s.incidental() {
			regular.add(r)
		}
		if worst := r.percent(r.worked); slower == 1 && worst > 7 {
			t.Errorf("%s: %.1f %% of runs without an effect worked, want at most 7 %%", s.name, worst)
		}
	}
	all.print(t, "all")
	regular.print(t, "all without incidents")
	if worked := all.percent(all.worked); worked > 5 {
		t.Errorf("%.1f %% of runs without an effect worked, want at most 5 %%", worked)
	}
}

func TestSimulationTheIntervalHoldsTheEffect(t *testing.T) {
	effects := []float64{0, 10, -10, 20, -20, 40, -40}
	var some []scenario
	for _, s := range scenarios() {
		if !s.incidental() { // else effect and incident can't be told apart; intervals hold both
			some = append(some, s)
		}
	}
	each := max(1, 6/slower)
	if *more > 0 {
		each = *more
	}
	of := make([]summary, len(some)) // scenarios
	var all summary
	for e, points := range effects {
		var with summary
		for i := range some {
			r := some[i].simulate(t, points, 100000*i+10000*(e+1), each)
			of[i].add(r)
			with.add(r)
			if *more > 0 {
				r.print(t, some[i].name)
			}
		}
		t.Logf("effect of %+.0f points:", points)
		with.print(t, "")
		if share := with.percent(with.inside); *more > 0 && (share < 85 || share > 95) {
			t.Errorf("effect of %+.0f: %.1f %% of intervals hold it, want 85 to 95 %%", points, share)
		}
		all.add(with)
	}
	for i := range some {
		of[i].print(t, some[i].name)
	}
	all.print(t, "all")
	if share := all.percent(all.inside); share < 85 || share > 95 {
		t.Errorf("%.1f %% of intervals hold the effect, want 85 to 95 %%", share)
	}
}

// TestSimulationPower prints how often an effect is noticed, by items a day and days after.
func TestSimulationPower(t *testing.T) {
	runs := 8 / slower
	if *more > 0 {
		runs = *more
	}
	var last float64
	for _, items := range []float64{10, 30, 150} {
		for _, after := range []int{7, 14, 28} {
			s := usually.with("", func(s *scenario) { s.items, s.itemsOf, s.after = items, [2]float64{items / 2, items * 2}, after })
			var shares []float64
			for _, points := range []float64{10, 20, 30, 40} {
				r := s.simulate(t, points, 0, runs)
				last = r.percent(r.worked)
				shares = append(shares, last)
			}
			t.Logf("%3.0f items a day, %2d days after: +10 %5.1f %%, +20 %5.1f %%, +30 %5.1f %%, +40 %5.1f %%", items, after, shares[0], shares[1], shares[2], shares[3])
		}
	}
	if last < 90 {
		t.Errorf("+40 points with 150 items a day are noticed in %.0f %% of runs", last)
	}
}
