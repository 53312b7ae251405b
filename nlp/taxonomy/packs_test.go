package taxonomy_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"earshot/nlp/taxonomy"
)

// What every built-in pack of topics promises.
const (
	fewestTopics = 25
	fewestYes    = 3
	fewestNo     = 2
)

func TestBuiltInPacksKeepWhatTheyPromise(t *testing.T) {
	for _, name := range taxonomy.Names() {
		t.Run(name, func(t *testing.T) {
			tax, err := taxonomy.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			failures, run := tax.Test()
			for _, f := range failures {
				t.Error(f)
			}
			if run == 0 {
				t.Error("no examples")
			}
			if name != "signals" {
				checkSize(t, tax, name)
			}
		})
	}
}

// checkSize checks that a pack defines enough, in two levels.
func checkSize(t *testing.T, tax *taxonomy.Taxonomy, name string) {
	packs := tax.Packs()
	i := slices.IndexFunc(packs, func(p taxonomy.Pack) bool { return p.Name == name })
	if packs[i].Topics < fewestTopics {
		t.Errorf("%d topics, want %d", packs[i].Topics, fewestTopics)
	}
	second := false
	for _, d := range tax.Definitions() {
		if d.Kind != "topic" || d.Pack != name {
			continue
		}
		second = second || strings.Contains(d.Name, ".")
		if len(d.Include) == 0 || len(d.Yes) < fewestYes || len(d.No) < fewestNo {
			t.Errorf("%s: %d include rules, %d and %d examples, want 1, %d and %d", d.Name, len(d.Include), len(d.Yes), len(d.No), fewestYes, fewestNo)
		}
	}
	if !second {
		t.Error("no second level")
	}
}

// Packs are made to be loaded together: their examples must hold then, too.
func TestBuiltInPacksAgree(t *testing.T) {
	tax, err := taxonomy.Load(taxonomy.Names()...)
	if err != nil {
		t.Fatal(err)
	}
	failures, _ := tax.Test()
	for _, f := range failures {
		t.Error(f)
	}
	for _, f := range taxonomy.Lint(tax) {
		t.Error(f)
	}
	for _, first := range strings.Fields(`ordering delivery billing price_value support staff communication app_website account_access
		returns_refunds product_quality privacy_security store_location installation internet_outage internet_speed coverage_signal
		contract_terms roaming device number_porting tv_service`) {
		if _, ok := tax.Topic(first); !ok {
			t.Errorf("topic %s is missing, on which dashboards rely", first)
		}
	}
}

func TestThePackOfTheReadmeLoads(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(readme), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	tax, err := tryLoad(t, strings.ReplaceAll(block, ", ./shop.yaml", ""))
	if err != nil {
		t.Fatal(err)
	}
	failures, run := tax.Test()
	if run == 0 || len(failures) > 0 {
		t.Errorf("%d examples, failures %v", run, failures)
	}
}
