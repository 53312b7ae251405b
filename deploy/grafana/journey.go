package grafana

import "strings"

// channels are those of the contract, as columns of a heat map.
var channels = []string{"review", "social", "chat", "survey", "ticket", "call"}

// stageName is a stage, or that it is not known.
const stageName = "if(stage = '', 'unknown', toString(stage))"

func journey() *Dashboard {
	return dashboard("journey", "Journey", "Where on their way customers are happy, where they struggle, and where they leave", "28d",
		[]Variable{channelVariable(), stageVariable(), segmentVariable(), productVariable(), addressVariable()},
		[]*Panel{heatMap("Net sentiment by stage and channel", "100 × (positive − negative) / items, by the stage of the journey and the channel; empty: nobody spoke. A click leads to the rows behind a cell.",
			"if(sumIf(items, channel = '%s') = 0, NULL, 100 * (toInt64(sumIf(positives, channel = '%s')) - toInt64(sumIf(negatives, channel = '%s'))) / sumIf(items, channel = '%s'))", sentiment("", "")).size(12, 10),
			heatMap("Volume by stage and channel", "Feedback items by the stage of the journey and the channel", "toInt64(sumIf(items, channel = '%s'))",
				column{unit: "short", width: 110, colors: steps("transparent", from(1, "super-light-blue"), from(100, "light-blue"), from(1000, "blue"), from(10000, "dark-blue"))}).size(12, 10)},
		[]*Panel{
			barsOf("Where journeys turn", "Mean change of sentiment, in points, from a contact in a stage to the same customer's next contact in the period; the lowest is the stage after which sentiment falls most. Stages with fewer than 20 steps are left out.",
				"SELECT "+strings.ReplaceAll(stageName, "stage", "from_stage")+" AS turn, sum(steps * change) / sum(steps) AS change FROM (SELECT from_stage, steps, change FROM "+between("journey_steps")+") GROUP BY from_stage HAVING sum(steps) >= 20 ORDER BY change",
				"turn", false, column{title: "Points", unit: "none", decimals: 1, colors: changeColors},
				column{name: "change", title: "Change after the stage", unit: "none", decimals: 1}).size(12, 9),
			barsOf("Where customers leave", "Share of the items of a stage in which the customer means to leave or cancel",
				"SELECT "+stageName+" AS at_stage, stage AS one_stage, sum(j.drop_outs) / sum(j.items) AS drop_out_share FROM "+between("journey_between")+" AS j WHERE "+ofStage+" GROUP BY stage ORDER BY drop_out_share DESC, at_stage",
				"at_stage", false, column{title: "Mean to leave", unit: "percentunit", decimals: 0, min: number(0), colors: churnColors, links: []DataLink{toRows(set{"stage", field("one_stage")})}},
				column{name: "one_stage", title: "one_stage", hidden: true}, column{name: "drop_out_share", title: "Mean to leave", unit: "percentunit", decimals: 1}).size(12, 9),
		},
		[]*Panel{
			rowsOf("Steps", "From each contact of a known customer to their next one in the period: how many, net sentiment before and after, and the mean change in points with its standard error",
				"SELECT from_stage, to_stage, steps, customers, net_sentiment_before, net_sentiment_after, change, change_error FROM "+between("journey_steps")+" WHERE (${stage:sqlstring} = '' OR ${stage:sqlstring} IN (from_stage, to_stage)) ORDER BY steps DESC, from_stage, to_stage LIMIT 100",
				words("from_stage", "From", 110, toRows(set{"stage", field("from_stage")})), words("to_stage", "To", 110, toRows(set{"stage", field("to_stage")})), counted("steps", "Steps"), counted("customers", "Customers"),
				sentiment("net_sentiment_before", "Before"), sentiment("net_sentiment_after", "After"), change("change", "Change"), points("change_error", "±")).size(12, 11),
			overTime("Meaning to leave, by day", "Items by day and stage in which the customer means to leave or cancel",
				"SELECT day AS time, "+stageName+" AS at_stage, toInt64(sum(churns)) AS drop_outs FROM "+between("cells_between")+" WHERE topic = '' AND "+ofStage+" GROUP BY time, at_stage HAVING drop_outs > 0 ORDER BY time, at_stage",
				look{value: column{title: "Items", unit: "short", min: number(0)}, style: "bars", stack: true, series: "at_stage"}).size(12, 11),
		},
		[]*Panel{rowsOf("Stage, touchpoint, channel", "Everything of the period by stage, touchpoint and channel. Effort: −1 (hard) to +1 (easy), where the text says something of it.",
			"SELECT stage, touchpoint, channel, items, customers, negative_share, net_sentiment, effort, effort_items, drop_outs, drop_out_share FROM "+between("journey_between")+" WHERE "+ofStage+" ORDER BY items DESC, stage, touchpoint, channel LIMIT 300",
			words("stage", "Stage", 110, toRows(set{"stage", field("stage")})), words("touchpoint", "Touchpoint", 130), words("channel", "Channel", 90, toRows(set{"channel", field("channel")})), counted("items", "Items"), counted("customers", "Customers"),
			share("negative_share", "Negative", shareColors), sentiment("net_sentiment", "Net sentiment"), effort("effort"), counted("effort_items", "Say so"), counted("drop_outs", "Mean to leave"), share("drop_out_share", "of items", churnColors)).size(24, 11)},
		[]*Panel{rowsOf("Customers who mean to leave", "The latest items in which the customer means to leave or cancel",
			"SELECT created_at AS at, source, id, channel, stage, customer, segment, product, location, label, "+excerpt+" AS quote FROM "+between("feedback_between")+" WHERE (source, id) IN ("+
				"SELECT source, id FROM "+between("feedback_between")+" WHERE hasAny(intents, ['churn', 'cancel']) AND "+ofStage+" ORDER BY created_at DESC LIMIT 50) ORDER BY at DESC, source, id",
			itemColumns()...).size(24, 11)},
	)
}

// excerpt is the beginning of an item's text.
const excerpt = "concat(leftUTF8(text, 300), if(lengthUTF8(text) > 300, '…', ''))"

// itemColumns are those of whole items.
func itemColumns() []column {
	return []column{
		moment("at", "Time"), words("quote", "Text", 0, toItem()), words("label", "Sentiment", 90), words("stage", "Stage", 90), words("channel", "Channel", 80),
		words("segment", "Segment", 90), words("product", "Product", 110), words("location", "Location", 100), words("customer", "Customer", 120, toCustomer()), words("source", "Source", 120), words("id", "Id", 150, toItem()),
	}
}

// heatMap is a table of stages and channels; value has %s where the channel's name goes.
func heatMap(title, description, value string, cell column) *Panel {
	sql := "SELECT stage AS one_stage, " + stageName + " AS at_stage"
	columns := []column{hidden("one_stage"), words("at_stage", "Stage", 110, toRows(set{"stage", field("one_stage")}))}
	for _, c := range channels {
		name := "in_" + c
		sql += ", " + strings.ReplaceAll(value, "%s", c) + " AS " + name
		of := cell
		of.name, of.title = name, c
		of.links = []DataLink{toRows(set{"stage", field("one_stage")}, set{"channel", c})}
		columns = append(columns, of)
	}
	sql += " FROM (SELECT toString(j.stage) AS stage, j.channel AS channel, j.items AS items, j.positives AS positives, j.negatives AS negatives FROM " + between("journey_between") + " AS j) WHERE " + ofStage + " GROUP BY stage ORDER BY stage = '', indexOf(['discovery', 'inquiry', 'purchase', 'fulfilment', 'usage', 'billing', 'support', 'renewal', 'exit'], stage), stage"
	return rowsOf(title, description, sql, columns...)
}
