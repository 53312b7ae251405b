package service

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/sourcegraph/conc/pool"

	"earshot/cmd/config"
	embeddedkafka "earshot/pipeline/kafka/embedded"
	embeddedclickhouse "earshot/sinks/clickhouse/embedded"
)

// embeddedServers are the servers that this process brings itself.
type embeddedServers struct {
	kafka      *embeddedkafka.Broker
	clickhouse *embeddedclickhouse.Server
}

// startEmbedded starts what c asks for, side by side.
func startEmbedded(ctx context.Context, c *config.Config, log *slog.Logger) (*embeddedServers, error) {
	e := &embeddedServers{}
	// The first error says enough: what keeps one from starting, such as another
	// process on the data, often keeps the other from it too.
	starts := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError()
	if dir := c.Kafka.Brokers.Dir; dir != "" {
		topics := []embeddedkafka.Topic{{Name: c.Kafka.DeadLetters}}
		for _, topic := range c.Topics() {
			topics = append(topics, embeddedkafka.Topic{Name: topic})
		}
		starts.Go(func(ctx context.Context) (err error) {
			e.kafka, err = embeddedkafka.Start(ctx, embeddedkafka.Options{Dir: dir, Addr: c.Kafka.Listen, Topics: topics, Logger: log})
			return err
		})
	}
	if dir, ok := c.ClickHouse.EmbeddedDir(); ok {
		starts.Go(func(ctx context.Context) (err error) {
			e.clickhouse, err = embeddedclickhouse.Start(ctx, embeddedclickhouse.Options{
				Dir: dir, Addr: c.ClickHouse.Listen, User: c.ClickHouse.Username, Password: c.ClickHouse.Password, Logger: log,
			})
			return err
		})
	}
	if err := starts.Wait(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// closeTimeout bounds the wait for queries under way in the embedded
// ClickHouse.
const closeTimeout = 10 * time.Second

// Close stops both servers.
func (e *embeddedServers) Close() error {
	var errs []error
	if e.clickhouse != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		errs = append(errs, e.clickhouse.Close(ctx))
	}
	if e.kafka != nil {
		errs = append(errs, e.kafka.Close())
	}
	return errors.Join(errs...)
}

// brokers returns the addresses of the brokers to use.
func (e *embeddedServers) brokers(c *config.Config) []string {
	if e.kafka != nil {
		return e.kafka.Brokers()
	}
	return c.Kafka.Brokers.Addresses
}

// clickhouseURL returns the URL of the ClickHouse to use.
func (e *embeddedServers) clickhouseURL(c *config.Config) string {
	if e.clickhouse != nil {
		return "http://" + e.clickhouse.Addr()
	}
	return c.ClickHouse.URL
}
