package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"earshot/cmd/config"
	"earshot/cmd/service"
	"earshot/pipeline/decode"
	"earshot/pipeline/files"
	"earshot/pipeline/kafka"
)

func newSend(std stdio) *cobra.Command {
	s := &sender{std: std}
	var topic, brokers, format, mapping, configFile string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "send --topic T [--map FILE] FILE…",
		Short: "Publish files of feedback to a Kafka topic",
		Long: `Reads NDJSON, CSV, TSV and JSON arrays, plain or compressed with gzip or zstd, and
publishes each record as one message; "-" is standard input. With --map the
records are turned into earshot's own JSON; without it they are published as
they stand, rows of CSV and TSV as a JSON object of their columns. It returns
when all in-sync replicas have every message. Sending a file again is harmless:
records with the same id become the same row.`,
		Example: `  earshot send --topic feedback.reviews --map deploy/examples/clothing.yaml reviews.csv.gz
  cat posts.ndjson | earshot send --topic feedback.social -
  earshot send --topic feedback.chats --map abcd.yaml --dry-run chats.json | head -1`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(cmd, "no file named; - is standard input")
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&topic, "topic", "", "Kafka topic to publish to")
	flags.StringVar(&brokers, "brokers", "127.0.0.1:9092", "brokers, separated by commas")
	flags.StringVar(&configFile, "config", "", "configuration file that says how to reach Kafka, instead of --brokers")
	flags.StringVar(&format, "format", "", "ndjson, csv, tsv or jsonarray; by default told from the file's name")
	flags.StringVar(&mapping, "map", "", "mapping file that says which field of a record is which")
	flags.BoolVar(&dryRun, "dry-run", false, "print the messages, one a line, and publish nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if topic == "" {
			return usagef(cmd, "--topic is missing")
		}
		if err := exclusive(cmd, "config", "brokers"); err != nil {
			return err
		}
		if format != "" && !slices.Contains(files.Formats(), files.Format(format)) {
			return usagef(cmd, "--format %q is none of ndjson, csv, tsv, jsonarray", format)
		}
		s.topic, s.format = topic, files.Format(format)
		if mapping != "" {
			m, err := decode.LoadMapping(mapping)
			if err != nil {
				return err
			}
			s.mapping = m
		}
		publish, done, err := s.publisher(cmd.Context(), brokers, configFile, dryRun)
		if err != nil {
			return err
		}
		s.publish, s.dryRun = publish, dryRun
		return errors.Join(s.sendFiles(cmd.Context(), args), done())
	}
	return cmd
}

// sendAtOnce is how many records, and sendBytes about how many bytes, are
// published together.
const (
	sendAtOnce = 5000
	sendBytes  = 8 << 20
)

// sender publishes the records of files.
type sender struct {
	std     stdio
	topic   string
	format  files.Format // empty: by the file's name
	mapping *decode.Mapping
	publish func(context.Context, []kafkago.Message) error

	dryRun       bool
	sent, broken int
}

// publisher returns what takes the messages: Kafka, or standard output.
func (s *sender) publisher(ctx context.Context, brokers, configFile string, dryRun bool) (publish func(context.Context, []kafkago.Message) error, done func() error, err error) {
	if dryRun {
		return func(_ context.Context, messages []kafkago.Message) error {
			for _, m := range messages {
				if _, err := fmt.Fprintf(s.std.out, "%s\n", m.Value); err != nil {
					return err
				}
			}
			return nil
		}, func() error { return nil }, nil
	}
	c, addresses := new(config.Default()), strings.Split(brokers, ",")
	if configFile != "" {
		if c, err = config.Load(configFile); err != nil {
			return nil, nil, err
		}
		addresses = reachableBrokers(c)
	}
	conn, err := service.Connect(c, addresses)
	if err != nil {
		return nil, nil, err
	}
	if err := kafka.AwaitTopic(ctx, conn, s.topic); err != nil {
		return nil, nil, err
	}
	producer := kafka.NewProducer(conn)
	return producer.Publish, producer.Close, nil
}

// sendFiles publishes the files in order. A record that cannot be read, or that
// the broker refuses for its size, is reported and passed over.
func (s *sender) sendFiles(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := s.sendFile(ctx, name); err != nil {
			return fmt.Errorf("%w (%d records are sent; sending them again is harmless)", err, s.sent)
		}
	}
	did := "sent"
	if s.dryRun {
		did = "would send"
	}
	fmt.Fprintf(s.std.err, "%s %d records to %s", did, s.sent, s.topic)
	if s.broken > 0 {
		fmt.Fprintf(s.std.err, ", %d could not be sent\n", s.broken)
		return errSaid
	}
	fmt.Fprintln(s.std.err)
	return nil
}

func (s *sender) sendFile(ctx context.Context, name string) error {
	file, size, err := openWithSize(name, s.std.in)
	if err != nil {
		return err
	}
	defer file.Close()
	format := s.format
	if format == "" {
		detected, ok := files.Detect(name)
		if !ok {
			if name != files.Stdin {
				return fmt.Errorf("%s: the name does not tell the format; give --format", name)
			}
			detected = files.NDJSON
		}
		format = detected
	}
	progress := newProgress(s.std.err, name, size)
	defer progress.Close()
	content, err := files.Decompress(io.NopCloser(progress.reader(file)), name)
	if err != nil {
		return err
	}
	defer content.Close()
	reader := files.NewReader(content, format, name)
	if err := s.checkColumns(reader, name); err != nil {
		return err
	}
	return s.sendRecords(ctx, reader, name, format.Table(), progress)
}

// openWithSize opens a file and tells its size; 0 where that is unknown.
func openWithSize(name string, stdin io.Reader) (io.ReadCloser, int64, error) {
	if name == files.Stdin {
		return io.NopCloser(stdin), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	if info.IsDir() {
		return nil, 0, errors.Join(fmt.Errorf("%s is a directory; name the files in it", name), f.Close())
	}
	return f, info.Size(), nil
}

func (s *sender) checkColumns(reader *files.Reader, name string) error {
	header, err := reader.Header()
	if err != nil || header == nil || s.mapping == nil {
		return err
	}
	if err := s.mapping.CheckColumns(header); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (s *sender) sendRecords(ctx context.Context, reader *files.Reader, name string, columns bool, progress *progress) error {
	var repeats files.Repeats
	var batch []kafkago.Message
	var lines []int
	bytes := 0
	flush := func() error {
		err := s.send(ctx, name, batch, lines)
		progress.records(s.sent)
		batch, lines, bytes = batch[:0], lines[:0], 0
		return err
	}
	for {
		record, err := reader.Read()
		var broken *files.RecordError
		switch {
		case errors.Is(err, io.EOF):
			if err := flush(); err != nil {
				return err
			}
			s.warnOfRepeats(&repeats, name)
			return nil
		case errors.As(err, &broken):
			s.report(broken)
			continue
		case err != nil:
			return errors.Join(err, flush())
		}
		message := kafkago.Message{Topic: s.topic, Value: record.Value}
		if s.mapping != nil {
			message.Value = s.mapping.Apply(record.Value, decode.Origin{File: name, Number: record.Number, Columns: columns})
		}
		if id := decode.ID(message.Value); id != "" {
			message.Key = []byte(id)
			repeats.Add(id, record.Line)
		}
		batch, lines = append(batch, message), append(lines, record.Line)
		if bytes += len(message.Value); len(batch) >= sendAtOnce || bytes >= sendBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// send publishes one batch and reports what the broker refuses.
func (s *sender) send(ctx context.Context, name string, batch []kafkago.Message, lines []int) error {
	if len(batch) == 0 {
		return nil
	}
	err := s.publish(ctx, batch)
	var refused *kafka.TooLargeError
	switch {
	case err == nil:
		s.sent += len(batch)
	case errors.As(err, &refused):
		for _, i := range refused.Indexes {
			s.report(fmt.Errorf("%s: line %d: a message of %d bytes is larger than the broker accepts for %s; shorten it, or raise the topic's max.message.bytes", name, lines[i], len(batch[i].Value), s.topic))
		}
		s.sent += len(batch) - len(refused.Indexes)
	default:
		return fmt.Errorf("publishing to %s: %w", s.topic, err)
	}
	return nil
}

func (s *sender) report(err error) {
	s.broken++
	fmt.Fprintln(s.std.err, "earshot: "+oneLine(err))
}

func (s *sender) warnOfRepeats(repeats *files.Repeats, name string) {
	if n := repeats.Count(); n > 0 {
		if name == files.Stdin {
			name = "standard input"
		}
		id, line := repeats.Example()
		fmt.Fprintf(s.std.err, "earshot: warning: %s: %d of its records repeat an id, such as %q on line %d; each replaces the earlier record. Is this the right field?\n", name, n, id, line)
	}
}
