//go:build integration

package kafka_test

import (
	"testing"

	"earshot/pipeline/kafka/kafkatest"
)

func TestOnApacheKafka(t *testing.T) {
	suite(t, kafkatest.StartCluster(t, kafkatest.ClusterOptions{}))
}
