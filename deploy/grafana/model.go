package grafana

// The part of Grafana's dashboard schema that the dashboards use. Names are the
// schema's; it is checked against Grafana's own types by TestRealDashboardsFitGrafanasTypes.

// Dashboard is a file that Grafana provisions.
type Dashboard struct {
	UID           string      `json:"uid"`
	Title         string      `json:"title"`
	Description   string      `json:"description"`
	Tags          []string    `json:"tags"`
	SchemaVersion int         `json:"schemaVersion"`
	Editable      bool        `json:"editable"`
	GraphTooltip  int         `json:"graphTooltip"`
	Refresh       string      `json:"refresh"`
	Timezone      string      `json:"timezone"`
	Time          Range       `json:"time"`
	Links         []Link      `json:"links"`
	Annotations   Annotations `json:"annotations"`
	Templating    Templating  `json:"templating"`
	Panels        []*Panel    `json:"panels"`
	file          string      // without .json
}

// Range is a period as people type it, such as now-7d.
type Range struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Link is a way from one dashboard to the others.
type Link struct {
	AsDropdown  bool     `json:"asDropdown"`
	Icon        string   `json:"icon"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
	Tags        []string `json:"tags"`
	TargetBlank bool     `json:"targetBlank"`
	Title       string   `json:"title"`
	Tooltip     string   `json:"tooltip"`
	Type        string   `json:"type"`
	URL         string   `json:"url,omitempty"`
}

// Source names a data source.
type Source struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// Annotations are marks on all charts of a dashboard.
type Annotations struct {
	List []Annotation `json:"list"`
}

// Annotation is a query whose rows are marks: time and text.
type Annotation struct {
	Name       string `json:"name"`
	Datasource Source `json:"datasource"`
	Enable     bool   `json:"enable"`
	IconColor  string `json:"iconColor"`
	Target     Target `json:"target"`
}

// Templating holds a dashboard's variables.
type Templating struct {
	List []Variable `json:"list"`
}

// Variable is a choice above the panels.
type Variable struct {
	Name        string   `json:"name"`
	Label       string   `json:"label"`
	Description string   `json:"description"`
	Type        string   `json:"type"` // query, custom or textbox
	Datasource  *Source  `json:"datasource,omitempty"`
	Query       any      `json:"query"`
	Refresh     int      `json:"refresh,omitempty"`
	IncludeAll  bool     `json:"includeAll,omitempty"`
	AllValue    string   `json:"allValue,omitempty"`
	Multi       bool     `json:"multi"`
	Sort        int      `json:"sort,omitempty"`
	Current     *Option  `json:"current,omitempty"`
	Options     []Option `json:"options,omitempty"`
}

// Option is a value of a Variable.
type Option struct {
	Selected bool   `json:"selected"`
	Text     string `json:"text"`
	Value    string `json:"value"`
}

// Panel is one chart or table.
type Panel struct {
	ID              int              `json:"id"`
	Type            string           `json:"type"` // table, timeseries, barchart or stat
	Title           string           `json:"title"`
	Description     string           `json:"description"`
	Datasource      Source           `json:"datasource"`
	GridPos         GridPos          `json:"gridPos"`
	Targets         []Target         `json:"targets"`
	Transformations []Transformation `json:"transformations,omitempty"`
	FieldConfig     FieldConfig      `json:"fieldConfig"`
	Options         map[string]any   `json:"options"`
}

// GridPos is where a panel lies: 24 columns.
type GridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

// Target is a query: of ClickHouse, of Prometheus, or another panel's answer.
type Target struct {
	RefID      string `json:"refId"`
	Datasource Source `json:"datasource"`
	// ClickHouse
	EditorType    string    `json:"editorType,omitempty"`
	QueryType     string    `json:"queryType,omitempty"`
	Format        int       `json:"format,omitempty"`
	RawSQL        string    `json:"rawSql,omitempty"`
	PluginVersion string    `json:"pluginVersion,omitempty"`
	Meta          *struct{} `json:"meta,omitempty"`
	// Prometheus
	Expr         string `json:"expr,omitempty"`
	LegendFormat string `json:"legendFormat,omitempty"`
	EditorMode   string `json:"editorMode,omitempty"`
	Range        bool   `json:"range,omitempty"`
	Instant      bool   `json:"instant,omitempty"`
	// another panel
	PanelID int `json:"panelId,omitempty"`
}

// Transformation is what Grafana does to an answer before it is drawn.
type Transformation struct {
	ID      string         `json:"id"`
	Options map[string]any `json:"options"`
}

// FieldConfig says how values look.
type FieldConfig struct {
	Defaults  Defaults   `json:"defaults"`
	Overrides []Override `json:"overrides"`
}

// Defaults are the looks of all columns of a panel.
type Defaults struct {
	Unit        string         `json:"unit,omitempty"`
	Decimals    *int           `json:"decimals,omitempty"`
	Min         *float64       `json:"min,omitempty"`
	Max         *float64       `json:"max,omitempty"`
	DisplayName string         `json:"displayName,omitempty"`
	Color       *Color         `json:"color,omitempty"`
	Thresholds  *Thresholds    `json:"thresholds,omitempty"`
	Links       []DataLink     `json:"links,omitempty"`
	Custom      map[string]any `json:"custom,omitempty"`
}

// Color is how values get their colour.
type Color struct {
	Mode       string `json:"mode"`
	FixedColor string `json:"fixedColor,omitempty"`
}

// Thresholds are steps of colour.
type Thresholds struct {
	Mode  string `json:"mode"`
	Steps []Step `json:"steps"`
}

// Step is a colour from a value on; the first has none.
type Step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

// DataLink leads from a value to what is behind it.
type DataLink struct {
	Title       string `json:"title"`
	URL         string `json:"url"`
	TargetBlank bool   `json:"targetBlank,omitempty"`

	dashboard string // for complete
	sets      []set
}

// Override is the look of one column.
type Override struct {
	Matcher    Matcher    `json:"matcher"`
	Properties []Property `json:"properties"`
}

// Matcher names columns.
type Matcher struct {
	ID      string `json:"id"`
	Options string `json:"options"`
}

// Property is one part of a look.
type Property struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}
