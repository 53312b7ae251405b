// Package grafana is the dashboards that are provisioned from this folder: what hurts,
// how journeys go, how channels do, one topic, what was mended, and the pipeline.
//
// They are Go so that six files agree: the same measure has the same unit, colours,
// words and links everywhere. `go run ./deploy/grafana/generate` writes dashboards/*.json,
// and the tests run every query of them.
//
// Of the data source grafana-clickhouse-datasource they rely on this:
//
//   - $__fromTime_ms and $__toTime_ms become fromUnixTimestamp64Milli(…), the ends of
//     the period to the millisecond, in the time zone of the session.
//   - ${name:sqlstring} becomes the value in single quotes, quotes in it doubled.
//     Grafana leaves the custom value of All as it is: for the views it is ”, no filter.
//   - A target has rawSql, editorType sql, queryType table and format 1 (a table). Charts
//     of several lines are made by the transformation prepareTimeSeries from rows of
//     time, name, value, in the order of time, as the plugin's own dashboards do it.
//   - A query variable's target is such a target; its first column is the value.
package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// schemaVersion is Grafana 11's; later ones migrate it.
const schemaVersion = 39

var (
	clickHouse = Source{"grafana-clickhouse-datasource", "earshot-clickhouse"}
	prometheus = Source{"prometheus", "earshot-prometheus"}
	// otherPanel answers with what another panel has asked for.
	otherPanel = Source{"datasource", "-- Dashboard --"}
)

// Dashboards returns all dashboards, in the order of reading.
func Dashboards() []*Dashboard {
	return []*Dashboard{painPoints(), journey(), channelHealth(), topicDetail(), improvements(), pipeline()}
}

// File is the dashboard's name in the folder dashboards.
func (d *Dashboard) File() string { return d.file + ".json" }

// JSON is the file's content.
func (d *Dashboard) JSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("%s: %w", d.file, err)
	}
	return out.Bytes(), nil
}

// dashboard lays out rows of panels, each from the left, as high as its highest.
func dashboard(file, title, description, period string, variables []Variable, rows ...[]*Panel) *Dashboard {
	d := &Dashboard{
		file: file, UID: uid(file), Title: title, Description: description, Tags: []string{"earshot"},
		SchemaVersion: schemaVersion, Editable: true, GraphTooltip: 1, Refresh: "1m", Timezone: "browser",
		Time: Range{"now-" + period, "now"}, Templating: Templating{variables}, Annotations: Annotations{[]Annotation{}},
		Links: []Link{{Icon: "dashboard", IncludeVars: true, KeepTime: true, Tags: []string{"earshot"}, Title: "earshot", Tooltip: "The other dashboards, with the same period and filters", Type: "dashboards"}},
	}
	y := 0
	for _, row := range rows {
		x, high := 0, 0
		for _, p := range row {
			p.ID = len(d.Panels) + 1
			p.GridPos.X, p.GridPos.Y = x, y
			p.completeLinks(variables)
			x += p.GridPos.W
			high = max(high, p.GridPos.H)
			d.Panels = append(d.Panels, p)
		}
		y += high
	}
	return d
}

// uid names a dashboard in links.
func uid(file string) string { return "earshot-" + file }
