#!/usr/bin/env bash
# Fetches the ClickHouse engine library that earshot embeds into the user's
# cache, by version, so that clones share it:
#
#   ${XDG_CACHE_HOME:-~/.cache}/earshot/chdb/VERSION/libchdb.so
#
# It comes from the npm package @chdb/lib-PLATFORM; where npm is missing, from
# pip's chdb-core. Both are pinned to a version and a checksum. If EARSHOT_CHDB
# names a file, that file is used and nothing is fetched.
set -euo pipefail

VERSION=26.5.3

# SHA-512 of the npm package, in the form of npm's own integrity field.
npm_integrity() {
  case "$1" in
    linux-x64-gnu) echo 'fPrLmRt5Moor9yGz4mazbrNje4t7X9KB2mTGkXFWRxRBs2iKy8yh6jx11xsa0Qr3iDFMU/yHqd+bVdYJXu3QaQ==' ;;
  esac
}

say() { printf 'engine: %s\n' "$*"; }
die() { printf 'engine: %s\n' "$*" >&2; exit 1; }

if [ -n "${EARSHOT_CHDB:-}" ]; then
  [ -f "$EARSHOT_CHDB" ] || die "EARSHOT_CHDB names $EARSHOT_CHDB, which is not a file: correct it, or unset it"
  say "using $EARSHOT_CHDB (EARSHOT_CHDB)"
  exit 0
fi

dir="${XDG_CACHE_HOME:-$HOME/.cache}/earshot/chdb/$VERSION"
lib="$dir/libchdb.so"
if [ -f "$lib" ]; then
  say "$lib is there"
  exit 0
fi
