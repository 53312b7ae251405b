package grafana

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestTheFilesAreWhatIsGenerated(t *testing.T) {
	files, err := filepath.Glob("dashboards/*.json")
	if err != nil || len(files) != len(Dashboards()) {
		t.Errorf("%d files, %d dashboards, error %v", len(files), len(Dashboards()), err)
	}
	for _, d := range Dashboards() {
		want, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join("dashboards", d.File())); err != nil || !bytes.Equal(got, want) {
			t.Errorf("dashboards/%s differs (%v): go run ./deploy/grafana/generate", d.File(), err)
		}
	}
}

// units are those of Grafana that panels use.
var units = []string{"short", "none", "percent", "percentunit", "dateTimeAsIso", "string", "cps", "s", "bytes"}

func TestEveryPanelSaysWhatItShows(t *testing.T) {
	for _, d := range Dashboards() {
		var ids []int
		for _, p := range d.Panels {
			name := d.Title + ", " + p.Title
			if p.Title == "" || len(p.Description) < 20 {
				t.Errorf("%s: no title or no description", name)
			}
			if slices.Contains(ids, p.ID) {
				t.Errorf("%s: two panels %d", name, p.ID)
			}
			ids = append(ids, p.ID)
			if !slices.Contains(units, p.FieldConfig.Defaults.Unit) || p.FieldConfig.Defaults.Thresholds == nil {
				t.Errorf("%s: unit %q, thresholds %v", name, p.FieldConfig.Defaults.Unit, p.FieldConfig.Defaults.Thresholds)
			}
			for _, o := range p.FieldConfig.Overrides {
				for _, property := range o.Properties {
					if property.ID == "unit" && !slices.Contains(units, property.Value.(string)) {
						t.Errorf("%s: %s has the unit %s", name, o.Matcher.Options, property.Value)
					}
				}
			}
			if g := p.GridPos; g.W < 1 || g.H < 1 || g.X < 0 || g.X+g.W > 24 {
				t.Errorf("%s lies at %+v", name, g)
			}
			for _, q := range d.Panels {
				if a, b := p.GridPos, q.GridPos; p != q && a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
					t.Errorf("%s lies upon %s", name, q.Title)
				}
			}
			var refs []string
			for _, target := range p.Targets {
				if target.RefID == "" || slices.Contains(refs, target.RefID) || target.Datasource != p.Datasource {
					t.Errorf("%s: target %+v", name, target)
				}
				refs = append(refs, target.RefID)
			}
			if len(refs) == 0 {
				t.Errorf("%s asks nothing", name)
			}
		}
	}
}

func TestAPanelThatReadsAnotherFindsItsColumnsThere(t *testing.T) {
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			if p.Datasource != otherPanel {
				continue
			}
			of := slices.IndexFunc(d.Panels, func(q *Panel) bool { return q.ID == p.Targets[0].PanelID })
			if of < 0 {
				t.Errorf("%s: no panel %d", p.Title, p.Targets[0].PanelID)
				continue
			}
			there := func(column string) bool {
				return slices.ContainsFunc(d.Panels[of].FieldConfig.Overrides, func(o Override) bool { return o.Matcher.Options == column })
			}
			kept := p.Transformations[0].Options["include"].(map[string]any)["names"].([]string)
			for _, column := range append(kept, p.Options["xField"].(string)) {
				if !there(column) || !slices.Contains(kept, column) {
					t.Errorf("%s needs %s, which %s doesn't hand on", p.Title, column, d.Panels[of].Title)
				}
			}
			for _, o := range p.FieldConfig.Overrides {
				if !slices.Contains(kept, o.Matcher.Options) {
					t.Errorf("%s looks for %s", p.Title, o.Matcher.Options)
				}
			}
		}
	}
}

var (
	toDashboard = regexp.MustCompile(`"url": "/d/([\w-]+)\?([^"]*)"`)
	parameter   = regexp.MustCompile(`^(?:\$\{(\w+)(?::queryparam)?\}|var-(\w+)=.+)$`)
)

func TestLinksLeadToDashboardsAndVariablesThatAreThere(t *testing.T) {
	all := map[string]*Dashboard{}
	for _, d := range Dashboards() {
		all[d.UID] = d
	}
	links := 0
	for _, d := range Dashboards() {
		content, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), `"url": ""`) {
			t.Errorf("%s: a link to nowhere", d.Title)
		}
		for _, m := range toDashboard.FindAllStringSubmatch(string(content), -1) {
			links++
			target := all[m[1]]
			if target == nil {
				t.Errorf("%s: a link to %s", d.Title, m[1])
				continue
			}
			var set []string
			for _, part := range strings.Split(m[2], "&") {
				p := parameter.FindStringSubmatch(part)
				switch {
				case p == nil:
					t.Errorf("%s: %q in a link", d.Title, part)
				case p[1] != "" && p[1] != "__url_time_range" && d.variable(p[1]) == nil:
					t.Errorf("%s: a link carries %s, which isn't there", d.Title, p[1])
				case p[2] != "" && target.variable(p[2]) == nil:
					t.Errorf("%s: a link sets %s, which %s hasn't", d.Title, p[2], target.Title)
				case slices.Contains(set, p[1]+p[2]):
					t.Errorf("%s: a link sets %s twice", d.Title, p[1]+p[2])
				}
				if p != nil {
					set = append(set, p[1]+p[2])
				}
			}
		}
	}
	if links < 30 {
		t.Errorf("%d links", links)
	}
}

// pages are those of the local dashboard, and what each is told.
var pages = map[string][]string{"item": {"source", "id"}, "customer": {"customer"}, "topic": {"topic"}}

var (
	toLocal       = regexp.MustCompile(`"url": "\$\{address:raw\}/([^"]*)"`)
	encodedColumn = regexp.MustCompile(`^(\w+)=\$\{__data\.fields\.\w+:percentencode\}$`)
)

func TestRowsLeadToPagesOfTheLocalDashboard(t *testing.T) {
	links := map[string]int{}
	for _, d := range Dashboards() {
		content, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range toLocal.FindAllStringSubmatch(string(content), -1) {
			page, query, _ := strings.Cut(m[1], "?")
			links[page]++
			var told []string
			for _, part := range strings.Split(query, "&") {
				p := encodedColumn.FindStringSubmatch(part)
				if p == nil {
					t.Errorf("%s: %q in a link is no encoded column", d.Title, part)
					continue
				}
				told = append(told, p[1])
			}
			if want, ok := pages[page]; !ok || !slices.Equal(told, want) {
				t.Errorf("%s: a link tells the page %s %v, want %v", d.Title, page, told, want)
			}
			if d.variable("address") == nil {
				t.Errorf("%s: a link to %s, and no address", d.Title, page)
			}
		}
	}
	for page := range pages {
		if links[page] < 3 {
			t.Errorf("%d links to %s", links[page], page)
		}
	}
}

var environment = regexp.MustCompile(`\$\{(\w+)\}`)

func TestWhatIsProvisionedIsWhatTheDashboardsAsk(t *testing.T) {
	var sources struct {
		Datasources []struct{ Name, UID, Type string }
	}
	defaults, err := os.ReadFile("grafana.env")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"provisioning/datasources/earshot.yaml", "provisioning/dashboards/earshot.yaml"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(content, &sources); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, m := range environment.FindAllStringSubmatch(string(content), -1) {
			if !strings.Contains(string(defaults), "\n"+m[1]+"=") {
				t.Errorf("%s: grafana.env has no default of %s", file, m[1])
			}
		}
	}
	if got := fmt.Sprint(sources.Datasources); got != "[{earshot earshot-clickhouse grafana-clickhouse-datasource} {earshot metrics earshot-prometheus prometheus}]" {
		t.Error("provisioned:", got)
	}
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			if !slices.Contains([]Source{clickHouse, prometheus, otherPanel}, p.Datasource) {
				t.Errorf("%s asks %v", p.Title, p.Datasource)
			}
		}
	}
}
