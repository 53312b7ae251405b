package files

import (
	"path/filepath"
	"strings"
)

// Format is how a file lays out its records.
type Format string

// The formats.
const (
	// NDJSON has a JSON value a line; blank lines are skipped.
	NDJSON Format = "ndjson"
	// CSV has a header, then a record a line. Cells that begin with a double
	// quote are quoted: they may hold commas, line ends and, doubled, quotes.
	// In any other cell a quote is a character like any other. A header
	// without a comma and with semicolons makes the semicolon the separator.
	CSV Format = "csv"
	// TSV is CSV with tabs.
	TSV Format = "tsv"
	// JSONArray has one array, each element of which is a record. Other JSON
	// values beside or instead of it are records too.
	JSONArray Format = "jsonarray"
)

// Formats returns every format, as users name them.
func Formats() []Format { return []Format{NDJSON, CSV, TSV, JSONArray} }

// Table reports whether records of the format are rows of named columns.
func (f Format) Table() bool { return f == CSV || f == TSV }

// Detect returns the format that a file's name promises; an ending .gz or .zst
// does not count.
func Detect(name string) (Format, bool) {
	name = strings.ToLower(name)
	for _, compressed := range [...]string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, compressed)
	}
	switch filepath.Ext(name) {
	case ".ndjson", ".jsonl":
		return NDJSON, true
	case ".csv":
		return CSV, true
	case ".tsv", ".tab":
		return TSV, true
	case ".json":
		return JSONArray, true
	}
	return "", false
}
