package pipeline

// Severity says how much a Finding matters.
type Severity string

// The severities. A pipeline with an unsafe finding could lose, double or
// never write feedback; a warning may become one.
const (
	OK      Severity = "ok"
	Warning Severity = "warning"
	Unsafe  Severity = "unsafe"
)

// Finding is one thing that a doctor looked at.
type Finding struct {
	Severity Severity
	Subject  string // what was looked at, such as "schema" or a topic's name
	Detail   string // what was found, in one line
	Fix      string // what to do, in the imperative; empty where all is well
}
