package token

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tagWords(text string) []string {
	var out []string
	for _, t := range Append(nil, text) {
		for _, s := range HashtagWords(nil, text, t) {
			out = append(out, text[s.Start:s.End])
		}
	}
	return out
}

func TestHashtagIsSplitIntoWords(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][][2]string{
		"camel case":      {{"#WorstServiceEver", "Worst Service Ever"}, {"#neverAgain", "never Again"}, {"#ÉtéPourri", "Été Pourri"}, {"#iPhone", "iPhone"}},
		"capitals in one": {{"#BMWService", "BMW Service"}, {"#ATTfail", "ATT fail"}, {"#JoinUSA", "Join USA"}, {"#BMWs", "BMWs"}},
		"digits":          {{"#Top10", "Top 10"}, {"#10Years", "10 Years"}, {"#24hours", "24 hours"}, {"#4thOfJuly", "4th Of July"}, {"#5G", "5G"}, {"#5Gspeed", "5G speed"}, {"#1fan", "1 fan"}},
		"underscores":     {{"#worst_service", "worst service"}, {"#__a__", "a"}},
		"lower case": {
			{"#worstserviceever", "worst service ever"}, {"#neveragain", "never again"}, {"#notimpressed", "not impressed"},
			{"#customerservicefail", "customer service fail"}, {"#dontbuy", "dont buy"}, {"#schlechterservice", "schlechter service"},
		},
		"upper case":               {{"#WORSTSERVICEEVER", "WORST SERVICE EVER"}},
		"a word that nobody knows": {{"#vodafone", "vodafone"}, {"#galatasaray", "galatasaray"}, {"#Siri", "Siri"}},
		"other scripts":            {{"#日本", "日本"}, {"#плохо", "плохо"}},
		"no more than the longest": {{"#" + strings.Repeat("worst", 13), strings.Repeat("worst", 13)}},
		"full width":               {{"＃NeverAgain", "Never Again"}},
		"inside a text":            {{"oh #NeverAgain", "oh Never Again"}},
		"a token that is none":     {{"NeverAgain", "Never Again"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				if diff := cmp.Diff(strings.Fields(c[1]), tagWords(c[0])); diff != "" {
					t.Errorf("%s:\n%s", c[0], diff)
				}
			}
		})
	}
}

func TestHashtagIsSplitWithoutAllocating(t *testing.T) {
	text := "#worstserviceever"
	tag := Append(nil, text)[0]
	var buf [16]Span
	HashtagWords(buf[:0], text, tag) // reads the list
	if n := testing.AllocsPerRun(20, func() { HashtagWords(buf[:0], text, tag) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestWordListFitsItsBounds(t *testing.T) {
	t.Parallel()
	if len(wordsFile) > 200_000 {
		t.Errorf("words.txt has %d bytes", len(wordsFile))
	}
	for line := range strings.Lines(wordsFile) {
		if word, n := wordLine(line); word == "" || len(word) > longestListed || n < 2 {
			t.Fatalf("the line %q", line)
		}
	}
}

func BenchmarkHashtagWords(b *testing.B) {
	text := "#worstcustomerserviceever"
	tag := Append(nil, text)[0]
	var buf [16]Span
	b.ReportAllocs()
	for b.Loop() {
		HashtagWords(buf[:0], text, tag)
	}
}
