package grafana

// tooFew is why drivers of a measure and length of period are not told, for rows without
// a topic.
const tooFew = "concat(if(items < needed, 'too few answers in ', 'nothing to tell apart in '), toString(days), ' days: ', toString(items), if(items < needed, concat(' of ', toString(needed)), ''))"

// driversOf is a chart of the topics that go with a measure.
func driversOf(measure, title string) *Panel {
	account := func(days string) string { return "maxOrNullIf(weight * r2, topic != '' AND days = " + days + ")" }
	return barsOf("What goes with "+title, "Of what sets one "+title+" answer apart from another, the share that each topic accounts for, over the last 30 and the last 90 days; all bars of a colour together are R². Which way a topic works is its effect, in the table below. Computed every ten minutes over all feedback, whatever period and filters are chosen.",
		"SELECT if(topic = '', "+tooFew+", toString(topic)) AS driver, topic, "+account("30")+" AS last_30, "+account("90")+" AS last_90 FROM drivers WHERE measure = '"+measure+"' GROUP BY driver, topic ORDER BY max(weight * r2) DESC, driver LIMIT 20",
		"driver", false, column{title: "of the answers' variance", unit: "percentunit", decimals: 0, min: number(0), links: []DataLink{toTopic("topic")}},
		column{name: "topic", title: "topic", hidden: true},
		column{name: "last_30", title: "30 days", unit: "percentunit", decimals: 1}, column{name: "last_90", title: "90 days", unit: "percentunit", decimals: 1})
}

// driversTable is everything that is known of them.
func driversTable() *Panel {
	ofTopic := func(value string) string { return "if(topic = '', NULL, " + value + ")" }
	return rowsOf("What goes with NPS and CSAT", "Topics by their weight: the part of R² that is their own. Effect: points of the answer, where the topic is praised against where it is not spoken of, other topics being equal. R²: how much of the answers the topics account for; where it is small, the answers are about something else than the words. Items: those with an answer that speak of a topic. They go together, which does not say that one makes the other. Over all feedback, whatever period and filters are chosen.",
		"SELECT upper(measure) AS of_measure, days, if(topic = '', "+tooFew+", toString(topic)) AS driver, topic, "+ofTopic("weight")+" AS own, "+ofTopic("effect")+" AS points, "+ofTopic("correlation")+" AS together, "+ofTopic("mentions")+" AS spoken, "+
			ofTopic("r2")+" AS accounted, items, needed, computed_at FROM drivers ORDER BY measure DESC, days, weight DESC, topic",
		words("of_measure", "Measure", 80), column{name: "days", title: "Days", unit: "none", width: 60}, words("driver", "Topic", 0, toTopic("topic"), toTopicPage("topic")), hidden("topic"),
		column{name: "own", title: "Weight", unit: "percentunit", decimals: 0, width: 130, min: number(0), max: number(1), colors: noColors, bar: true},
		column{name: "points", title: "Effect", unit: "none", decimals: 2, width: 90, colors: steps("red", from(-0.05, "text"), from(0.05, "green"))}, column{name: "together", title: "Correlation", unit: "none", decimals: 2, width: 100, min: number(-1), max: number(1)},
		counted("spoken", "Mentions"), share("accounted", "R²", nil), counted("items", "Items"), counted("needed", "Needed"), moment("computed_at", "Computed"))
}
