#!/usr/bin/env bash
# Installs the linter into a cache outside the clone, by version, once.
set -euo pipefail
version=v2.15.0
dir="${XDG_CACHE_HOME:-$HOME/.cache}/earshot/golangci-lint/$version"
if [[ ! -x $dir/golangci-lint ]]; then
  mkdir -p "$dir"
  temporary=$(mktemp -d "$dir/.build.XXXXXX")
  trap 'rm -rf "$temporary"' EXIT
  GOBIN=$temporary go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version" >&2
  mv -f "$temporary/golangci-lint" "$dir/golangci-lint"
fi
echo "$dir/golangci-lint"
