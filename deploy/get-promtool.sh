#!/usr/bin/env bash
# Builds the promtool that checks and tests deploy/prometheus, from its Go module, once
# by version, and prints its path: ${XDG_CACHE_HOME:-$HOME/.cache}/earshot/promtool/VERSION/promtool.
# $PROMTOOL, if it is set, names another one, which is taken instead.
set -euo pipefail
version=v0.316.0 # Prometheus 3.16.0, as Go numbers its module

fail() {
  echo "get-promtool: $*" >&2
  exit 1
}

if [[ -n ${PROMTOOL:-} ]]; then
  "$PROMTOOL" --version >/dev/null 2>&1 || fail "PROMTOOL names $PROMTOOL, which is no promtool that runs here: correct it, or unset it"
  echo "$PROMTOOL"
  exit 0
fi
[[ -n ${XDG_CACHE_HOME:-}${HOME:-} ]] || fail "there is no home directory to keep it in: set XDG_CACHE_HOME or PROMTOOL"
dir="${XDG_CACHE_HOME:-$HOME/.cache}/earshot/promtool/$version"
if [[ ! -x $dir/promtool ]]; then
  command -v go >/dev/null || fail "go is missing: install the Go that go.mod names, or set PROMTOOL to the path of a promtool"
  mkdir -p "$dir" || fail "cannot create $dir: set XDG_CACHE_HOME to a directory that you may write"
  temporary=$(mktemp -d "$dir/.build.XXXXXX")
  trap 'rm -rf "$temporary"' EXIT
  trap 'exit 130' INT TERM
  echo "get-promtool: building promtool $version, which takes some minutes the first time …" >&2
  # Rules need no service discovery, and with it the clients of twenty clouds.
  (cd "$temporary" && GO111MODULE=on GOWORK=off GOFLAGS='' CGO_ENABLED=0 GOBIN=$temporary \
    go install -trimpath -tags remove_all_sd "github.com/prometheus/prometheus/cmd/promtool@$version") >&2 ||
    fail "promtool $version could not be built: see the message above"
  mv -f "$temporary/promtool" "$dir/promtool"
fi
echo "$dir/promtool"
