package grafana

// improved tells whether a cell's topic is the one that was mended: the chosen one, or
// where none is chosen any that an improvement names.
const improved = "(${topic:sqlstring} != '' AND (topic = ${topic:sqlstring} OR startsWith(topic, concat(${topic:sqlstring}, '.'))) OR ${topic:sqlstring} = '' AND arrayExists(t -> topic = t OR startsWith(topic, concat(t, '.')), (SELECT groupUniqArray(toString(topic)) FROM improvements)))"

func improvements() *Dashboard {
	d := dashboard("improvements", "Improvements", "What the company has mended, and whether customers noticed: the topic against all topics that were not touched", "28d",
		[]Variable{improvedVariable(), channelVariable(), stageVariable(), segmentVariable(), productVariable(), addressVariable()},
		[]*Panel{rowsOf("Improvements, before and after", "Net sentiment of the topic in the period before and from the improvement on, in whole days, beside that of all other topics. Difference: how much more the topic has gained than the others have; other things may have changed too.",
			"SELECT at, topic, stage, channel, note, "+
				net("mine AND day < at")+" AS before, "+net("mine AND day >= at")+" AS after, after - before AS gained, "+
				net("NOT mine AND day >= at")+" - "+net("NOT mine AND day < at")+" AS others_gained, gained - others_gained AS difference, "+
				"toInt64(sumIf(n, mine AND day < at)) AS mentions_before, toInt64(sumIf(n, mine AND day >= at)) AS mentions_after, registered_at, id "+
				"FROM (SELECT i.*, cells.*, one = 1 AND (t = i.topic OR startsWith(t, concat(i.topic, '.'))) AS mine FROM (SELECT 1 AS every, * FROM improvements WHERE "+ofTopic+") AS i LEFT JOIN ("+
				"SELECT 1 AS one, topic AS t, stage AS s, channel AS c, day, toInt64(sum(items)) AS n, toInt64(sum(negatives)) AS negative, toInt64(sum(positives)) AS positive FROM "+between("cells_between")+" WHERE topic != '' GROUP BY t, s, c, day"+
				") AS cells ON cells.one = i.every WHERE cells.one = 0 OR (i.stage = '' OR s = i.stage) AND (i.channel = '' OR c = i.channel)) GROUP BY id, at, topic, stage, channel, note, registered_at ORDER BY at DESC, id",
			moment("at", "From"), words("topic", "Topic", 180, toTopic("topic"), toTopicPage("topic")), words("note", "What was done", 0), words("stage", "Stage", 90), words("channel", "Channel", 90),
			sentiment("before", "Before"), sentiment("after", "After"), change("gained", "Gained"), change("others_gained", "Others gained"), change("difference", "Difference"),
			counted("mentions_before", "Mentions"), counted("mentions_after", "since"), moment("registered_at", "Registered"), words("id", "Id", 120)).size(24, 8)},
		[]*Panel{
			overTime("Net sentiment by day", "Of the topic chosen above, or of all that were mended, beside that of all other topics. Marks: when improvements took effect.",
				"SELECT day AS time, "+netOf("mine")+" AS mended, "+netOf("NOT mine")+" AS others FROM ("+mendedCells+") GROUP BY time ORDER BY time",
				look{value: sentiment("", "Net sentiment"), style: "line"}).columns([]column{{name: "mended", title: "Mended topics"}, {name: "others", title: "All other topics"}}).size(12, 11),
			overTime("Negative mentions by day", "Share of all mentions of the day that are negative and about what was mended, and of those about anything else",
				"SELECT day AS time, sumIf(negatives, mine) / sum(items) AS mended, sumIf(negatives, NOT mine) / sum(items) AS others FROM ("+mendedCells+") GROUP BY time ORDER BY time",
				look{value: share("", "of all mentions", nil), style: "line"}).columns([]column{{name: "mended", title: "About mended topics"}, {name: "others", title: "About all others"}}).size(12, 11),
		},
		[]*Panel{
			overTime("Meaning to leave, by day", "Mentions of the topic whose customer means to leave or cancel",
				"SELECT day AS time, toInt64(sumIf(churns, mine)) AS mended FROM ("+mendedCells+") GROUP BY time ORDER BY time",
				look{value: column{title: "Mentions", unit: "short", min: number(0)}, style: "bars"}).columns([]column{{name: "mended", title: "Mean to leave"}}).size(8, 11),
			mentionsWhere("What customers say of it", "The latest mentions of the topic in the period", ofTopic+" AND "+ofStage).size(16, 11),
		},
	)
	d.Annotations.List = []Annotation{{
		Name: "Improvements", Datasource: clickHouse, Enable: true, IconColor: "green",
		Target: table("SELECT at AS time, concat(topic, ': ', note) AS text, topic AS tags FROM improvements WHERE at >= $__fromTime_ms AND at <= $__toTime_ms AND " + ofTopic + " ORDER BY time"),
	}}
	return d
}

// mendedCells are the cells of the period by whether their topic was mended.
var mendedCells = "SELECT day, " + improved + " AS mine, items, negatives, positives, churns FROM " + between("cells_between") + " WHERE topic != '' AND " + ofStage

// netOf is net sentiment of the cells that meet a condition, NULL of none.
func netOf(condition string) string {
	return "if(sumIf(items, " + condition + ") = 0, NULL, 100 * (toInt64(sumIf(positives, " + condition + ")) - toInt64(sumIf(negatives, " + condition + "))) / sumIf(items, " + condition + "))"
}

// net is the same of an improvement's row: gains of topic and others, each in the stage
// and the channel that the improvement is about.
func net(condition string) string {
	return "if(sumIf(n, " + condition + ") = 0, NULL, 100 * sumIf(positive - negative, " + condition + ") / sumIf(n, " + condition + "))"
}

// improvedVariable chooses among the topics that improvements name.
func improvedVariable() Variable {
	return choice("topic", "Topic", "Topic that an improvement is about, with all below it; All: any that was mended", "topic", "improvements WHERE true")
}
