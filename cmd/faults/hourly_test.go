//go:build faults

package faults

import "time"

// cell is one of sentiment_hourly.
type cell struct {
	hour                  time.Time
	channel, stage, topic string
}

// hourlyRows are the rows of sentiment_hourly, counted from the items.
func hourlyRows(items map[identity]*version) []row {
	type count struct {
		items, negatives, positives, neutrals int64
		customers                             map[string]bool
	}
	cells := map[cell]*count{}
	add := func(at cell, label, customer string) {
		c := cells[at]
		if c == nil {
			c = &count{customers: map[string]bool{}}
			cells[at] = c
		}
		c.items++
		switch label {
		case "negative":
			c.negatives++
		case "positive":
			c.positives++
		case "neutral":
			c.neutrals++
		}
		if customer != "" {
			c.customers[customer] = true
		}
	}
	for _, item := range items {
		f, a := &item.feedback, &item.analysis
		if a.Noise != "" {
			continue
		}
		at := cell{hour: hour(f.CreatedAt), channel: string(f.Channel), stage: item.stage()}
		add(at, string(a.Sentiment.Label), f.Customer)
		for _, m := range a.Mentions {
			at.stage, at.topic = m.Stage, m.Topic
			add(at, string(m.Label), f.Customer)
		}
	}
	var rows []row
	for at, c := range cells {
		rows = append(rows, row{
			"hour": at.hour, "channel": at.channel, "stage": at.stage, "topic": at.topic,
			"items": c.items, "negatives": c.negatives, "positives": c.positives, "neutrals": c.neutrals,
			"net_sentiment": 100 * float64(c.positives-c.negatives) / float64(c.items), "customers": int64(len(c.customers)),
		})
	}
	return rows
}
