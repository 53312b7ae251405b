#!/bin/sh
# Fetches the jars of the Apache Kafka that the integration tests start, from
# the Maven repository that mvn is set up for, and prints the folder they are in:
# ${XDG_CACHE_HOME:-$HOME/.cache}/earshot/kafka/VERSION. Does nothing where they
# are already there.
set -eu

VERSION=4.4.0

fail() {
	echo "get-kafka: $*" >&2
	exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
parent=${XDG_CACHE_HOME:-$HOME/.cache}/earshot/kafka
jars=$parent/$VERSION

command -v java >/dev/null 2>&1 || fail "java is missing: install a Java runtime, 17 or newer (Debian: apt-get install default-jre-headless)"
if [ -f "$jars/kafka_2.13-$VERSION.jar" ]; then
	echo "$jars"
	exit 0
fi
command -v mvn >/dev/null 2>&1 || fail "mvn is missing: install Maven (Debian: apt-get install maven)"

# A folder by the final name is always whole: it is filled under another one.
mkdir -p "$parent"
partial=$(mktemp -d "$parent/.partial.XXXXXX")
trap 'rm -rf "$partial"' EXIT
trap 'exit 130' INT TERM
mvn -B -q -ntp -f "$here/kafka-test/pom.xml" dependency:copy-dependencies \
	-DincludeScope=runtime -DoutputDirectory="$partial" >&2 ||
	fail "Maven could not fetch Kafka $VERSION: see its message above"
[ -f "$partial/kafka_2.13-$VERSION.jar" ] ||
	fail "kafka_2.13-$VERSION.jar is not among what Maven fetched: do VERSION here and kafka.version in kafka-test/pom.xml agree?"
chmod 755 "$partial"
# Whoever was first wins; mv would put a second one inside the first.
if ! mv -T "$partial" "$jars" 2>/dev/null && [ ! -f "$jars/kafka_2.13-$VERSION.jar" ]; then
	mv "$partial" "$jars" || fail "cannot move the jars to $jars"
fi
echo "$jars"
