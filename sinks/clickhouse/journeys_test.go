package clickhouse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/nlp"
	"earshot/pipeline"
)

// contact is what a customer once said.
type contact struct {
	at       string // 2006-01-02
	customer string
	channel  pipeline.Channel
	stage    string
	label    nlp.Label
	nps      float64 // -1: not asked
	intents  string
	topics   string
	effort   float64 // 0: nothing said
	ends     float64 // sentiment of the last turn; 0: no turns
}

func said(tb testing.TB, contacts ...contact) []*pipeline.Item {
	tb.Helper()
	var items []*pipeline.Item
	for i, c := range contacts {
		at, err := time.Parse(time.DateOnly, c.at)
		if err != nil {
			tb.Fatal(err)
		}
		it := &pipeline.Item{
			Feedback: pipeline.Feedback{
				Source: "a", ID: fmt.Sprint(i), Channel: c.channel, CreatedAt: at.Add(12*time.Hour + time.Duration(i)*time.Minute),
				Customer: c.customer, Stage: c.stage, Text: "some words",
			},
			Analysis: nlp.Analysis{Sentiment: nlp.Sentiment{Label: c.label}, Intents: strings.Fields(c.intents)},
		}
		if c.nps >= 0 {
			it.Feedback.NPS = &c.nps
		}
		if c.effort != 0 {
			it.Analysis.Effort = &c.effort
		}
		if c.ends != 0 {
			it.Analysis.Trajectory = &nlp.Trajectory{Last: c.ends}
		}
		for _, topic := range strings.Fields(c.topics) {
			it.Analysis.Mentions = append(it.Analysis.Mentions, nlp.Mention{Topic: topic, Stage: c.stage, Label: c.label})
		}
		items = append(items, it)
	}
	return items
}

const november = "period_from = '2026-11-01', period_to = '2026-12-01', channel = '', segment = '', product = ''"

func TestLoyaltyFollowsFromWhatCustomersSay(t *testing.T) {
	happy := func(at string) contact { return contact{at: at, channel: "ticket", label: nlp.Positive, nps: -1} }
	unhappy := func(at string) contact { return contact{at: at, channel: "ticket", label: nlp.Negative, nps: -1} }
	neither := func(at string) contact { return contact{at: at, channel: "ticket", label: nlp.Neutral, nps: -1} }
	leaving := contact{at: "2026-11-04", channel: "call", label: nlp.Negative, nps: -1, intents: "complaint churn"}
	promoter := contact{at: "2026-11-03", channel: "survey", label: nlp.Neutral, nps: 10}
	recommends := contact{at: "2026-11-03", channel: "social", label: nlp.Positive, nps: -1, intents: "praise"}
	s := newStore(t)
	for name, c := range map[string]struct {
		contacts []contact
		want     string
	}{
		"a question":                           {[]contact{neither("2026-11-01")}, "satisfied"},
		"happy once":                           {[]contact{happy("2026-11-01")}, "satisfied"},
		"unhappy once, never happy":            {[]contact{neither("2026-11-01"), unhappy("2026-11-02")}, "at risk"},
		"unhappy once after being happy":       {[]contact{happy("2026-11-01"), unhappy("2026-11-02")}, "satisfied"},
		"unhappy twice of three":               {[]contact{happy("2026-10-30"), unhappy("2026-11-01"), happy("2026-11-02"), unhappy("2026-11-03")}, "at risk"},
		"happy three times":                    {[]contact{happy("2026-11-01"), happy("2026-11-02"), happy("2026-11-03")}, "loyal"},
		"happy three times, the last year":     {[]contact{happy("2025-01-01"), happy("2025-01-02"), happy("2026-11-03")}, "satisfied"},
		"happy three times and a promoter":     {[]contact{happy("2026-11-01"), happy("2026-11-02"), promoter}, "advocate"},
		"happy three times and recommends":     {[]contact{happy("2026-11-01"), happy("2026-11-02"), recommends}, "advocate"},
		"a promoter who is unhappy as often":   {[]contact{promoter, happy("2026-11-04"), happy("2026-11-05"), unhappy("2026-11-06")}, "loyal"},
		"a detractor, whatever the words":      {[]contact{{at: "2026-11-01", channel: "survey", label: nlp.Positive, nps: 3}}, "at risk"},
		"loyal, and means to leave":            {[]contact{happy("2026-11-01"), happy("2026-11-02"), happy("2026-11-03"), leaving}, "at risk"},
		"meant to leave, happy once since":     {[]contact{happy("2026-11-01"), leaving, happy("2026-11-05")}, "at risk"},
		"meant to leave, happy twice since":    {[]contact{leaving, happy("2026-11-05"), happy("2026-11-06")}, "satisfied"},
		"meant to leave, and was long unheard": {[]contact{{at: "2026-01-04", channel: "call", label: nlp.Negative, nps: -1, intents: "cancel"}, neither("2026-11-06")}, "satisfied"},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.contacts {
				c.contacts[i].customer = name
			}
			items := said(t, c.contacts...)
			for _, it := range items {
				it.Feedback.Source = name
			}
			write(t, s, items...)
			row := jsonRows(t, s, "SELECT loyalty, items, length(trajectory) AS n, trajectory[-1].loyalty AS last FROM customers WHERE customer = '"+name+"'")
			if len(row) != 1 || row[0]["loyalty"] != c.want || row[0]["last"] != c.want || row[0]["n"] != float64(len(c.contacts)) {
				t.Errorf("%v, want %s", row, c.want)
			}
		})
	}
}

func TestCustomersTellSinceWhenAndWhatChanged(t *testing.T) {
	s := newStore(t)
	write(t, s, said(t,
		contact{at: "2026-10-01", customer: "c", channel: "review", stage: "purchase", label: nlp.Positive, nps: -1},
		contact{at: "2026-10-05", customer: "c", channel: "chat", stage: "usage", label: nlp.Positive, nps: 8},
		contact{at: "2026-11-02", customer: "c", channel: "chat", label: nlp.Negative, nps: -1, intents: "churn"},
		contact{at: "2026-11-20", customer: "c", channel: "survey", stage: "support", label: nlp.Positive, nps: -1},
		contact{at: "2026-11-21", customer: "c", channel: "survey", label: nlp.Positive, nps: 9},
		contact{at: "2026-11-21", channel: "survey", label: nlp.Positive, nps: 9}, // of nobody known
	)...)
	compare(t, jsonRows(t, s, "SELECT customer, items, channels, stage, net_sentiment, nps, loyalty, toDate(loyalty_since) AS since, changes.before AS before, changes.after AS after, churn_intent, toDate(last_churn) AS last_churn, toDate(first_contact) AS first FROM customers"),
		`{"customer":"c","items":5,"channels":["chat","review","survey"],"stage":"support","net_sentiment":60,"nps":9,"loyalty":"loyal","since":"2026-11-21",
			"before":["satisfied","at risk"],"after":["at risk","loyal"],"churn_intent":true,"last_churn":"2026-11-02","first":"2026-10-01"}`)
	compare(t, jsonRows(t, s, "SELECT * FROM loyalty_moves"),
		`{"month":"2026-11-01","before":"at risk","after":"loyal","moves":1,"customers":1}`,
		`{"month":"2026-11-01","before":"satisfied","after":"at risk","moves":1,"customers":1}`)
}

func TestACustomerWithVeryManyItemsIsOneRowOfBoundedSize(t *testing.T) {
	s := newStore(t)
	exec(t, s, `INSERT INTO feedback_store (source, id, created_at, channel, customer, text, label, tier)
		SELECT 'a', toString(number), toDateTime64('2026-01-01', 3, 'UTC') + toIntervalMinute(number), 'chat', 'loud', 'words', 'negative', 'fast' FROM numbers(10000)`)
	compare(t, jsonRows(t, s, "SELECT items, length(trajectory) AS n, loyalty FROM customers WHERE customer = 'loud'"), `{"items":10000,"n":50,"loyalty":"at risk"}`)
}

func TestJourneysAreToldByStageTouchpointAndChannel(t *testing.T) {
	s := newStore(t)
	write(t, s, said(t,
		contact{at: "2026-11-02", customer: "a", channel: "chat", stage: "purchase", label: nlp.Positive, nps: -1, effort: 0.5},
		contact{at: "2026-11-03", customer: "b", channel: "chat", stage: "purchase", label: nlp.Positive, nps: -1},
		contact{at: "2026-11-05", customer: "a", channel: "call", stage: "fulfilment", label: nlp.Negative, nps: -1, intents: "cancel", effort: -1},
		contact{at: "2026-11-06", customer: "b", channel: "call", stage: "fulfilment", label: nlp.Neutral, nps: -1},
		contact{at: "2026-11-08", customer: "a", channel: "call", stage: "fulfilment", label: nlp.Negative, nps: -1},
		contact{at: "2026-11-09", channel: "call", stage: "fulfilment", label: nlp.Negative, nps: -1},
		contact{at: "2026-12-02", customer: "b", channel: "call", stage: "support", label: nlp.Negative, nps: -1}, // another month
	)...)
	compare(t, jsonRows(t, s, "SELECT * FROM journey_between("+november+")"),
		`{"stage":"fulfilment","touchpoint":"phone","channel":"call","items":4,"customers":2,"negatives":3,"positives":0,"negative_share":0.75,"net_sentiment":-75,"effort":-1,"effort_items":1,"drop_outs":1,"drop_out_share":0.25}`,
		`{"stage":"purchase","touchpoint":"live_chat","channel":"chat","items":2,"customers":2,"negatives":0,"positives":2,"negative_share":0,"net_sentiment":100,"effort":0.5,"effort_items":1,"drop_outs":0,"drop_out_share":0}`)
	compare(t, jsonRows(t, s, "SELECT * FROM journey_steps("+november+")"),
		`{"from_stage":"purchase","to_stage":"fulfilment","steps":2,"customers":2,"net_sentiment_before":100,"net_sentiment_after":-50,"change":-150,"change_error":35.35533905932738}`,
		`{"from_stage":"fulfilment","to_stage":"fulfilment","steps":1,"customers":1,"net_sentiment_before":-100,"net_sentiment_after":-100,"change":0,"change_error":0}`)
	compare(t, jsonRows(t, s, "SELECT stage, items, transitions FROM journey ORDER BY stage"),
		`{"stage":"fulfilment","items":4,"transitions":{"fulfilment":1,"support":1}}`,
		`{"stage":"purchase","items":2,"transitions":{"fulfilment":2}}`,
		`{"stage":"support","items":1,"transitions":{}}`)
}

func TestMeasuresAreThoseOfTheTextbooks(t *testing.T) {
	s := newStore(t)
	items := said(t,
		contact{at: "2026-11-02", customer: "a", channel: "survey", label: nlp.Positive, nps: 10},
		contact{at: "2026-11-02", customer: "a", channel: "survey", label: nlp.Positive, nps: 9},
		contact{at: "2026-11-03", customer: "b", channel: "survey", label: nlp.Neutral, nps: 7},
		contact{at: "2026-11-03", customer: "c", channel: "survey", label: nlp.Negative, nps: 6, intents: "churn"},
		contact{at: "2026-11-03", channel: "chat", label: nlp.Negative, nps: -1, effort: -0.5},
	)
	for i, answers := range [][2]float64{{5, 7}, {4, 6}, {3, 5}, {1, 2}} {
		items[i].Feedback.CSAT, items[i].Feedback.CES = &answers[0], &answers[1]
	}
	write(t, s, items...)
	rows := "SELECT channel, items, customers, net_sentiment, nps_items, nps, round(nps_error, 6) AS nps_error, csat_items, csat, round(csat_low, 4) AS csat_low, round(csat_high, 4) AS csat_high, ces_items, ces, round(ces_error, 6) AS ces_error, effort, churns FROM measures(" + november + ")"
	want := []string{
		// NPS: two promoters, one detractor of four; its error is 100 sqrt((3/4 - (1/4)^2) / 4). CES: 7, 6, 5 and 2.
		`{"channel":"","items":5,"customers":3,"net_sentiment":0,"nps_items":4,"nps":25,"nps_error":41.45781,"csat_items":4,"csat":50,"csat_low":15.0039,"csat_high":84.9961,"ces_items":4,"ces":5,"ces_error":1.080123,"effort":-0.5,"churns":1}`,
		`{"channel":"chat","items":1,"customers":0,"net_sentiment":-100,"nps_items":0,"nps":null,"nps_error":null,"csat_items":0,"csat":null,"csat_low":null,"csat_high":null,"ces_items":0,"ces":null,"ces_error":null,"effort":-0.5,"churns":0}`,
		`{"channel":"survey","items":4,"customers":3,"net_sentiment":25,"nps_items":4,"nps":25,"nps_error":41.45781,"csat_items":4,"csat":50,"csat_low":15.0039,"csat_high":84.9961,"ces_items":4,"ces":5,"ces_error":1.080123,"effort":null,"churns":1}`,
	}
	compare(t, jsonRows(t, s, rows), want...)
	if _, err := s.RollUp(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	compare(t, jsonRows(t, s, rows), want...)
}

func TestContactsAreRepeatedOrSolvedAtFirst(t *testing.T) {
	s := newStore(t)
	call := func(at, customer, topics string) contact {
		return contact{at: at, customer: customer, channel: "call", label: nlp.Neutral, nps: -1, topics: topics}
	}
	unhappyEnd := contact{at: "2026-11-10", customer: "d", channel: "chat", label: nlp.Negative, nps: -1, topics: "billing", ends: -0.8}
	write(t, s, said(t,
		call("2026-10-30", "a", "billing"), call("2026-11-02", "a", "billing"), call("2026-11-08", "a", "billing"), // the first is of October
		call("2026-11-03", "b", "billing staff"), call("2026-11-20", "b", "billing"), // too late to be a repetition
		unhappyEnd, call("2026-11-12", "", "billing"), // of nobody known
		contact{at: "2026-11-04", customer: "b", channel: "review", label: nlp.Negative, nps: -1, topics: "billing"}, // no contact
		call("2026-11-29", "e", "billing"), // its week isn't over
		call("2026-12-03", "f", "staff"),
	)...)
	compare(t, jsonRows(t, s, "SELECT topic, contacts, contact_rate, followed, repeat_share, firsts, first_contact_resolution FROM contacts_between("+november+")"),
		// Followed are a twice, b twice and d; a's first one in November repeats one of October. b is solved twice, d ends unhappy.
		`{"topic":"billing","contacts":7,"contact_rate":1000,"followed":5,"repeat_share":0.2,"firsts":3,"first_contact_resolution":0.6666666666666666}`,
		`{"topic":"staff","contacts":1,"contact_rate":142.85714285714286,"followed":1,"repeat_share":0,"firsts":1,"first_contact_resolution":1}`)
}

func TestQuotesSpeakForTheTopicAndNotForTheLoudest(t *testing.T) {
	s := newStore(t)
	texts := []string{
		"The engineer never came to the appointment.", "Nobody came, the appointment was missed by the engineer.", "I waited for the engineer, who missed the appointment.",
		"The appointment was missed again, no engineer in sight.", "Our engineer did not come to the appointment at all.",
		"WORST!!! Scandal, fraud, thieves, crooks, I hate hate hate you so much, disgusting!!!", "Bah.",
	}
	var items []*pipeline.Item
	for i, text := range texts {
		it := said(t, contact{at: "2026-11-05", customer: fmt.Sprint("c", i), channel: "review", label: nlp.Negative, nps: -1, topics: "installation"})[0]
		it.Feedback.ID, it.Feedback.Text = fmt.Sprint(i), text
		it.Analysis.Sentences = []nlp.Sentence{{Span: nlp.Span{End: len(text)}, Label: nlp.Negative}}
		it.Analysis.Mentions[0].End = len(text)
		items = append(items, it)
		other := said(t, contact{at: "2026-11-05", customer: fmt.Sprint("d", i), channel: "review", label: nlp.Negative, nps: -1, topics: "billing"})[0]
		other.Feedback.ID, other.Feedback.Text = fmt.Sprint("d", i), fmt.Sprint("The invoice of the month was wrong, number ", i)
		other.Analysis.Sentences = []nlp.Sentence{{Span: nlp.Span{End: len(other.Feedback.Text)}, Label: nlp.Negative}}
		other.Analysis.Mentions[0].End = len(other.Feedback.Text)
		items = append(items, other)
	}
	write(t, s, items...)
	rows := jsonRows(t, s, "SELECT topic, quotes.quote AS quotes FROM pain_points("+november+", level = 1) WHERE topic = 'installation'")
	quotes := rows[0]["quotes"].([]any)
	if len(quotes) != 3 {
		t.Fatalf("%d quotes: %v", len(quotes), quotes)
	}
	for _, quote := range quotes {
		if !strings.Contains(quote.(string), "engineer") {
			t.Errorf("chosen: %s", quote)
		}
	}
}

func TestQuestionsAboutNothingHaveNoAnswerAndNoError(t *testing.T) {
	s := newStore(t)
	ask := func(what string) {
		// pain_points takes the server seconds to understand, the others are quick.
		if n := count(t, s, "SELECT count() FROM pain_points("+november+", level = 1)"); n != 0 {
			t.Errorf("%s: pain_points has %d rows", what, n)
		}
		for _, period := range []string{
			november, "period_from = '2026-11-01', period_to = '2026-11-01', channel = '', segment = '', product = ''", // no time
			"period_from = '2026-11-09', period_to = '2026-11-01', channel = '', segment = '', product = ''", // backwards
			"period_from = '2026-11-01', period_to = '2026-12-01', channel = 'call', segment = 'nobody''s', product = 'x'",
			"period_from = '1970-01-01', period_to = '2200-01-01', channel = 'fax', segment = '', product = ''",
		} {
			for _, from := range []string{
				"topics_between(" + period + ", level = 2)", "journey_between(" + period + ")", "journey_steps(" + period + ")",
				"measures(" + period + ")", "contacts_between(" + period + ")", "feedback_between(" + period + ")", "cells_between(" + period + ")",
			} {
				if n := count(t, s, "SELECT count() FROM "+from); n != 0 {
					t.Errorf("%s: %s has %d rows", what, from, n)
				}
			}
		}
	}
	ask("no data")
	for _, view := range []string{"journey", "customers", "loyalty_moves", "improvements", "pain_points_recent"} {
		if n := count(t, s, "SELECT count() FROM "+view); n != 0 {
			t.Errorf("%s has %d rows", view, n)
		}
	}
	// One item, of the time to come.
	write(t, s, said(t, contact{at: "2027-01-05", customer: "c", channel: "review", label: nlp.Negative, nps: -1, topics: "staff"})...)
	ask("one item, outside")
	noTime := "period_from = '2027-01-05 12:00:00', period_to = '2027-01-05 12:00:00', channel = '', segment = '', product = ''"
	if n := count(t, s, "SELECT count() FROM pain_points("+noTime+", level = 1)"); n != 0 {
		t.Errorf("in no time pain_points has %d rows", n)
	}
	january := "period_from = '2027-01-01', period_to = '2027-02-01', channel = '', segment = '', product = ''"
	compare(t, jsonRows(t, s, "SELECT topic, items, impact, trend, direction, negative_share_shrunk, isFinite(priority) AS finite, quotes FROM pain_points("+january+", level = 2)"),
		`{"topic":"staff","items":1,"impact":0,"trend":null,"direction":"new","negative_share_shrunk":1,"finite":1,"quotes":[]}`)
}
