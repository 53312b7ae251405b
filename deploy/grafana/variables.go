package grafana

import "strings"

// filters are the arguments that every view of a period takes.
const filters = "channel = ${channel:sqlstring}, segment = ${segment:sqlstring}, product = ${product:sqlstring}"

// period is the dashboard's, and with filters the arguments of a view. A view reads what
// it is given as UTC, and the macros give it in the time zone of the session.
const period = "period_from = toTimeZone($__fromTime_ms, 'UTC'), period_to = toTimeZone($__toTime_ms, 'UTC')"

// between calls a view with the dashboard's period and filters, and more arguments.
func between(view string, more ...string) string {
	return view + "(" + strings.Join(append([]string{period, filters}, more...), ", ") + ")"
}

// Conditions on columns stage and topic; without a choice all rows meet them. A topic
// has those below it.
const (
	ofStage = "(${stage:sqlstring} = '' OR stage = ${stage:sqlstring})"
	ofTopic = "(${topic:sqlstring} = '' OR topic = ${topic:sqlstring} OR startsWith(topic, concat(${topic:sqlstring}, '.')))"
)

// leveled is the topic at the chosen level.
const leveled = "if(${level} = 1, substringIndex(topic, '.', 1), toString(topic))"

// anyValue is what All stands for in SQL.
const anyValue = "''"

// choice is a variable whose values a query finds in the period. Values with a
// backslash can't be written as sqlstring, so they are not offered.
func choice(name, label, description, column, from string) Variable {
	sql := "SELECT DISTINCT toString(" + column + ") AS value FROM " + from + " AND value != '' AND position(value, '\\\\') = 0 ORDER BY value LIMIT 1000"
	return Variable{
		Name: name, Label: label, Description: description, Type: "query", Datasource: &clickHouse, Query: variableQuery(sql),
		Refresh: 2, IncludeAll: true, AllValue: anyValue, Sort: 0, Current: &Option{true, "All", "$__all"},
	}
}

func variableQuery(sql string) Target {
	t := table(sql)
	t.RefID = "variable"
	return t
}

const (
	cellsOfPeriod = "cells_between(" + period + ", channel = '', segment = '', product = '')"
	itemCells     = cellsOfPeriod + " WHERE topic = ''"
	topicCells    = cellsOfPeriod + " WHERE topic != ''"
)

func channelVariable() Variable {
	return choice("channel", "Channel", "Where customers spoke: review, social, chat, survey, ticket or call", "channel", itemCells)
}

func segmentVariable() Variable {
	return choice("segment", "Segment", "Customer segment, as the records state it", "segment", itemCells)
}

func productVariable() Variable {
	return choice("product", "Product", "Product, as the records state it", "product", itemCells)
}

func stageVariable() Variable {
	return choice("stage", "Stage", "Stage of the customer's journey", "stage", itemCells)
}

func topicVariable() Variable {
	return choice("topic", "Topic", "Topic, with all below it", "arrayJoin([substringIndex(topic, '.', 1), toString(topic)])", topicCells)
}

func levelVariable() Variable {
	return Variable{
		Name: "level", Label: "Level", Description: "1: topics of the first level; 2: as they are mentioned", Type: "custom", Query: "1,2",
		Current: &Option{true, "1", "1"}, Options: []Option{{true, "1", "1"}, {false, "2", "2"}},
	}
}

const addressName = "address"

// addressVariable is where the local dashboard is.
func addressVariable() Variable {
	const address = "http://localhost:8080"
	return Variable{
		Name: addressName, Label: "Local dashboard", Description: "Address of earshot's own dashboard, for links from rows to their evidence", Type: "textbox",
		Query: address, Current: &Option{true, address, address}, Options: []Option{{true, address, address}},
	}
}
