package grafana

import "slices"

// set is a variable's value in a link; of a page, a parameter's.
type set struct{ variable, value string }

// to leads to another dashboard with the same period and filters, but for those that
// it sets. Its URL is complete once the dashboard that it lies on is: only that knows
// which filters there are.
func to(dashboard, title string, sets ...set) DataLink {
	return DataLink{Title: title, dashboard: dashboard, sets: sets}
}

// complete writes the URL, for a dashboard with these variables.
func (l *DataLink) complete(variables []Variable) {
	if l.dashboard == "" {
		return
	}
	l.URL = "/d/" + uid(l.dashboard) + "?${__url_time_range}"
	for _, v := range variables {
		if !slices.ContainsFunc(l.sets, func(s set) bool { return s.variable == v.Name }) {
			l.URL += "&${" + v.Name + ":queryparam}"
		}
	}
	for _, s := range l.sets {
		l.URL += "&var-" + s.variable + "=" + s.value
	}
}

// toTopic leads from a row to the detail of the topic in its column.
func toTopic(column string) DataLink {
	return to("topic-detail", "Detail of the topic", set{"topic", field(column)})
}

// toTopicOfLine leads from a line of a chart to the detail of its topic.
func toTopicOfLine() DataLink {
	return to("topic-detail", "Detail of the topic", set{"topic", "${__field.labels.topic:percentencode}"})
}

// toRows leads from a figure to the rows behind it.
func toRows(sets ...set) DataLink { return to("topic-detail", "Rows behind it", sets...) }

// toItem leads from a row to the local dashboard's page of its item.
func toItem() DataLink {
	return toPage("item", "The item, with its evidence", set{"source", field("source")}, set{"id", field("id")})
}

// toCustomer leads from a row to the local dashboard's page of its customer.
func toCustomer() DataLink {
	return toPage("customer", "The customer's journey", set{"customer", field("customer")})
}

// toTopicPage leads from a row to the local dashboard's page of the topic in a column.
func toTopicPage(column string) DataLink {
	return toPage("topic", "The topic in the local dashboard", set{"topic", field(column)})
}

// toPage leads to a page of the local dashboard, beside Grafana's.
func toPage(page, title string, sets ...set) DataLink {
	url := "${" + addressName + ":raw}/" + page
	for i, s := range sets {
		url += []string{"?", "&"}[min(i, 1)] + s.variable + "=" + s.value
	}
	return DataLink{Title: title, URL: url, TargetBlank: true}
}

// field is a column's value in the same row.
func field(column string) string { return "${__data.fields." + column + ":percentencode}" }
