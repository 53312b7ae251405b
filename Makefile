SHELL := /bin/bash
.DEFAULT_GOAL := build
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS := -s -w -X main.buildVersion=$(VERSION) -X main.buildCommit=$(COMMIT)

.PHONY: build
build: ## bin/earshot, without cgo
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/earshot ./cmd/earshot

.PHONY: engine
engine: ## the ClickHouse engine library, into a cache outside the clone
	@deploy/get-engine.sh

.PHONY: demo
demo: build engine ## embedded Kafka and ClickHouse, and a simulated telecom
	bin/earshot demo

