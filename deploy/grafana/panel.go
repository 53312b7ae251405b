package grafana

import (
	"maps"
	"slices"
)

// table is a query of ClickHouse for rows as they are.
func table(sql string) Target {
	return Target{
		RefID: "A", Datasource: clickHouse, EditorType: "sql", QueryType: "table", Format: 1, RawSQL: sql,
		PluginVersion: "4.15.0", Meta: &struct{}{},
	}
}

func newPanel(kind, title, description string, source Source, targets ...Target) *Panel {
	return &Panel{
		Type: kind, Title: title, Description: description, Datasource: source, Targets: targets,
		GridPos: GridPos{H: 9, W: 24}, FieldConfig: FieldConfig{Overrides: []Override{}},
	}
}

// size sets width, of 24, and height.
func (p *Panel) size(width, height int) *Panel {
	p.GridPos.W, p.GridPos.H = width, height
	return p
}

func (p *Panel) columns(columns []column) *Panel {
	for _, c := range columns {
		p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, c.override(p.Type))
	}
	return p
}

// colored gives columns fixed colours.
func (p *Panel) colored(colors map[string]string) *Panel {
	for _, name := range slices.Sorted(maps.Keys(colors)) {
		p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{Matcher{"byName", name}, []Property{{"color", Color{"fixed", colors[name]}}}})
	}
	return p
}

func (p *Panel) transformed(id string, options map[string]any) *Panel {
	p.Transformations = append(p.Transformations, Transformation{id, options})
	return p
}

// completeLinks fills in what links carry.
func (p *Panel) completeLinks(variables []Variable) {
	complete := func(links []DataLink) {
		for i := range links {
			links[i].complete(variables)
		}
	}
	complete(p.FieldConfig.Defaults.Links)
	for _, o := range p.FieldConfig.Overrides {
		for _, property := range o.Properties {
			if links, ok := property.Value.([]DataLink); ok {
				complete(links)
			}
		}
	}
}

// rowsOf is a table of what sql selects.
func rowsOf(title, description, sql string, columns ...column) *Panel {
	p := newPanel("table", title, description, clickHouse, table(sql)).columns(columns)
	p.FieldConfig.Defaults = Defaults{
		Unit: "string", Thresholds: noColors,
		Custom: map[string]any{"align": "auto", "cellOptions": map[string]any{"type": "auto"}, "inspect": true, "filterable": false},
	}
	p.Options = map[string]any{"showHeader": true, "cellHeight": "sm", "frameIndex": 0}
	return p
}

// figures is a row of numbers, of one row that sql selects.
func figures(title, description, sql string, columns ...column) *Panel {
	p := newPanel("stat", title, description, clickHouse, table(sql)).columns(columns).size(24, 4)
	p.FieldConfig.Defaults = Defaults{Unit: "none", Thresholds: noColors, Color: &Color{Mode: "thresholds"}}
	p.Options = statOptions()
	return p
}

func statOptions() map[string]any {
	return map[string]any{
		"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "orientation": "auto", "textMode": "value_and_name",
		"wideLayout": true, "showPercentChange": false, "percentChangeColorMode": "standard",
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}
}

// look is how the values of a chart are drawn.
type look struct {
	value  column // unit, range and colours of all values
	style  string // line or bars
	stack  bool
	series string // column that names the lines; empty: each value column is one
	links  []DataLink
}

// overTime is a chart of columns time, the one that names lines, and value.
func overTime(title, description, sql string, l look) *Panel {
	p := chart(newPanel("timeseries", title, description, clickHouse, table(sql)), l)
	if l.series != "" {
		p.FieldConfig.Defaults.DisplayName = "${__field.labels." + l.series + "}"
		p.transformed("prepareTimeSeries", map[string]any{"format": "multi"})
	}
	return p
}

func chart(p *Panel, l look) *Panel {
	decimals := l.value.decimals
	stacking, filled := "none", 0
	if l.stack {
		stacking, filled = "normal", 60
	}
	thresholds := l.value.colors
	if thresholds == nil {
		thresholds = noColors
	}
	p.FieldConfig.Defaults = Defaults{
		Unit: l.value.unit, Decimals: &decimals, Min: l.value.min, Max: l.value.max, Links: l.links,
		Color: &Color{Mode: "palette-classic-by-name"}, Thresholds: thresholds,
		Custom: map[string]any{
			"drawStyle": l.style, "lineWidth": 2, "fillOpacity": filled, "showPoints": "auto", "pointSize": 4, "spanNulls": true,
			"axisLabel": l.value.title, "axisPlacement": "auto", "stacking": map[string]any{"group": "A", "mode": stacking},
			"thresholdsStyle": map[string]any{"mode": "off"},
		},
	}
	p.Options = map[string]any{
		"legend":  legend("right"),
		"tooltip": map[string]any{"mode": "multi", "sort": "asc"},
	}
	return p
}

func legend(placement string) map[string]any {
	return map[string]any{"calcs": []string{}, "displayMode": "list", "placement": placement, "showLegend": true}
}

// bars is a chart of a bar for each row: its name in the column x, its values in the
// other columns, one upon the other where stacked.
func bars(p *Panel, x string, stacked bool, value column, columns ...column) *Panel {
	p.Type = "barchart"
	p.columns(columns)
	decimals, stacking := value.decimals, "none"
	if stacked {
		stacking = "normal"
	}
	color, thresholds := &Color{Mode: "palette-classic"}, noColors
	if value.colors != nil {
		color, thresholds = &Color{Mode: "thresholds"}, value.colors
	}
	p.FieldConfig.Defaults = Defaults{
		Unit: value.unit, Decimals: &decimals, Min: value.min, Max: value.max, Color: color, Thresholds: thresholds, Links: value.links,
		Custom: map[string]any{"axisLabel": value.title, "axisPlacement": "auto", "fillOpacity": 80, "lineWidth": 1},
	}
	p.Options = map[string]any{
		"orientation": "horizontal", "xField": x, "stacking": stacking, "showValue": "auto", "barWidth": 0.9, "groupWidth": 0.8,
		"xTickLabelRotation": 0, "xTickLabelMaxLength": 40, "fullHighlight": false,
		"legend": legend("bottom"), "tooltip": map[string]any{"mode": "multi", "sort": "none"},
	}
	return p
}

// barsOf is a chart of bars of what sql selects.
func barsOf(title, description, sql, x string, stacked bool, value column, columns ...column) *Panel {
	return bars(newPanel("barchart", title, description, clickHouse, table(sql)), x, stacked, value, columns...)
}

// barsFrom is a chart of bars of the first rows and some columns of another panel of
// the dashboard, which isn't asked for twice.
func barsFrom(panel int, title, description string, kept []string, rows int, x string, stacked bool, value column, columns ...column) *Panel {
	p := newPanel("barchart", title, description, otherPanel, Target{RefID: "A", Datasource: otherPanel, PanelID: panel})
	return bars(p, x, stacked, value, columns...).
		transformed("filterFieldsByName", map[string]any{"include": map[string]any{"names": kept}}).
		transformed("limit", map[string]any{"limitField": rows})
}
