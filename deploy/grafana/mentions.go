package grafana

// mentionsWhere is the rows behind figures: the latest mentions that meet a condition
// on label, stage and topic, with links to their items. Which items they are is found
// first; only of those few the text is read, which lies together, as they are by time.
func mentionsWhere(title, description, condition string) *Panel {
	return rowsOf(title, description,
		"SELECT created_at AS at, source, id, channel, customer, segment, product, location, topic, stage, label, substring(text, q.1 + 1, q.2 - q.1) AS quote FROM ("+
			"SELECT created_at, source, id, channel, customer, segment, product, location, topics, topic_stages, topic_labels, quotes, text FROM "+between("feedback_between")+" WHERE (source, id) IN ("+
			"SELECT source, id FROM "+between("feedback_between")+" WHERE arrayExists((topic, stage, label) -> topic != '' AND "+condition+", topics, topic_stages, topic_labels) ORDER BY created_at DESC LIMIT 100"+
			")) ARRAY JOIN topics AS topic, topic_stages AS stage, topic_labels AS label, quotes AS q WHERE topic != '' AND "+condition+" ORDER BY at DESC, source, id, topic LIMIT 100",
		rowColumns()...)
}

func rowColumns() []column {
	return []column{
		moment("at", "Time"), words("topic", "Topic", 200, toTopic("topic"), toTopicPage("topic")), words("quote", "Quote", 0, toItem()), words("label", "Sentiment", 90), words("stage", "Stage", 90), words("channel", "Channel", 80),
		words("segment", "Segment", 90), words("product", "Product", 110), words("location", "Location", 100), words("customer", "Customer", 120, toCustomer()), words("source", "Source", 120), words("id", "Id", 150, toItem()),
	}
}
