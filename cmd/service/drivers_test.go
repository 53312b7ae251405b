package service

import (
	"math"
	"testing"

	"earshot/sinks/clickhouse"
)

// answers are the moments of n items about billing, whose answer is 5 and more or less by
// what is said of it.
func answers(n int) *clickhouse.AnswerMoments {
	m := &clickhouse.AnswerMoments{Topics: []string{"billing"}, X: []float64{0}, XY: []float64{0}, XX: [][]float64{{0}}, Mentions: []float64{float64(n)}}
	for i := range n {
		x := float64(i%2)*2 - 1
		y := 5 + 3*x
		m.N++
		m.Y += y
		m.YY += y * y
		m.X[0] += x
		m.XY[0] += x * y
		m.XX[0][0] += x * x
	}
	return m
}

func TestDriversAreRefusedWhereAnswersAreFew(t *testing.T) {
	rows, err := driverRows("nps", 30, answers(218))
	if err != nil || len(rows) != 1 || rows[0].Topic != "" || rows[0].Items != 218 || rows[0].Needed != 220 {
		t.Errorf("%+v, %v", rows, err)
	}
	rows, err = driverRows("nps", 30, answers(220))
	if err != nil || len(rows) != 1 || rows[0].Topic != "billing" || math.Abs(rows[0].Effect-3) > 1e-9 || math.Abs(rows[0].R2-1) > 1e-9 || rows[0].Weight != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
	if rows, err = driverRows("csat", 90, &clickhouse.AnswerMoments{}); err != nil || len(rows) != 1 || rows[0].Topic != "" || rows[0].Items != 0 {
		t.Errorf("of no answers %+v, %v", rows, err)
	}
}
