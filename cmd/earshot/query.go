package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/sinks/clickhouse"
)

// trailingFormat is the clause by which a statement asks for a format that this
// program would have to read itself.
var trailingFormat = regexp.MustCompile(`(?i)\sFORMAT\s+\w+[\s;]*$`)

func newQuery(std stdio) *cobra.Command {
	formats := []string{"table", "json", "csv", "tsv"}
	cmd := &cobra.Command{
		Use:   `query [--config FILE | --clickhouse ADDR] "SQL"`,
		Short: "Run SQL and print the result",
		Example: `  earshot query "SELECT channel, count(), avg(score) FROM feedback GROUP BY channel"
  earshot query --format csv "SELECT * FROM sentiment_hourly" > hourly.csv
  earshot query --config earshot.yaml "DESCRIBE feedback"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || strings.TrimSpace(args[0]) == "" {
				return usagef(cmd, "want one SQL statement, in quotes")
			}
			return nil
		},
	}
	cmd.Flags().String("config", "", "configuration file that names the ClickHouse to ask")
	address := cmd.Flags().String("clickhouse", "127.0.0.1:8123", "address, or URL, of the ClickHouse to ask")
	format := cmd.Flags().String("format", "table", strings.Join(formats, ", "))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := exclusive(cmd, "config", "clickhouse"); err != nil {
			return err
		}
		if !slices.Contains(formats, *format) {
			return usagef(cmd, "--format %q is none of %s", *format, strings.Join(formats, ", "))
		}
		if trailingFormat.MatchString(args[0]) {
			return usagef(cmd, "leave FORMAT out of the statement; --format chooses one of %s", strings.Join(formats, ", "))
		}
		store, err := queriedStore(cmd, *address)
		if err != nil {
			return err
		}
		defer store.Close()
		rows, err := store.Query(cmd.Context(), args[0])
		if err != nil {
			return unreached(err)
		}
		defer rows.Close()
		return printRows(std.out, rows, *format)
	}
	return cmd
}

// unreached adds to the error of a server that isn't there what to do about it.
func unreached(err error) error {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return fmt.Errorf("%w; is it running? --clickhouse or --config names another", err)
	}
	return err
}

// queriedStore opens the ClickHouse that the flags name.
func queriedStore(cmd *cobra.Command, address string) (*clickhouse.Store, error) {
	_, store, err := queried(cmd, address)
	return store, err
}

// queried is queriedStore with the configuration that the flags name, or the default
// one.
func queried(cmd *cobra.Command, address string) (*config.Config, *clickhouse.Store, error) {
	log := slog.New(slog.DiscardHandler)
	if path, _ := cmd.Flags().GetString("config"); path != "" {
		return configuredStore(cmd, log)
	}
	c := config.Default()
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	store, err := service.OpenStore(&c, address, log)
	return &c, store, err
}

// configuredStore opens the ClickHouse of the file that --config names.
func configuredStore(cmd *cobra.Command, log *slog.Logger) (*config.Config, *clickhouse.Store, error) {
	c, err := loadConfig(cmd)
	if err != nil {
		return nil, nil, err
	}
	store, err := service.OpenStore(c, clickhouseURL(c), log)
	return c, store, err
}

// clickhouseURL is where the ClickHouse of c can be reached from another
// process: for the embedded one, the address of its front.
func clickhouseURL(c *config.Config) string {
	if _, ok := c.ClickHouse.EmbeddedDir(); ok {
		return "http://" + c.ClickHouse.Listen
	}
	return c.ClickHouse.URL
}

// printRows prints a result: a table for people, or as it comes for programs.
func printRows(w io.Writer, rows driver.Rows, format string) error {
	columns := rows.Columns()
	if len(columns) == 0 { // a statement without a result; over HTTP also an empty one
		if err := rows.Err(); err != nil || format != "table" {
			return err
		}
		_, err := fmt.Fprintln(w, "no rows")
		return err
	}
	printer := newPrinter(w, format, columns)
	targets := make([]any, len(columns))
	types := rows.ColumnTypes()
	for i, t := range types {
		targets[i] = reflect.New(t.ScanType()).Interface()
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("reading a row: %w", err)
		}
		values := make([]any, len(columns))
		for i, t := range targets {
			values[i] = plainValue(reflect.ValueOf(t).Elem(), types[i].DatabaseTypeName())
		}
		if err := printer.row(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return printer.end()
}

// rowPrinter prints the rows of one result.
type rowPrinter interface {
	row(values []any) error
	end() error
}

func newPrinter(w io.Writer, format string, columns []string) rowPrinter {
	switch format {
	case "json":
		return &jsonPrinter{w: w, columns: columns}
	case "csv", "tsv":
		out := csv.NewWriter(w)
		if format == "tsv" {
			out.Comma = '\t'
		}
		return &csvPrinter{w: out, header: columns}
	}
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0 // names as they are
	header := make(table.Row, len(columns))
	for i, c := range columns {
		header[i] = c
	}
	t.AppendHeader(header)
	return &tablePrinter{table: t}
}

type tablePrinter struct{ table table.Writer }

func (p *tablePrinter) row(values []any) error {
	row := make(table.Row, len(values))
	for i, v := range values {
		row[i] = tableCell(v)
	}
	p.table.AppendRow(row)
	return nil
}

func (p *tablePrinter) end() error {
	p.table.Render()
	return nil
}

type csvPrinter struct {
	w      *csv.Writer
	header []string
}

func (p *csvPrinter) row(values []any) error {
	if err := p.writeHeader(); err != nil {
		return err
	}
	fields := make([]string, len(values))
	for i, v := range values {
		fields[i] = cell(v)
	}
	return p.w.Write(fields)
}

func (p *csvPrinter) end() error {
	if err := p.writeHeader(); err != nil {
		return err
	}
	p.w.Flush()
	return p.w.Error()
}

func (p *csvPrinter) writeHeader() error {
	header := p.header
	if header == nil {
		return nil
	}
	p.header = nil
	return p.w.Write(header)
}

type jsonPrinter struct {
	w       io.Writer
	columns []string
}

// row prints an object a line, with the columns in the order of the query.
func (p *jsonPrinter) row(values []any) error {
	line := []byte{'{'}
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		name, err := encodeJSON(p.columns[i])
		if err != nil {
			return err
		}
		value, err := encodeJSON(finite(v))
		if err != nil {
			return fmt.Errorf("column %s: %w", p.columns[i], err)
		}
		line = append(append(append(line, name...), ':'), value...)
	}
	_, err := p.w.Write(append(line, '}', '\n'))
	return err
}

func (p *jsonPrinter) end() error { return nil }
