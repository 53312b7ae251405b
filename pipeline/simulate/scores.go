package simulate

// npsAnswers are what a customer answers who stands so, by what the survey
// follows: each as likely as the next. Would you recommend us asks for more
// than the last contact, so both count.
var npsAnswers = [loyalties][moods][]int{
	atRisk:    {bad: {0, 0, 0, 1, 1, 2, 2, 3, 4, 5}, good: {3, 4, 5, 5, 6, 6, 6, 6, 6, 7}, ask: {1, 2, 3, 4, 4, 5, 5, 6, 6, 7}},
	satisfied: {bad: {0, 1, 2, 2, 3, 4, 4, 5, 5, 6}, good: {7, 7, 8, 8, 8, 8, 9, 9, 9, 10}, ask: {6, 6, 7, 7, 7, 7, 8, 8, 8, 8}},
	loyal:     {bad: {2, 3, 3, 4, 4, 5, 5, 6, 6, 7}, good: {8, 8, 9, 9, 9, 9, 10, 10, 10, 10}, ask: {7, 8, 8, 8, 8, 8, 9, 9, 9, 9}},
	advocate:  {bad: {3, 4, 4, 5, 5, 6, 6, 6, 7, 8}, good: {9, 9, 9, 9, 10, 10, 10, 10, 10, 10}, ask: {8, 9, 9, 9, 9, 9, 10, 10, 10, 10}},
}

// csatAnswers, 1 to 5, and cesAnswers, 1 to 7 where 7 is easy, are about the
// matter itself.
var (
	csatAnswers = [moods][]int{bad: {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3}, good: {4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 3}, ask: {3, 3, 3, 4}}
	cesAnswers  = [moods][]int{bad: {1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4}, good: {5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 4}, ask: {4, 4, 5, 5}}
)

// feeling is the mood of an answer: who leaves is as angry as who complains.
func (m mood) feeling() mood {
	switch m {
	case quit:
		return bad
	case fixed:
		return good
	default:
		return m
	}
}

func (c *Company) answer(from []int) int { return from[c.rng.IntN(len(from))] }

// score fills in a survey: one question, at times two.
func (c *Company) score(it *item) {
	m := it.mood.feeling()
	d := c.rng.IntN(100)
	if d < 60 {
		it.nps = c.answer(npsAnswers[it.loyalty][m])
	}
	if d >= 50 && d < 85 {
		it.csat = c.answer(csatAnswers[m])
	}
	if d >= 80 || d < 8 {
		it.ces = c.answer(cesAnswers[m])
		if it.repeatOf > 0 && it.mood != fixed { // who had to come again found it hard
			it.ces = max(1, it.ces-1)
		}
	}
}

// rate gives a review its stars.
func (c *Company) rate(it *item) {
	r := c.rng
	switch it.mood.feeling() {
	case bad:
		it.score = 1 + min(r.IntN(5)/2, 1)
	case good:
		it.score = 4 + min(r.IntN(5)/2, 1)
		if it.loyalty == advocate {
			it.score = 5
		}
	default:
		it.score = 3
	}
	it.scoreMax = 5
	if r.IntN(100) < 6 { // some portals count to ten
		it.score, it.scoreMax = it.score*2, 10
	}
}
