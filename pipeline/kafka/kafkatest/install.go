package kafkatest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// version is the Kafka that deploy/get-kafka.sh fetches.
const version = "4.4.0"

// errNotInstalled says how to get what the rig needs.
var errNotInstalled = errors.New("the tests with a real Kafka need it: run `make kafka`")

// installation is where Kafka's programs are.
type installation struct {
	java string
	jars string // the folder
}

// findKafka looks where deploy/get-kafka.sh puts the jars.
func findKafka() (installation, error) {
	java, err := exec.LookPath("java")
	if err != nil {
		return installation{}, fmt.Errorf("%w, after installing a Java runtime, 17 or newer: %w", errNotInstalled, err)
	}
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return installation{}, err
		}
		cache = filepath.Join(home, ".cache")
	}
	jars := filepath.Join(cache, "earshot", "kafka", version)
	if _, err := os.Stat(filepath.Join(jars, "kafka_2.13-"+version+".jar")); err != nil {
		return installation{}, fmt.Errorf("%w: %w", errNotInstalled, err)
	}
	return installation{java: java, jars: jars}, nil
}

// command is a Java program of Kafka's. A small heap, one thread for collecting
// garbage and the quick compiler alone suit tests: it starts in half the time.
func (i installation) command(logConfig, class string, args ...string) *exec.Cmd {
	return exec.Command(i.java, append([]string{
		"-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
		"-Djava.awt.headless=true", "-Dlog4j2.configurationFile=file:" + logConfig,
		"-cp", filepath.Join(i.jars, "*"), class,
	}, args...)...)
}
