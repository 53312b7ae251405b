package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"earshot/pipeline"
)

const journeyPath = "/journey"

func journeySheet() *sheet {
	return &sheet{
		path: journeyPath, name: "Journey", file: "journey.html", usual: usualWindow(journeyPath), refresh: 10 * time.Second,
		fragments: []string{"heat", "touchpoints", "steps"}, model: journeyModel,
	}
}

// place is what was said at one stage, touchpoint and channel.
type place struct {
	stage, touchpoint, channel string
	tally
	effort      float64 // sum
	effortItems uint64
	dropOuts    uint64
}

// add adds another place's counts.
func (p *place) add(o *place) {
	p.tally = p.plus(o.tally)
	p.effort += o.effort
	p.effortItems += o.effortItems
	p.dropOuts += o.dropOuts
}

// journeyStep is from one contact of a customer to their next one.
type journeyStep struct {
	from, to                     string
	steps, customers             uint64
	before, after, change, error float64
}

func (s *store) places(ctx context.Context, v view, now time.Time) (all []place, err error) {
	err = s.rows(ctx, s.sql["journey"], within(v, v.period(now)), func(rows driver.Rows) error {
		var (
			p      place
			effort *float64
		)
		if err := rows.Scan(&p.stage, &p.touchpoint, &p.channel, &p.Items, &p.Negatives, &p.Positives, &effort, &p.effortItems, &p.dropOuts); err != nil {
			return err
		}
		if effort != nil {
			p.effort = *effort * float64(p.effortItems)
		}
		all = append(all, p)
		return nil
	})
	return all, err
}

func (s *store) steps(ctx context.Context, v view, now time.Time) (all []journeyStep, err error) {
	err = s.rows(ctx, s.sql["steps"], within(v, v.period(now)), func(rows driver.Rows) error {
		var j journeyStep
		if err := rows.Scan(&j.from, &j.to, &j.steps, &j.customers, &j.before, &j.after, &j.change, &j.error); err != nil {
			return err
		}
		all = append(all, j)
		return nil
	})
	return all, err
}

// journeyPage shows stages by channel, touchpoints, and steps between stages.
type journeyPage struct {
	frame
	Columns     []heatHead
	Rows        []heatRow
	Touchpoints []touchRow
	Steps       []stepLine
	Turns       string // where journeys turn
}

type heatHead struct{ Title, Href string }

// heatRow is a stage.
type heatRow struct {
	Stage, Href string
	Cells       []heatCell
}

// heatCell is a stage in a channel. Class says how it feels, in words that the
// style sheet knows.
type heatCell struct {
	Href, Net, Items, Class string
	Words                   string // for who cannot see the colour
}

type touchRow struct {
	Touchpoint, Items, Net, Tone, Effort, DropOuts string
	Mix                                            mix
	Words                                          string
}

type stepLine struct {
	From, To, Steps, Customers, Before, After, Change, Error, Tone string
	Width                                                          float64
}

const (
	shownTouchpoints = 15
	shownSteps       = 15
)

func journeyModel(v *visit) framed {
	d, scope := v.dashboard, v.view.common()
	places := fetch(v, "journey "+scope.key(), func(ctx context.Context) ([]place, error) { return d.store.places(ctx, scope, time.Now()) })
	steps := fetch(v, "steps "+scope.key(), func(ctx context.Context) ([]journeyStep, error) { return d.store.steps(ctx, scope, time.Now()) })
	choices := v.fetchChoices()
	v.wait()

	p := &journeyPage{frame: frame{Title: "Journey", Class: "journey", Windows: v.switches(lastDay, lastWeek, lastMonth, lastQuarter, allTime)}}
	p.Filters = v.filters(choices.value, filterChannel, filterSegment, filterProduct)
	if len(places.value) > 0 {
		p.heat(places.value, v)
		p.touch(places.value)
	}
	p.walk(steps.value)
	return p
}

// heat makes the map of stages and channels. What has no stage comes last.
func (p *journeyPage) heat(places []place, v *visit) {
	sums := map[[2]string]*place{}
	stages := map[string]bool{}
	for i := range places {
		o := &places[i]
		stages[o.stage] = true
		for _, key := range [][2]string{{o.stage, o.channel}, {o.stage, ""}} {
			if sums[key] == nil {
				sums[key] = &place{}
			}
			sums[key].add(o)
		}
	}
	channels := []pipeline.Channel{""}
	p.Columns = append(p.Columns, heatHead{"All", v.view.with(func(o *view) { o.Channel = "" }).on(journeyPath)})
	for _, c := range pipeline.Channels() {
		if v.view.Channel == "" || v.view.Channel == c {
			channels = append(channels, c)
			p.Columns = append(p.Columns, heatHead{channelTitles[c], v.view.with(func(o *view) { o.Channel = c }).on(journeyPath)})
		}
	}
	for _, stage := range orderedStages(stages) {
		chosen := cmp.Or(stage, unknownStage)
		to := v.view.common().with(func(o *view) { o.Stage = chosen })
		row := heatRow{Stage: excerpt(chosen, nameRunes), Href: to.on(feedPath)}
		for _, c := range channels {
			cell := newHeatCell(sums[[2]string{stage, string(c)}], chosen, c)
			if c != "" {
				cell.Href = to.with(func(o *view) { o.Channel = c }).on(feedPath)
			} else {
				cell.Href = row.Href
			}
			row.Cells = append(row.Cells, cell)
		}
		p.Rows = append(p.Rows, row)
	}
}

// orderedStages are stages in the order of a journey, others behind, none at the end.
func orderedStages(stages map[string]bool) []string {
	var list []string
	for s := range stages {
		list = append(list, s)
	}
	rank := func(s string) int {
		if s == "" {
			return len(stageOrder) + 1
		}
		if i := slices.Index(stageOrder, s); i >= 0 {
			return i
		}
		return len(stageOrder)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return list
}

func newHeatCell(o *place, stage string, c pipeline.Channel) heatCell {
	where := excerpt(stage, nameRunes)
	if c != "" {
		where += ", " + channelTitles[c]
	}
	if o == nil || o.Items == 0 {
		return heatCell{Net: "", Items: "–", Class: "none", Words: where + ": no feedback"}
	}
	return heatCell{
		Net: signed(o.net(), 0), Items: count(o.Items), Class: heatClass(o.net()),
		Words: fmt.Sprintf("%s: net sentiment %s, %s, %s mean to leave", where, signed(o.net(), 0), things(o.Items, "item"), percent(o.dropOuts, o.Items)),
	}
}

// heatClass names the colour of a net sentiment.
func heatClass(net float64) string {
	step := min(int(math.Abs(net)/20), 3) // under 20, 40, 60 points, and above
	switch {
	case math.Abs(net) < 5:
		return "even"
	case net < 0:
		return [...]string{"low1", "low2", "low3", "low4"}[step]
	default:
		return [...]string{"high1", "high2", "high3", "high4"}[step]
	}
}

// touch lists the touchpoints with the most feedback.
func (p *journeyPage) touch(places []place) {
	sums := map[string]*place{}
	var names []string
	for i := range places {
		o := &places[i]
		if sums[o.touchpoint] == nil {
			sums[o.touchpoint] = &place{}
			names = append(names, o.touchpoint)
		}
		sums[o.touchpoint].add(o)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[b].Items, sums[a].Items), cmp.Compare(a, b))
	})
	for _, n := range names[:min(len(names), shownTouchpoints)] {
		o := sums[n]
		row := touchRow{
			Touchpoint: spaced(excerpt(cmp.Or(n, "unknown"), nameRunes)), Items: count(o.Items), Net: signed(o.net(), 0), Tone: tone(o.net()), Effort: "–",
			DropOuts: percent(o.dropOuts, o.Items), Mix: newMix(o.tally),
			Words: percent(o.Negatives, o.Items) + " negative, " + percent(o.Positives, o.Items) + " positive",
		}
		if o.effortItems > 0 {
			row.Effort = signed(o.effort/float64(o.effortItems), 2)
		}
		p.Touchpoints = append(p.Touchpoints, row)
	}
}

// walk lists the most frequent steps, and says where journeys turn.
func (p *journeyPage) walk(steps []journeyStep) {
	if len(steps) == 0 {
		return
	}
	most := steps[0].steps
	for _, s := range steps[:min(len(steps), shownSteps)] {
		p.Steps = append(p.Steps, stepLine{
			From: excerpt(s.from, nameRunes), To: excerpt(s.to, nameRunes), Steps: count(s.steps), Customers: count(s.customers),
			Before: signed(s.before, 0), After: signed(s.after, 0), Change: signed(s.change, 0), Error: fmt.Sprintf("%.0f", s.error),
			Tone: sureTone(s.change, s.error), Width: round(100 * float64(s.steps) / float64(max(most, 1))),
		})
	}
	p.Turns = turning(steps)
}

// sureTone is the class of a change that is more than chance.
func sureTone(change, err float64) string {
	if math.Abs(change) < 2*err {
		return ""
	}
	return tone(change)
}

// turning tells after which stage sentiment falls most.
func turning(steps []journeyStep) string {
	type sum struct{ n, change, variance float64 }
	from := map[string]*sum{}
	for _, s := range steps {
		if from[s.from] == nil {
			from[s.from] = &sum{}
		}
		n, f := float64(s.steps), from[s.from]
		f.n += n
		f.change += n * s.change
		f.variance += n * n * s.error * s.error
	}
	worst, fall := "", 0.0
	for stage, f := range from {
		mean, err := f.change/f.n, math.Sqrt(f.variance)/f.n
		if f.n >= 30 && mean < -2*err && (mean < fall || mean == fall && stage < worst) {
			worst, fall = stage, mean
		}
	}
	if worst == "" {
		return "No stage is followed by a fall of sentiment that is more than chance."
	}
	return fmt.Sprintf("Journeys turn after %s: the next contact is %.0f points less happy on average.", excerpt(worst, nameRunes), -fall)
}
