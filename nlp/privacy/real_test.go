package privacy_test

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"earshot/nlp/privacy"
)

func TestTmpReal(t *testing.T) {
	file := os.Getenv("PRIV_FILE")
	if file == "" {
		t.Skip()
	}
	in, _ := os.Open(file)
	var texts []string
	if strings.HasSuffix(file, ".gz") {
		z, _ := gzip.NewReader(in)
		r := csv.NewReader(z)
		r.LazyQuotes = true
		r.FieldsPerRecord = -1
		rows, _ := r.ReadAll()
		col := -1
		for i, h := range rows[0] {
			if h == os.Getenv("PRIV_COL") {
				col = i
			}
		}
		for _, r := range rows[1:] {
			if col < len(r) && r[col] != "" {
				texts = append(texts, r[col])
			}
		}
	} else {
		sc := bufio.NewScanner(in)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			x := strings.Split(sc.Text(), "\t")
			texts = append(texts, x[1])
		}
	}
	f := finder(t)
	n := map[string]int{}
	f.Find(nil, "Thulani", privacy.Known{})
	start := time.Now()
	size := 0
	for _, x := range texts {
		f.Find(nil, x, privacy.Known{})
		size += len(x)
	}
	d := time.Since(start)
	for _, x := range texts {
		for _, p := range f.Find(nil, x, privacy.Known{}) {
			n[p.Rule]++
			a, b := max(0, p.Start-40), min(len(x), p.End+30)
			fmt.Printf("%s|%s|%s <<%s>> %s\n", p.Kind, p.Rule, strings.ReplaceAll(x[a:p.Start], "\n", " "), x[p.Start:p.End], strings.ReplaceAll(x[p.End:b], "\n", " "))
		}
	}
	fmt.Println(len(texts), size, d, d/time.Duration(len(texts)), n)
}
