package effect_test

import (
	"fmt"
	"math"

	"earshot/pipeline/effect"
)

// Eight weeks of feedback, two more after installers began to call ahead. Everything rises
// and falls with the week; only installation has become better.
func Example() {
	const days, at = 70, 56
	topic := func(name string, net float64) effect.Series {
		s := effect.Series{Topic: name}
		for i := range days {
			now := net + 6*math.Sin(2*math.Pi*float64(i)/7) + float64(i*i*len(name)%11-5)
			if name == "installation" && i >= at {
				now += 25
			}
			s.Days = append(s.Days, effect.Day{Items: 50, Positives: math.Round(20 + now/4), Negatives: math.Round(20 - now/4)})
		}
		return s
	}
	controls := []effect.Series{topic("billing", -10), topic("app", 15), topic("roaming", 0), topic("shop", 20), topic("network", -15)}

	e, err := effect.Of(topic("installation", -30), controls, at, effect.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %+.0f points (%+.0f to %+.0f)\n", e.Verdict, e.Points, e.Low, e.High)
	fmt.Println(e.Sentence())
	// Output:
	// worked: +25 points (+16 to +35)
	// 14 days and 700 items after, 56 days and 2800 items before, compared with 5 topics that moved like it before (off by 2.7 points a day, where chance alone makes it 14.5); 0 of 5 topics without improvement show as much; 0 of 10 earlier dates show as much.
}
