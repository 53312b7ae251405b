package grafana

// column is how a column of an answer looks. The zero one of a name is a text.
type column struct {
	name     string // in the answer
	title    string
	unit     string
	decimals int // with a unit
	width    int // of a table, in pixels; 0: what is left
	min, max *float64
	colors   *Thresholds
	links    []DataLink
	bar      bool // drawn as a bar in a table
	hidden   bool
}

func number(n float64) *float64 { return &n }

// Steps of colour: from the value on.
func steps(first string, rest ...Step) *Thresholds {
	return &Thresholds{"absolute", append([]Step{{Color: first}}, rest...)}
}

func from(value float64, color string) Step { return Step{color, &value} }

// The same measure looks the same everywhere.
var (
	sentimentColors = steps("red", from(-40, "orange"), from(-10, "yellow"), from(10, "green"))
	shareColors     = steps("green", from(0.3, "yellow"), from(0.5, "orange"), from(0.7, "red"))
	churnColors     = steps("green", from(0.05, "yellow"), from(0.1, "orange"), from(0.2, "red"))
	priorityColors  = steps("green", from(20, "yellow"), from(40, "orange"), from(60, "red"))
	changeColors    = steps("red", from(-5, "yellow"), from(5, "green"))
	effortColors    = steps("red", from(-0.3, "orange"), from(0, "yellow"), from(0.3, "green"))
	noColors        = steps("text")
)

func words(name, title string, width int, links ...DataLink) column {
	return column{name: name, title: title, width: width, links: links}
}

func counted(name, title string, links ...DataLink) column {
	return column{name: name, title: title, unit: "short", width: 90, links: links}
}

func sentiment(name, title string) column {
	return column{name: name, title: title, unit: "none", decimals: 1, width: 110, min: number(-100), max: number(100), colors: sentimentColors}
}

func points(name, title string) column {
	return column{name: name, title: title, unit: "none", decimals: 1, width: 90}
}

func share(name, title string, colors *Thresholds) column {
	return column{name: name, title: title, unit: "percentunit", decimals: 1, width: 100, min: number(0), max: number(1), colors: colors}
}

func moment(name, title string) column {
	return column{name: name, title: title, unit: "dateTimeAsIso", width: 170}
}

func change(name, title string) column {
	return column{name: name, title: title, unit: "none", decimals: 1, width: 110, colors: changeColors}
}

func effort(name string) column {
	return column{name: name, title: "Effort", unit: "none", decimals: 2, width: 80, min: number(-1), max: number(1), colors: effortColors}
}

func hidden(name string) column { return column{name: name, title: name, hidden: true} }

// override is the look in a panel of a type.
func (c column) override(panel string) Override {
	o := Override{Matcher{"byName", c.name}, []Property{{"displayName", c.title}}}
	add := func(id string, value any) { o.Properties = append(o.Properties, Property{id, value}) }
	if c.unit != "" {
		add("unit", c.unit)
		if c.unit != "dateTimeAsIso" {
			add("decimals", c.decimals)
		}
	}
	if c.min != nil {
		add("min", *c.min)
	}
	if c.max != nil {
		add("max", *c.max)
	}
	if c.colors != nil {
		add("thresholds", c.colors)
		add("color", Color{Mode: "thresholds"})
	}
	if len(c.links) > 0 {
		add("links", c.links)
	}
	if panel != "table" {
		return o
	}
	switch {
	case c.hidden:
		add("custom.hideFrom", map[string]bool{"viz": true, "legend": true, "tooltip": true})
	case c.bar:
		add("custom.cellOptions", map[string]string{"type": "gauge", "mode": "basic", "valueDisplayMode": "text"})
	case c.colors != nil:
		add("custom.cellOptions", map[string]string{"type": "color-background", "mode": "basic"})
	}
	if c.width > 0 && !c.hidden {
		add("custom.width", c.width)
	}
	return o
}
