#!/bin/sh
# Prints the path of a Chromium that the browser tests drive: $CHROMIUM if that
# is set, else one that is installed, else one in the user's cache, else Debian's
# package chromium, which it installs: as root with apt-get, as anybody else,
# with the packages that it needs and that are missing, into
# ${XDG_CACHE_HOME:-$HOME/.cache}/earshot/chromium/VERSION.
set -eu

FONTS="fonts-dejavu-core fonts-noto-color-emoji" # what the screenshots are drawn with

say() { echo "get-chromium: $*" >&2; }
fail() {
	say "$*"
	exit 1
}

# A stub that only says how to install the real one does not answer.
answers() { "$1" --version >/dev/null 2>&1; }

print_installed() {
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		path=$(command -v "$name" || true)
		if [ -n "$path" ] && answers "$path"; then
			echo "$path"
			return
		fi
	done
	return 1
}

if [ -n "${CHROMIUM:-}" ]; then
	answers "$CHROMIUM" || fail "CHROMIUM names $CHROMIUM, which is no Chromium that runs here: correct it, or unset it"
	echo "$CHROMIUM"
	exit 0
fi
print_installed && exit 0

[ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] || fail "there is no home directory to keep it in: set XDG_CACHE_HOME or CHROMIUM"
parent=${XDG_CACHE_HOME:-$HOME/.cache}/earshot/chromium
newest=$(find "$parent" -mindepth 2 -maxdepth 2 -name chromium.sh 2>/dev/null | sort -V | tail -n 1)
if [ -n "$newest" ] && answers "$newest"; then
	echo "$newest"
	exit 0
fi

help="install Chromium or Chrome, or set CHROMIUM to the path of one"
for tool in apt-get apt-cache dpkg; do
	command -v "$tool" >/dev/null 2>&1 || fail "no Chromium is here, and no $tool to install Debian's: $help"
done

candidate() { apt-cache "$@" policy chromium | sed -n 's/^ *Candidate: *//p' | grep -v '^(none)$'; }

if [ "$(id -u)" = 0 ]; then
	say "installing Debian's package chromium …"
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086 # a list of packages
	install() { apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends install chromium $FONTS >&2; }
	# Lists that are old name files that the mirror has no more.
	install || { apt-get update -qq >&2 && install; } ||
		fail "apt-get could not install chromium, see its message above: $help"
	print_installed || fail "apt-get has installed chromium, which does not run: $help"
	exit 0
fi

# A folder by the final name is always whole: it is filled under another one.
mkdir -p "$parent" || fail "cannot create $parent: set XDG_CACHE_HOME to a directory that you may write"
partial=$(mktemp -d "$parent/.partial.XXXXXX")
trap 'rm -rf "$partial"' EXIT
trap 'exit 130' INT TERM

say "fetching Debian's package chromium (about 100 MB) …"
mkdir -p "$partial/apt/lists/partial" "$partial/apt/cache/archives/partial" "$partial/debs"
# The lists are fetched anew, because only root can renew the system's.
own="-o Dir::State::lists=$partial/apt/lists -o Dir::Cache=$partial/apt/cache -o Debug::NoLocking=1"
# shellcheck disable=SC2086 # a list of options
apt-get $own update -qq >&2 || fail "apt-get could not fetch its lists, see its message above: $help"
# shellcheck disable=SC2086
version=$(candidate $own) || fail "apt-get knows no package chromium: $help"
# shellcheck disable=SC2086
packages=$(apt-get $own -s -y --no-install-recommends install chromium $FONTS | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
[ -n "$packages" ] || fail "apt-get finds nothing to install for chromium: $help"
# shellcheck disable=SC2086
(cd "$partial/debs" && apt-get $own -qq download $packages >&2) ||
	fail "apt-get could not fetch chromium, see its message above: $help"
for deb in "$partial"/debs/*.deb; do
	dpkg -x "$deb" "$partial/root" || fail "no space left in $parent, or $(basename "$deb") is damaged"
done
rm -rf "$partial/apt" "$partial/debs"

# What was unpacked finds its libraries, fonts and itself below its own folder.
cat >"$partial/fonts.conf" <<'CONF'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
	<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
	<dir prefix="relative">root/usr/share/fonts</dir>
	<cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
CONF
cat >"$partial/chromium.sh" <<'SH'
#!/bin/sh
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
libraries=$(find "$here/root/usr/lib" "$here/root/lib" -maxdepth 1 -type d -name '*-linux-gnu*' 2>/dev/null | tr '\n' ':')
export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:-}" FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/root/usr/lib/chromium/chromium" "$@"
SH
chmod 755 "$partial" "$partial/chromium.sh"
answers "$partial/chromium.sh" || fail "chromium $version does not run here: $help"
# Whoever was first wins; mv would put a second one inside the first.
if ! mv -T "$partial" "$parent/$version" 2>/dev/null && ! answers "$parent/$version/chromium.sh"; then
	fail "cannot move chromium to $parent/$version"
fi
echo "$parent/$version/chromium.sh"
