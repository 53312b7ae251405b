package grafana

func painPoints() *Dashboard {
	return dashboard("pain-points", "Pain points", "What hurts customers most, how surely, since when, and why it ranks where it does", "7d",
		[]Variable{channelVariable(), stageVariable(), segmentVariable(), productVariable(), levelVariable(), addressVariable()},
		[]*Panel{overallMeasures()},
		[]*Panel{rankedTopics().size(24, 12)},
		[]*Panel{
			barsFrom(2, "Why they rank where they do", "Points of the first fifteen topics by component; together they are the priority, 0 to 100. Impact: how far the topic pulls overall sentiment down, up to 40. Negative: its negative share above that of all, up to 20. Churn: customers who mean to leave, up to 15. Effort, up to 10. Trend: worse than in the period before, up to 10. Reach: stages that it touches, up to 5.",
				[]string{"topic", "points_impact", "points_negative", "points_churn", "points_effort", "points_trend", "points_reach"}, 15, "topic", true, column{title: "Points", unit: "none", decimals: 0},
				column{name: "points_impact", title: "Impact", unit: "none", decimals: 1}, column{name: "points_negative", title: "Negative share", unit: "none", decimals: 1},
				column{name: "points_churn", title: "Churn", unit: "none", decimals: 1}, column{name: "points_effort", title: "Effort", unit: "none", decimals: 1},
				column{name: "points_trend", title: "Trend", unit: "none", decimals: 1}, column{name: "points_reach", title: "Reach", unit: "none", decimals: 1}).size(10, 12),
			worstOverDays().size(14, 12),
		},
		[]*Panel{measuresWithErrors("channel = ''").size(24, 5)},
		[]*Panel{mentionsWhere("What customers say", "The latest negative mentions in the period, with the sentence that speaks of the topic. A click leads to the item or to its customer.", "label = 'negative' AND "+ofStage).size(24, 12)},
	)
}

func overallMeasures() *Panel {
	p := figures("All feedback", "Of all feedback in the period, without noise. NPS: promoters less detractors in points. CSAT: share of 4 and 5 of 5. CES: mean ease, 1 (hard) to 7 (easy).",
		"SELECT items, customers, net_sentiment, nps, csat, ces, churn_share FROM "+between("measures")+" WHERE channel = ''",
		counted("items", "Items"), counted("customers", "Customers"), sentiment("net_sentiment", "Net sentiment"), sentiment("nps", "NPS"),
		column{name: "csat", title: "CSAT", unit: "percent", decimals: 1, min: number(0), max: number(100), colors: steps("red", from(50, "orange"), from(65, "yellow"), from(80, "green"))},
		column{name: "ces", title: "CES", unit: "none", decimals: 2, min: number(1), max: number(7), colors: steps("red", from(3, "orange"), from(4, "yellow"), from(5, "green"))},
		share("churn_share", "Mean to leave", churnColors))
	p.FieldConfig.Defaults.Links = []DataLink{toRows()}
	return p
}

// measuresWithErrors is the measures of each channel and of all, or of those that a
// condition names.
func measuresWithErrors(condition string) *Panel {
	where := ""
	if condition != "" {
		where = " WHERE " + condition
	}
	plain := func(name, title string, decimals int) column {
		return column{name: name, title: title, unit: "none", decimals: decimals, width: 85}
	}
	return rowsOf("Measures and how sure they are", "± is the standard error: of two numbers that differ by less than twice it nothing can be said. CSAT with its 95 % interval. Empty: nobody answered.",
		"SELECT if(channel = '', 'all', channel) AS of_channel, channel AS one_channel, items, customers, net_sentiment, net_sentiment_error, nps, nps_error, nps_items, csat, csat_low, csat_high, csat_items, ces, ces_error, ces_items, effort, effort_items, churn_share FROM "+between("measures")+where+" ORDER BY channel",
		words("of_channel", "Channel", 90, toRows(set{"channel", field("one_channel")})), hidden("one_channel"), counted("items", "Items"), counted("customers", "Customers"),
		sentiment("net_sentiment", "Net sentiment"), plain("net_sentiment_error", "±", 1),
		sentiment("nps", "NPS"), plain("nps_error", "±", 1), counted("nps_items", "Answers"),
		plain("csat", "CSAT %", 1), plain("csat_low", "from", 1), plain("csat_high", "to", 1), counted("csat_items", "Answers"),
		plain("ces", "CES 1–7", 2), plain("ces_error", "±", 2), counted("ces_items", "Answers"),
		effort("effort"), counted("effort_items", "Say so"), share("churn_share", "Mean to leave", churnColors))
}

func rankedTopics() *Panel {
	priority := column{name: "priority", title: "Priority", unit: "none", decimals: 0, width: 130, min: number(0), max: number(100), colors: priorityColors, bar: true}
	return rowsOf("Where it hurts", "Topics by priority, 0 to 100, with everything that it is made of. Impact: points of overall net sentiment that the topic adds; −2: it would be 2 points higher without it. Trend: points against the period before; q: how likely it is chance, of all topics looked at. Shares with few voices are drawn towards that of all before they count.",
		"SELECT topic, stage, priority, items, customers, negative_share, negative_low, negative_high, net_sentiment, impact, trend, trend_q, direction, items_before, effort, churn_share, reach, "+
			"points_impact, points_negative, points_churn, points_effort, points_trend, points_reach, arrayStringConcat(arrayMap(q -> concat('“', q.3, '”'), quotes), ' ') AS said "+
			"FROM "+between("pain_points", "level = ${level}")+" WHERE "+ofStage+" ORDER BY priority DESC, topic LIMIT 100",
		words("topic", "Topic", 210, toTopic("topic"), toTopicPage("topic")), words("stage", "Stage", 90), priority, counted("items", "Mentions", toTopic("topic")), counted("customers", "Customers"),
		share("negative_share", "Negative", shareColors), share("negative_low", "from", nil), share("negative_high", "to", nil), sentiment("net_sentiment", "Net sentiment"),
		points("impact", "Impact"), change("trend", "Trend"), column{name: "trend_q", title: "q", unit: "none", decimals: 3, width: 70}, words("direction", "Direction", 80),
		counted("items_before", "Before"), effort("effort"), share("churn_share", "Churn", churnColors), counted("reach", "Stages"),
		points("points_impact", "P impact"), points("points_negative", "P negative"), points("points_churn", "P churn"), points("points_effort", "P effort"), points("points_trend", "P trend"), points("points_reach", "P reach"),
		words("said", "Quotes", 600))
}

func worstOverDays() *Panel {
	return overTime("Worst ten over days", "Net sentiment by day of the ten topics with the most negative mentions beyond their positive ones in the period. A click on a line leads to its topic.",
		"SELECT d.1 AS time, topic, d.2 AS net_sentiment FROM ("+
			"SELECT topic, arraySort(groupArray((day, 100 * pull / items))) AS days FROM ("+
			"SELECT "+leveled+" AS topic, day, toInt64(sum(c.positives)) - toInt64(sum(c.negatives)) AS pull, sum(c.items) AS items FROM "+between("cells_between")+" AS c WHERE c.topic != '' AND "+ofStage+" GROUP BY topic, day"+
			") GROUP BY topic ORDER BY sum(pull), topic LIMIT 10"+
			") ARRAY JOIN days AS d ORDER BY time, topic",
		look{value: sentiment("net_sentiment", "Net sentiment"), style: "line", series: "topic", links: []DataLink{toTopicOfLine()}})
}
