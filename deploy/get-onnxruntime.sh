#!/usr/bin/env bash
# Fetches the ONNX Runtime library that earshot's deep tier runs on into the
# user's cache, by version, so that all clones share it:
#
#   ${XDG_CACHE_HOME:-~/.cache}/earshot/onnxruntime/VERSION/libonnxruntime.so
#
# It is a file of PyPI's package onnxruntime, fetched by pip; the library is
# the same in the wheels of all Python versions, and the Python of this machine
# need not be the wheel's. Everything is pinned to a version and checked
# against a checksum. If EARSHOT_ONNXRUNTIME names a file, that file is used
# and nothing is fetched.
#
# With --hint it fetches nothing either: where the library is absent, it says in
# one line how to get it, and it never fails.
set -euo pipefail

VERSION=1.32.0
dir="${XDG_CACHE_HOME:-${HOME:-}/.cache}/earshot/onnxruntime/$VERSION"
lib="$dir/libonnxruntime.so"

say() { printf 'onnxruntime: %s\n' "$*"; }
die() { printf 'onnxruntime: %s\n' "$*" >&2; exit 1; }

if [ "${1:-}" = --hint ]; then
  [ -f "${EARSHOT_ONNXRUNTIME:-$lib}" ] ||
    say "not here, so the fast tier hears; for the deep tier: make onnxruntime (fetches 28 MB)"
  exit 0
fi

if [ -n "${EARSHOT_ONNXRUNTIME:-}" ]; then
  [ -f "$EARSHOT_ONNXRUNTIME" ] || die "EARSHOT_ONNXRUNTIME names $EARSHOT_ONNXRUNTIME, which is not a file: correct it, or unset it"
  say "using $EARSHOT_ONNXRUNTIME (EARSHOT_ONNXRUNTIME)"
  exit 0
fi

if [ -f "$lib" ]; then
  say "$lib is there"
  exit 0
fi
[ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] || die "there is no home directory to keep it in: set XDG_CACHE_HOME or EARSHOT_ONNXRUNTIME"

# Platforms whose wheel has been fetched and tried: its SHA-256.
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)
    platform=manylinux_2_28_x86_64
    checksum=02ea12a28c069ea8510093d95a7f6ff8126bfd9fc5c0d3381c03b80fb2b424ba
    ;;
  *)
    die "no library is pinned for $(uname -s) on $(uname -m): set EARSHOT_ONNXRUNTIME to a libonnxruntime ${VERSION%.*} or later, or run on Linux on x86-64"
    ;;
esac

mkdir -p "$dir" || die "cannot create $dir: set XDG_CACHE_HOME to a directory that you may write"
if command -v flock >/dev/null; then
  # Two at once: the second waits and finds the file.
  exec 9>"$dir/.lock"
  flock 9
  if [ -f "$lib" ]; then
    say "$lib is there"
    exit 0
  fi
fi
work="$(mktemp -d "$dir/.fetch-XXXXXX")"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

python=
for p in python3 python; do
  if command -v "$p" >/dev/null && "$p" -m pip --version >/dev/null 2>&1; then
    python="$p"
    break
  fi
done
[ -n "$python" ] || die "pip is not here: install pip (Python 3), or set EARSHOT_ONNXRUNTIME to a libonnxruntime ${VERSION%.*} or later"

printf 'onnxruntime==%s --hash=sha256:%s\n' "$VERSION" "$checksum" >"$work/requirements.txt"
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
  --implementation cp --python-version 3.13 --abi cp313 --platform "$platform" \
  --dest "$work" --requirement "$work/requirements.txt" ||
  die "pip could not fetch onnxruntime $VERSION: try again with a network connection, or set EARSHOT_ONNXRUNTIME"
"$python" - "$work" "onnxruntime/capi/libonnxruntime.so.$VERSION" <<'PYTHON' || die "no space left in $dir, or the wheel holds no library"
import glob, shutil, sys, zipfile
work, name = sys.argv[1:]
with zipfile.ZipFile(glob.glob(work + "/onnxruntime-*.whl")[0]) as wheel:
    with wheel.open(name) as packed, open(work + "/libonnxruntime.so", "wb") as library:
        shutil.copyfileobj(packed, library)
PYTHON
mv -f "$work/libonnxruntime.so" "$lib" # within one file system: all or nothing
say "$lib"
