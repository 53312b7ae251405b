package kafkatest

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// layout is what the nodes of a cluster agree on.
type layout struct {
	options  ClusterOptions
	ports    []int    // of every node: clients, among the nodes, controllers, clients with something between
	keyStore string   // PEM file, "" without TLS
	between  []string // what clients dial instead, by node; none: there is no such listener
}

const portsPerNode = 4

func (l layout) client(number int) string {
	if l.options.Security == Plaintext {
		return l.internal(number)
	}
	return l.address(number, 0)
}
func (l layout) internal(number int) string   { return l.address(number, 1) }
func (l layout) controller(number int) string { return l.address(number, 2) }
func (l layout) indirect(number int) string   { return l.address(number, 3) }

func (l layout) address(number, which int) string {
	return fmt.Sprint("127.0.0.1:", l.ports[portsPerNode*(number-1)+which])
}

// properties is the configuration of a node.
func (l layout) properties(number int, dir string) string {
	var voters []string
	for n := 1; n <= l.options.Nodes; n++ {
		voters = append(voters, fmt.Sprintf("%d@%s", n, l.controller(n)))
	}
	inSync := 1
	if l.options.Nodes > 1 {
		inSync = 2
	}
	p := map[string]string{
		"process.roles":                  "broker,controller",
		"node.id":                        fmt.Sprint(number),
		"controller.quorum.voters":       strings.Join(voters, ","),
		"controller.listener.names":      "CONTROLLER",
		"inter.broker.listener.name":     "INTERNAL",
		"listeners":                      fmt.Sprintf("INTERNAL://%s,CONTROLLER://%s", l.internal(number), l.controller(number)),
		"listener.security.protocol.map": "INTERNAL:PLAINTEXT,BETWEEN:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
		"log.dirs":                       filepath.Join(dir, "data"),
		"auto.create.topics.enable":      "false",
		"default.replication.factor":     fmt.Sprint(l.options.Nodes),
		"min.insync.replicas":            fmt.Sprint(inSync),

		"offsets.topic.replication.factor":         fmt.Sprint(l.options.Nodes),
		"offsets.topic.num.partitions":             "4",
		"transaction.state.log.replication.factor": fmt.Sprint(l.options.Nodes),
		"transaction.state.log.min.isr":            fmt.Sprint(inSync),
		"transaction.state.log.num.partitions":     "4",

		// Waiting that production needs and tests do not: for further members
		// before the first of a group starts, and for a dead node's session
		// before it may come back.
		"group.initial.rebalance.delay.ms": "0",
		"group.min.session.timeout.ms":     "1000",
		"broker.heartbeat.interval.ms":     "500",
		"broker.session.timeout.ms":        "2500",
	}
	if l.options.Security == SASLSSL {
		p["listeners"] += ",SECURE://" + l.client(number)
		p["sasl.enabled.mechanisms"] = "SCRAM-SHA-512"
		p["listener.name.secure.sasl.enabled.mechanisms"] = "SCRAM-SHA-512"
		p["listener.name.secure.scram-sha-512.sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
		p["listener.name.secure.ssl.keystore.type"] = "PEM"
		p["listener.name.secure.ssl.keystore.location"] = l.keyStore
		p["listener.name.secure.ssl.client.auth"] = "none"
	}
	if l.between != nil {
		p["advertised.listeners"] = strings.Replace(p["listeners"], ",CONTROLLER://"+l.controller(number), "", 1) + ",BETWEEN://" + l.between[number-1]
		p["listeners"] += ",BETWEEN://" + l.indirect(number)
	}
	maps.Copy(p, l.options.Properties)
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(p)) {
		fmt.Fprintf(&b, "%s=%s\n", key, p[key])
	}
	return b.String()
}

// logConfig makes Kafka log what matters to its standard output.
const logConfig = `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
`
