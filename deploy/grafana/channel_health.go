package grafana

func channelHealth() *Dashboard {
	return dashboard("channel-health", "Channel health", "How much each channel brings, how it feels there, and whether anything is missing", "7d",
		[]Variable{channelVariable(), stageVariable(), segmentVariable(), productVariable(), addressVariable()},
		[]*Panel{overallMeasures()},
		[]*Panel{measuresWithErrors("").size(24, 9)},
		[]*Panel{driversOf("nps", "NPS").size(12, 10), driversOf("csat", "CSAT").size(12, 10)},
		[]*Panel{driversTable().size(24, 11)},
		[]*Panel{
			overTime("Volume by hour", "Feedback items of each hour by channel; a gap where there should be none is a source that has stopped",
				hourly("toInt64(sum(items))", "items"), look{value: column{title: "Items", unit: "short", min: number(0)}, style: "bars", stack: true, series: "channel", links: []DataLink{toRows(set{"channel", "${__field.labels.channel:percentencode}"})}}).size(12, 9),
			overTime("Net sentiment by day", "100 × (positive − negative) / items of each day by channel",
				"SELECT day AS time, channel, 100 * (toInt64(sum(c.positives)) - toInt64(sum(c.negatives))) / sum(c.items) AS net_sentiment FROM "+between("cells_between")+" AS c WHERE topic = '' AND "+ofStage+" GROUP BY time, channel ORDER BY time, channel",
				look{value: sentiment("net_sentiment", "Net sentiment"), style: "line", series: "channel", links: []DataLink{toRows(set{"channel", "${__field.labels.channel:percentencode}"})}}).size(12, 9),
		},
		[]*Panel{
			rowsOf("Last heard", "When each channel was last heard in the period, to the hour, and how much it brought a day",
				"SELECT channel, max(hour) AS last_hour, toInt64(sum(h.items)) AS items, sum(h.items) / greatest(1, dateDiff('hour', min(hour), max(hour)) + 1) * 24 AS a_day FROM sentiment_hourly AS h WHERE "+ofHours+" GROUP BY channel ORDER BY channel",
				words("channel", "Channel", 100, toRows(set{"channel", field("channel")})), moment("last_hour", "Last hour with feedback"), counted("items", "Items"), column{name: "a_day", title: "a day", unit: "short", decimals: 0, width: 90}).size(8, 9),
			barsOf("Languages", "Feedback items by language, as ISO 639-1 codes; und: not known. Read from the items themselves, so slower than the rest.",
				"SELECT if(language = '', 'no text', toString(language)) AS spoken, toInt64(count()) AS items FROM feedback WHERE $__timeFilter_ms(created_at) AND noise = '' AND (${channel:sqlstring} = '' OR channel = ${channel:sqlstring}) AND (${segment:sqlstring} = '' OR segment = ${segment:sqlstring}) AND (${product:sqlstring} = '' OR product = ${product:sqlstring}) AND "+ofStage+" GROUP BY spoken ORDER BY items DESC, spoken LIMIT 12",
				"spoken", false, column{title: "Items", unit: "short", min: number(0)}, column{name: "items", title: "Items", unit: "short"}).size(8, 9),
			prometheusChart("Lag", "Records between the committed offset and the end of the topic: what has been said and is not counted yet. Needs Prometheus.", column{title: "Records", unit: "short", min: number(0)},
				query{"sum by (topic) (earshot_consumer_lag_records)", "{{topic}}"}).size(8, 9),
		},
		[]*Panel{rowsOf("Contacts", "Chats, tickets and calls by topic: how many per 1,000 of them, how many come again about the same within 7 days, and how many matters are settled at the first contact. Only contacts whose 7 days are over count for the last two.",
			"SELECT topic, contacts, contact_rate, followed, repeat_share, firsts, first_contact_resolution FROM "+between("contacts_between")+" ORDER BY contacts DESC, topic LIMIT 50",
			words("topic", "Topic", 0, toTopic("topic"), toTopicPage("topic")), counted("contacts", "Contacts"), column{name: "contact_rate", title: "per 1,000", unit: "none", decimals: 1, width: 100}, counted("followed", "Followed"),
			share("repeat_share", "Come again", steps("green", from(0.1, "yellow"), from(0.2, "orange"), from(0.3, "red"))), counted("firsts", "First contacts"), share("first_contact_resolution", "Settled at first", steps("red", from(0.5, "orange"), from(0.65, "yellow"), from(0.8, "green")))).size(24, 10)},
		[]*Panel{rowsOf("Latest feedback", "The latest items of the period, with their words",
			"SELECT created_at AS at, source, id, channel, stage, customer, segment, product, location, label, "+excerpt+" AS quote FROM "+between("feedback_between")+" WHERE (source, id) IN ("+
				"SELECT source, id FROM "+between("feedback_between")+" WHERE "+ofStage+" ORDER BY created_at DESC LIMIT 50) ORDER BY at DESC, source, id",
			itemColumns()...).size(24, 11)},
	)
}

// ofHours chooses the hours of the period; the view by hour knows channels and stages.
const ofHours = "topic = '' AND hour >= toStartOfHour($__fromTime_ms) AND hour < $__toTime_ms AND (${channel:sqlstring} = '' OR channel = ${channel:sqlstring}) AND " + ofStage

// hourly is a value of each hour by channel, of the sums over sentiment_hourly.
func hourly(value, name string) string {
	return "SELECT hour AS time, channel, " + value + " AS " + name + " FROM (SELECT hour, channel, stage, items FROM sentiment_hourly WHERE " + ofHours + ") GROUP BY time, channel ORDER BY time, channel"
}
