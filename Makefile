# earshot: `make demo` shows it, `make test` tests it, `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.buildVersion=$(VERSION) -X main.buildCommit=$(COMMIT)

# The race detector needs a C compiler; without one the tests run all the same.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

.PHONY: build
build: ## build bin/earshot, without cgo
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/earshot ./cmd/earshot
	@deploy/get-onnxruntime.sh --hint

.PHONY: engine
engine: ## fetch the ClickHouse engine library into a cache outside the clone
	@deploy/get-engine.sh

.PHONY: onnxruntime
onnxruntime: ## fetch the library that the deep tier runs on into a cache outside the clone
	@deploy/get-onnxruntime.sh

# For what is better with the deep tier and works without it.
.PHONY: try-onnxruntime
try-onnxruntime:
	@deploy/get-onnxruntime.sh || echo 'onnxruntime: going on with the fast tier alone'

.PHONY: kafka
kafka: ## fetch Apache Kafka for the integration tests into a cache outside the clone
	@deploy/get-kafka.sh

.PHONY: chromium
chromium: ## find the Chromium that tests look at the dashboard with, or fetch one
	@deploy/get-chromium.sh

.PHONY: promtool
promtool: ## build Prometheus' tool for the tests of its rules into a cache outside the clone
	@deploy/get-promtool.sh

.PHONY: alertmanager
alertmanager: ## build Alertmanager for the integration tests into a cache outside the clone
	@deploy/get-alertmanager.sh

.PHONY: demo
demo: try-onnxruntime build engine ## embedded Kafka and ClickHouse with a simulated telecom; Ctrl-C stops
	@bin/earshot demo

.PHONY: test
test: engine onnxruntime ## all tests that need nothing but this machine
	go vet ./...
	go test $(RACE) -timeout 15m ./...

.PHONY: test-integration
test-integration: build engine onnxruntime kafka chromium promtool alertmanager ## the tests on real Apache Kafka, in a real browser and with foreign ClickHouse clients
	go test -tags integration -timeout 20m -count 1 -run '^TestReal' ./...

.PHONY: test-browser
test-browser: build engine onnxruntime chromium ## the tests of the dashboard in Chromium alone
	go test -tags integration -timeout 20m -count 1 -run '^TestReal' ./cmd/dashboard/browser

.PHONY: screenshots
screenshots: build engine onnxruntime chromium ## draw the pictures in deploy/screenshots anew, of the demo with a fixed seed
	go test -tags integration -timeout 10m -count 1 -run '^TestScreenshots$$' ./cmd/dashboard/browser -args -screenshots $(CURDIR)/deploy/screenshots

# RELIABILITY=1 keeps the table of results in deploy/RELIABILITY.md, SEED=n repeats what was random.
FAULTS = cd cmd/faults && ../../bin/faults -test.run '^TestFaults$$' $(if $(SEED),-seed $(SEED)) $(if $(RELIABILITY),-reliability ../../deploy/RELIABILITY.md)

# Run by itself, and not by go test, which would hold its progress back.
.PHONY: build-faults
build-faults: build
	CGO_ENABLED=0 go build -trimpath -tags faults -ldflags '$(LDFLAGS)' -o bin/earshot-faults ./cmd/earshot
	go test -c -tags faults -o bin/faults ./cmd/faults

.PHONY: test-faults
test-faults: build-faults engine kafka ## break everything that can break and compare every row with what it must be (under 20 minutes)
	$(FAULTS) -test.timeout 25m

.PHONY: soak
soak: build-faults engine kafka ## the same for an hour, at random; FOR=20m: for that long
	$(FAULTS) -test.timeout 0 -soak $(or $(FOR),1h)

.PHONY: test-examples
test-examples: build engine ## the example mappings and commands, end to end, on a sample of each
	deploy/examples/run.sh

# Two cores, as the numbers are stated for, where there are more.
TWO_CORES := $(shell command -v taskset >/dev/null && echo taskset -c 0,1)

.PHONY: bench
bench: onnxruntime build engine kafka ## rate, visibility, start and memory of the whole, then its parts
	@echo "cores: $$(nproc)"
	$(TWO_CORES) go test -tags bench -run '^$$' -bench . -benchtime 1x -timeout 60m ./cmd/earshot
	$(TWO_CORES) go test -tags bench -run '^$$' -bench Rollups -benchtime 1x -timeout 30m ./sinks/clickhouse
	$(TWO_CORES) go test -tags bench -run '^$$' -bench Panels -benchtime 1x -timeout 40m ./deploy/grafana
	$(TWO_CORES) go test -tags bench -run '^$$' -bench Pages -benchtime 1x -timeout 40m ./cmd/dashboard
	go test -run '^$$' -bench . -benchtime 1s -cpu 1 ./nlp ./nlp/segment ./nlp/token ./nlp/language ./nlp/encoder
	go test -run '^$$' -bench . -benchtime 1s ./pipeline/decode ./pipeline/simulate ./pipeline/kafka/embedded ./sinks/clickhouse ./sinks/clickhouse/embedded

# Labelled and unlabelled public data, outside the repository (nlp/training/README.md).
DATA ?= ../shared/data
# The folder of the encoder that fine-tuning starts from.
EAR  ?= ../shared/models/ear

.PHONY: eval
eval: onnxruntime build ## accuracy, calibration, behaviours, topics and tags of both tiers; leave-one-domain-out of the fast one
	@for tier in fast deep; do \
		echo "== $$tier tier"; \
		bin/earshot eval --tier $$tier --confusion $(foreach f,$(wildcard nlp/corpus/*.dev.tsv $(DATA)/sentiment/*.dev.tsv.gz),--data $(f)) || exit 1; \
		bin/earshot eval --tier $$tier --behaviour nlp/testdata/behaviour --failures || exit 1; \
		bin/earshot eval --task topics --tier $$tier $(foreach f,$(wildcard nlp/corpus/*.dev.tsv),--data $(f)) || exit 1; \
	done
	@echo "== fast tier, trained on all sets but one, judged on that one"
	@bin/earshot train --leave-one-out --data nlp/corpus --data $(DATA)/sentiment

.PHONY: train
train: onnxruntime build ## train the fast tier and the language model, in Go (under 20 minutes on 2 cores)
	bin/earshot train --task language --data $(DATA)/sentiment --data nlp/corpus --out nlp/language/model.bin
	$(MAKE) build
	bin/earshot train --data $(DATA)/sentiment --data nlp/corpus --unlabelled $(DATA)/topics --unlabelled $(DATA)/sentiment \
		--name ear-fast@1 --out nlp/sentiment/fast.model
	$(MAKE) build
	bin/earshot train --task tags --data nlp/corpus --data $(DATA)/sentiment --out nlp/tag/tag.model
	bin/earshot train --task aspects --data nlp/corpus --data $(DATA)/sentiment --data $(DATA)/aspects/mams_atsa.train.tsv.gz \
		--out nlp/aspect/aspect.model

.PHONY: train-deep
train-deep: ## fine-tune the deep tier's encoder (Python, under 2 hours on 2 cores)
	python3 -m venv .venv-training
	.venv-training/bin/pip install -q -r nlp/training/requirements.txt
	.venv-training/bin/python nlp/training/finetune.py --start $(EAR) --data $(DATA) --corpus nlp/corpus --out build/ear-deep
	.venv-training/bin/python nlp/training/export.py build/ear-deep nlp/encoder/ear.onnx

.PHONY: fuzz
fuzz: ## every fuzz target for half a minute
	@go list ./... | while read -r package; do \
		dir=$$(go list -f '{{.Dir}}' $$package); \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9]+' $$dir/*_test.go 2>/dev/null | sed 's/func //'); do \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime 30s $$package || exit 1; \
		done; \
	done

.PHONY: lint
lint: ## the linter, with the dependency rule; installs itself into the cache
	@$$(deploy/get-tools.sh) run ./...

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
