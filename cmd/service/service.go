// Package service assembles earshot from a configuration: embedded servers
// where they are asked for, the pipeline, its metrics and health, the dashboard.
// It can be started in a test as well as by the command.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/sourcegraph/conc/pool"

	"earshot/cmd/config"
	"earshot/cmd/dashboard"
	"earshot/nlp"
	"earshot/pipeline"
	"earshot/pipeline/kafka"
	"earshot/sinks/clickhouse"
	"earshot/sinks/deadletter"
)

// Service is a running earshot. Start makes one, Run works until its context
// ends, Close releases what Start opened.
type Service struct {
	config  *config.Config
	log     *slog.Logger
	version string

	embedded  *embeddedServers
	conn      *kafka.Connection
	store     *clickhouse.Store
	source    *kafka.Source
	producer  *kafka.Producer
	analyzer  *nlp.Analyzer
	reloader  *reloader
	privacy   pipeline.Privacy
	pipe      *pipeline.Pipeline
	activity  *pipeline.Activity
	monitor   *monitor
	emergence *emergence
	lookout   *lookout // nil: nothing is watched
	registry  *prometheus.Registry
	started   time.Time

	listeners map[string]net.Listener
	closers   []func() error
}

// Start starts embedded servers, connects, checks the schema and the topic of
// dead letters, joins the consumer group and binds the addresses of c. ctx
// bounds the start alone. An empty ClickHouse gets the schema; one with an older
// or newer schema is an error, but for the embedded one, which is upgraded.
func Start(ctx context.Context, c *config.Config, log *slog.Logger, version string) (_ *Service, err error) {
	s := &Service{
		config: c, log: log, version: version,
		activity: pipeline.NewActivity(), registry: prometheus.NewRegistry(),
		started: time.Now(), listeners: map[string]net.Listener{},
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	// Addresses first: a port in use should be said before anything has begun.
	for name, address := range map[string]string{"listen": c.Listen, "dashboard": c.Dashboard} {
		if err := s.bind(ctx, name, address); err != nil {
			return nil, err
		}
	}
	if s.embedded, err = startEmbedded(ctx, c, log); err != nil {
		return nil, err
	}
	s.onClose(s.embedded.Close)
	warnOfMissing(c, log)
	if err := s.openStore(ctx); err != nil {
		return nil, err
	}
	if err := s.openPipeline(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Service) bind(ctx context.Context, name, address string) error {
	if address == "" {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("%s: %w; choose another address, or stop what uses this one", name, err)
	}
	s.listeners[name] = l
	s.onClose(func() error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

func (s *Service) onClose(f func() error) { s.closers = append(s.closers, f) }

// Close releases everything, last opened first.
func (s *Service) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

func (s *Service) openStore(ctx context.Context) error {
	var err error
	if s.store, err = OpenStore(s.config, s.embedded.clickhouseURL(s.config), s.log); err != nil {
		return err
	}
	s.onClose(s.store.Close)
	if s.embedded.clickhouse != nil {
		_, err = s.store.Migrate(ctx)
		return err
	}
	return s.checkSchema(ctx)
}

// checkSchema creates the schema where there is none, which harms nobody; an
// upgrade of existing tables is the operator's decision.
func (s *Service) checkSchema(ctx context.Context) error {
	version, err := s.store.SchemaVersion(ctx)
	if err == nil && version == 0 {
		s.log.Info("no schema yet, creating it", "database", s.store.Database(), "version", clickhouse.LatestVersion())
		_, err = s.store.Migrate(ctx)
	}
	if err != nil {
		return err
	}
	return s.store.CheckSchema(ctx)
}

func (s *Service) openPipeline(ctx context.Context) error {
	var err error
	if s.analyzer, err = openAnalyzer(s.config, s.log); err != nil {
		return err
	}
	s.onClose(s.analyzer.Close)
	if s.privacy, err = openPrivacy(s.config, s.log); err != nil {
		return err
	}
	if s.conn, err = Connect(s.config, s.embedded.brokers(s.config)); err != nil {
		return err
	}
	// A wrong address is better said at the start than retried for ever; so is a
	// missing topic of dead letters, for want of which the first broken record
	// would hold up its partition. Sources that are missing are waited for.
	if err := kafka.AwaitTopic(ctx, s.conn, s.config.Kafka.DeadLetters); err != nil {
		return err
	}
	s.producer = kafka.NewProducer(s.conn)
	s.onClose(s.producer.Close)
	if s.source, err = kafka.NewSource(s.conn, kafka.SourceOptions{
		Group: s.config.Kafka.Group, Topics: s.config.Topics(), Log: s.log,
		Lost: countLost(s.config.Topics(), s.registry),
	}); err != nil {
		return err
	}
	s.onClose(s.source.Close)
	s.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.reloader = newReloader(s.analyzer, SubjectsOf(s.config), s.log, s.registry)
	s.monitor = newMonitor(s.conn, s.store, s.config, s.log, s.registry)
	s.onClose(s.monitor.close)
	s.emergence = newEmergence(s.store, s.log, s.registry)
	if s.config.Alerts.Budget > 0 {
		guard := newWatchman(s.store, &s.config.Alerts, s.dashboardURL(), s.log)
		if s.lookout, err = newLookout(guard, s.log, s.registry); err != nil {
			return err
		}
	}
	writer := s.store.Writer()
	s.pipe = &pipeline.Pipeline{
		Source:      s.source,
		Decoder:     newDecoders(s.config),
		Analyzer:    s.analyzer,
		Writer:      overheard{writer, s.emergence},
		Settler:     writer,
		DeadLetters: pipeline.Rejecters{s.store.DeadLetterWriter(s.version), deadletter.New(s.config.Kafka.DeadLetters, s.producer, s.log)},
		Privacy:     s.privacy,
		Limits:      hearing(s.analyzer, s.config.Pipeline.Limits(), s.log, s.registry),
		Log:         s.log,
		Metrics:     pipeline.NewMetrics(s.registry, s.activity),
	}
	return nil
}

// Run moves feedback until ctx ends, then drains and returns nil. It returns
// early when the pipeline, or a server of the service, fails for good.
func (s *Service) Run(ctx context.Context) error {
	board, err := dashboard.New(dashboard.Options{
		Store: s.store, Database: s.config.ClickHouse.Database, Live: s.live, Explainers: s.explainers(), Logger: s.log, Version: s.version,
	})
	if err != nil {
		return err
	}
	work := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError()
	work.Go(s.pipe.Run)
	work.Go(s.monitor.run)
	work.Go(s.reloader.run)
	work.Go(s.emergence.run)
	work.Go(func(ctx context.Context) error { return rollUp(ctx, s.store, s.log) })
	work.Go(func(ctx context.Context) error { return computeDrivers(ctx, s.store, s.log) })
	if s.lookout != nil {
		work.Go(s.lookout.run)
		work.Go(func(ctx context.Context) error { s.lookout.teller.outbox.Run(ctx); return nil })
	}
	work.Go(func(ctx context.Context) error { return watchSchema(ctx, s.store) })
	if l := s.listeners["listen"]; l != nil {
		work.Go(func(ctx context.Context) error { return serve(ctx, l, s.operations(), nil) })
	}
	if l := s.listeners["dashboard"]; l != nil {
		work.Go(func(ctx context.Context) error {
			return serve(ctx, l, board, func() { _ = board.Close() })
		})
	}
	return work.Wait()
}

// shutdownTimeout bounds the wait for HTTP requests under way after a stop.
const shutdownTimeout = 5 * time.Second

// serve answers HTTP on l until ctx ends; atShutdown ends what would go on.
func serve(ctx context.Context, l net.Listener, handler http.Handler, atShutdown func()) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	if atShutdown != nil {
		server.RegisterOnShutdown(atShutdown)
	}
	stop := context.AfterFunc(ctx, func() {
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		if server.Shutdown(deadline) != nil {
			_ = server.Close()
		}
	})
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving %s: %w", l.Addr(), err)
	}
	return nil
}

// Addresses are where a running service can be reached; empty where it is not.
type Addresses struct {
	Dashboard, Operations, Kafka, ClickHouse string // host:port
}

// Addresses returns the addresses that are bound, with the ports that the system
// chose where 0 was asked for.
func (s *Service) Addresses() Addresses {
	address := func(name string) string {
		if l := s.listeners[name]; l != nil {
			return l.Addr().String()
		}
		return ""
	}
	a := Addresses{Dashboard: address("dashboard"), Operations: address("listen")}
	if s.embedded.kafka != nil {
		a.Kafka = s.embedded.kafka.Addr()
	}
	if s.embedded.clickhouse != nil {
		a.ClickHouse = s.embedded.clickhouse.Addr()
	}
	return a
}

// dashboardURL is where people reach the dashboard, for links; empty: there is none.
func (s *Service) dashboardURL() string {
	if s.config.Alerts.DashboardURL != "" {
		return s.config.Alerts.DashboardURL
	}
	if address := s.Addresses().Dashboard; address != "" {
		return "http://" + address
	}
	return ""
}

// Activity returns what the pipeline has done so far.
func (s *Service) Activity() pipeline.ActivitySnapshot { return s.activity.Snapshot() }

// Lag returns how many records wait in all partitions, as last read from the
// broker.
func (s *Service) Lag() int64 { return s.monitor.state().total() }

// Producer publishes to the service's Kafka; the service closes it.
func (s *Service) Producer() *kafka.Producer { return s.producer }

// RegisterImprovement notes what the company has mended.
func (s *Service) RegisterImprovement(ctx context.Context, i *clickhouse.Improvement) error {
	return s.store.RegisterImprovement(ctx, i)
}

// Ready returns nil when feedback can flow: ClickHouse answers with the right
// schema, and Kafka has given this process its place in the group.
func (s *Service) Ready(ctx context.Context) error {
	if !s.source.Assigned() {
		return errors.New("kafka: not in the consumer group yet")
	}
	if err := s.store.CheckSchema(ctx); err != nil {
		return fmt.Errorf("clickhouse: %w", err)
	}
	return nil
}

// AwaitLag waits until at most records are left to read, by the brokers' word,
// or until ctx ends.
func (s *Service) AwaitLag(ctx context.Context, records int64) error {
	return s.monitor.await(ctx, records)
}
