package grafana

func topicDetail() *Dashboard {
	daily := func(name, value string) string {
		return "SELECT day AS time, " + value + " AS " + name + " FROM " + between("cells_between") + " AS c WHERE " + topicCell + " GROUP BY time ORDER BY time"
	}
	return dashboard("topic-detail", "Topic detail", "One topic: since when, for whom, in which words, and the rows behind every figure. With no topic chosen: all of them.", "28d",
		[]Variable{channelVariable(), stageVariable(), topicVariable(), segmentVariable(), productVariable(), addressVariable()},
		[]*Panel{figures("The topic in the period", "Of the mentions of the topic, and of those below it. An item can mention several topics.",
			"SELECT toInt64(sum(c.items)) AS mentions, uniqExactMerge(known) AS customers, 100 * (toInt64(sum(c.positives)) - toInt64(sum(c.negatives))) / sum(c.items) AS net_sentiment, sum(c.negatives) / sum(c.items) AS negative_share, sum(c.churns) / sum(c.items) AS churn_share, if(sum(c.effort_items) = 0, NULL, sum(c.effort_sum) / sum(c.effort_items)) AS effort FROM "+between("cells_between")+" AS c WHERE "+topicCell+" HAVING mentions > 0",
			counted("mentions", "Mentions"), counted("customers", "Customers"), sentiment("net_sentiment", "Net sentiment"), share("negative_share", "Negative", shareColors), share("churn_share", "Mean to leave", churnColors), effort("effort"))},
		[]*Panel{
			overTime("Net sentiment by day", "100 × (positive − negative) / mentions of each day", daily("net_sentiment", "100 * (toInt64(sum(c.positives)) - toInt64(sum(c.negatives))) / sum(c.items)"),
				look{value: sentiment("net_sentiment", "Net sentiment"), style: "line"}).columns([]column{{name: "net_sentiment", title: "Net sentiment"}}).size(12, 9),
			overTime("Mentions by day", "Negative, neutral and positive mentions of each day",
				"SELECT day AS time, toInt64(sum(c.negatives)) AS negative, toInt64(sum(c.items)) - toInt64(sum(c.negatives)) - toInt64(sum(c.positives)) AS neutral, toInt64(sum(c.positives)) AS positive FROM "+between("cells_between")+" AS c WHERE "+topicCell+" GROUP BY time ORDER BY time",
				look{value: column{title: "Mentions", unit: "short", min: number(0)}, style: "bars", stack: true}).colored(map[string]string{"negative": "red", "neutral": "text", "positive": "green"}).size(12, 9),
		},
		[]*Panel{
			byGroup("By channel", "channel"), byGroup("By segment", "segment"), byGroup("By product", "product"), byLocation(),
		},
		[]*Panel{
			rowsOf("Topics below it", "As they are mentioned, most negative mentions first",
				"SELECT topic, "+sumsOfCells+" FROM "+between("cells_between")+" AS c WHERE "+topicCell+" GROUP BY topic ORDER BY sum(c.negatives) DESC, topic LIMIT 50",
				append([]column{words("topic", "Topic", 0, toTopic("topic"), toTopicPage("topic"))}, sumColumns()...)...).size(8, 11),
			rowsOf("Words", "Words of negative sentences about the topic that the same sentences about other topics have less of, in a sample of two sentences of each day, channel, stage, segment and product",
				"SELECT word, toInt64(countIf(inside)) AS sentences, countIf(inside) / any(inside_all) AS of_topic, countIf(NOT inside) / greatest(1, any(outside_all)) AS of_others FROM ("+
					"SELECT inside, sum(inside) OVER () AS inside_all, sum(NOT inside) OVER () AS outside_all, arrayDistinct(extractAll(lowerUTF8(q.5), '[\\\\pL]{4,}')) AS said FROM ("+
					"SELECT max("+ofTopic+") AS inside, q FROM (SELECT topic, q FROM "+between("cells_between")+" AS c ARRAY JOIN c.quotes AS q WHERE c.topic != '' AND "+ofStage+") GROUP BY q)"+
					") ARRAY JOIN said AS word GROUP BY word HAVING sentences >= 3 AND (of_topic > of_others OR any(outside_all) = 0) ORDER BY of_topic - of_others DESC, word LIMIT 40",
				words("word", "Word", 0), counted("sentences", "Sentences"), share("of_topic", "of the topic's", nil), share("of_others", "of others", nil)).size(8, 11),
			rowsOf("Emerging, and no topic yet", "Phrases whose share has risen of late, in the last 7 days or longer where there is little, and that no topic covers; whatever period and filters are chosen. z: 3 is the least to act on.",
				"SELECT phrase, items, growth, z, negative_share, examples[1].1 AS source, examples[1].2 AS id, examples[1].3 AS quote FROM emerging ORDER BY z DESC, phrase LIMIT 30",
				words("phrase", "Phrase", 160), counted("items", "Items"), column{name: "growth", title: "Growth", unit: "none", decimals: 1, width: 80}, column{name: "z", title: "z", unit: "none", decimals: 1, width: 60, colors: steps("text", from(3, "orange"))},
				share("negative_share", "Negative", shareColors), words("quote", "Example", 0, toItem()), hidden("source"), hidden("id")).size(8, 11),
		},
		[]*Panel{mentionsWhere("Negative mentions", "The latest negative mentions of the topic in the period, with the sentence that speaks of it", "label = 'negative' AND "+ofTopic+" AND "+ofStage).size(24, 10)},
		[]*Panel{mentionsWhere("All mentions", "The latest mentions of the topic in the period, whatever they feel", ofTopic+" AND "+ofStage).size(24, 10)},
	)
}

// topicCell chooses the cells of the topic and the stage.
const topicCell = "c.topic != '' AND " + ofTopic + " AND " + ofStage

const sumsOfCells = "toInt64(sum(c.items)) AS mentions, sum(c.negatives) / sum(c.items) AS negative_share, 100 * (toInt64(sum(c.positives)) - toInt64(sum(c.negatives))) / sum(c.items) AS net_sentiment"

func sumColumns() []column {
	return []column{counted("mentions", "Mentions"), share("negative_share", "Negative", shareColors), sentiment("net_sentiment", "Net sentiment")}
}

// byGroup is the topic by channel, segment or product.
func byGroup(title, group string) *Panel {
	return rowsOf(title, "Mentions of the topic by "+group+"; empty: the records don't say. A click sets the filter.",
		"SELECT toString("+group+") AS of_group, "+sumsOfCells+" FROM "+between("cells_between")+" AS c WHERE "+topicCell+" GROUP BY of_group ORDER BY mentions DESC, of_group LIMIT 50",
		append([]column{words("of_group", title[len("By "):], 0, toRows(set{group, field("of_group")}))}, sumColumns()...)...).size(6, 9)
}

func byLocation() *Panel {
	return rowsOf("By location", "Items that mention the topic by location; an item counts as negative where one of its mentions of the topic is",
		"SELECT toString(location) AS of_group, toInt64(count()) AS mentions, countIf(has(felt, 'negative')) / mentions AS negative_share, 100 * (toInt64(countIf(has(felt, 'positive'))) - toInt64(countIf(has(felt, 'negative')))) / mentions AS net_sentiment FROM ("+
			"SELECT location, arrayFilter((felt, topic, stage) -> topic != '' AND "+ofTopic+" AND "+ofStage+", topic_labels, topics, topic_stages) AS felt FROM "+between("feedback_between")+") WHERE notEmpty(felt) GROUP BY of_group ORDER BY mentions DESC, of_group LIMIT 50",
		append([]column{words("of_group", "location", 0)}, sumColumns()...)...).size(6, 9)
}
