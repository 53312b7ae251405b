#!/usr/bin/env bash
# Builds the Prometheus Alertmanager that the integration tests start, from its
# Go module, once by version, and prints the path of its binary:
# ${XDG_CACHE_HOME:-$HOME/.cache}/earshot/alertmanager/VERSION/alertmanager.
set -euo pipefail
version=v0.34.2
module=github.com/prometheus/alertmanager

fail() {
  echo "get-alertmanager: $*" >&2
  exit 1
}

command -v go >/dev/null || fail "go is missing: install the Go that go.mod names"
dir="${XDG_CACHE_HOME:-$HOME/.cache}/earshot/alertmanager/$version"
if [[ ! -x $dir/alertmanager ]]; then
  mkdir -p "$dir"
  temporary=$(mktemp -d "$dir/.build.XXXXXX")
  trap 'rm -rf "$temporary"' EXIT
  trap 'exit 130' INT TERM
  source=$(cd "$temporary" && GO111MODULE=on go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
  [[ -n $source ]] || fail "go could not fetch $module@$version: see its message above"

  # The module embeds its pages, which only a release has built, so that `go install`
  # refuses it. The API needs none of them: one empty page stands in.
  cp -R "$source" "$temporary/source"
  chmod -R u+w "$temporary/source"
  mkdir -p "$temporary/source/ui/app/dist"
  echo '<!doctype html><title>Alertmanager without its pages</title>' >"$temporary/source/ui/app/dist/index.html"

  (cd "$temporary/source" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=mod go build -trimpath \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=${version#v}" \
    -o "$temporary/alertmanager" ./cmd/alertmanager) >&2 ||
    fail "Alertmanager $version could not be built: see the message above"
  mv -f "$temporary/alertmanager" "$dir/alertmanager"
fi
echo "$dir/alertmanager"
