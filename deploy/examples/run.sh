#!/usr/bin/env bash
# The example mappings, end to end: starts `earshot up`, sends files, kills it in
# the middle, sends them again, and compares the rows with what they must be.
#
#   deploy/examples/run.sh          a small sample of each file, made here
#   deploy/examples/run.sh DIR      the real files, from a folder that has
#                                   womens_clothing_reviews.csv.gz,
#                                   cfpb_complaints.csv.gz, apple_tweets.csv.gz,
#                                   abcd_sample.json, multidogo_media.train.tsv.gz
#
# Needs bin/earshot (make build engine), curl and python3; kcat and Python's
# clickhouse-connect are used where they are installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
earshot=$here/../../bin/earshot
data=$(mktemp -d)
up=

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
kafka=127.0.0.1:$(free_port) clickhouse=127.0.0.1:$(free_port) http=127.0.0.1:$(free_port) listen=127.0.0.1:$(free_port)

stop() { [[ -z $up ]] || { kill "-$1" "$up" 2>/dev/null || true; wait "$up" 2>/dev/null || true; up=; }; }
trap 'stop TERM; rm -rf "$data"' EXIT
start() {
  "$earshot" up --data "$data/earshot" --kafka "$kafka" --clickhouse "$clickhouse" --http "$http" --listen "$listen" >>"$data/log" 2>&1 &
  up=$!
  for _ in $(seq 300); do
    ! curl -sf "http://$listen/readyz" >/dev/null 2>&1 || return 0
    kill -0 "$up" 2>/dev/null || break
    sleep 0.1
  done
  cat "$data/log" >&2
  echo "earshot up does not become ready" >&2
  exit 1
}
query() { "$earshot" query --clickhouse "$clickhouse" --format tsv "$1" | tail -n +2; }
send() { "$earshot" send --brokers "$kafka" "$@"; }

# settled waits until nothing is left to read: two answers of the metrics in a
# row without lag, newer than the last send.
settled() {
  local quiet=0
  for _ in $(seq 600); do
    sleep 2.5
    if curl -sf "http://$listen/metrics" | python3 -c '
import sys
lag = [float(l.split()[-1]) for l in sys.stdin if l.startswith("earshot_consumer_lag_records{")]
sys.exit(0 if lag and sum(lag) == 0 else 1)'; then
      quiet=$((quiet + 1))
      [[ $quiet -lt 2 ]] || return 0
    else
      quiet=0
    fi
  done
  echo "the pipeline does not catch up" >&2
  exit 1
}
rows() { query "SELECT count() FROM feedback WHERE source = '$1'"; }
failed=0
expect() {
  if [[ $2 == "$3" ]]; then echo "ok    $1: $2"; else echo "WRONG $1: $2, want $3"; failed=1; fi
}

if [[ $# -gt 0 ]]; then
  files=$(cd "$1" && pwd)
else
  files=$data/sample
  mkdir "$files"
  python3 "$here/sample.py" "$files"
fi
clothing=$files/womens_clothing_reviews.csv.gz complaints=$files/cfpb_complaints.csv.gz tweets=$files/apple_tweets.csv.gz
chats=$files/abcd_sample.json turns=$files/multidogo_media.train.tsv.gz

# What must come out, counted by another program.
read -r n_clothing n_told n_untold n_tweets n_chats n_turns n_silent < <(python3 "$here/count.py" "$files")

send_all() {
  send --topic feedback.reviews --map "$here/clothing.yaml" "$clothing"
  send --topic feedback.tickets --map "$here/cfpb.yaml" "$complaints"
  send --topic feedback.social --map "$here/apple_tweets.yaml" "$tweets"
  send --topic feedback.calls --map "$here/abcd.yaml" "$chats"
  send --topic feedback.chats --map "$here/multidogo.yaml" "$turns"
}
check_all() {
  expect "$1: reviews" "$(rows feedback.reviews)" "$n_clothing"
  expect "$1: complaints told" "$(rows feedback.tickets)" "$n_told"
  expect "$1: tweets" "$(rows feedback.social)" "$n_tweets"
  expect "$1: chats" "$(rows feedback.calls)" "$n_chats"
  expect "$1: turns" "$(rows feedback.chats)" "$n_turns"
}
# Dead letters, each record once however often it was sent.
letters() {
  curl -sf "http://$listen/metrics" | python3 -c '
import sys
print(sum(int(float(l.split()[-1])) for l in sys.stdin if l.startswith("earshot_records_rejected_total{") and "topic=\"'"$1"'\"" in l))'
}

start
send_all
settled
check_all "sent once"
expect "complaints untold, as dead letters" "$(letters feedback.tickets)" "$n_untold"
expect "turns without words, as dead letters" "$(letters feedback.chats)" "$n_silent"
expect "agents' turns carry no sentiment" \
  "$(query "SELECT count() FROM feedback ARRAY JOIN sentences AS s WHERE source = 'feedback.calls' AND NOT arrayExists(t -> t.1 = 'customer' AND s.1 >= t.2 AND s.2 <= t.3, turns)")" 0

if command -v kcat >/dev/null; then
  send --topic feedback.chats --map "$here/multidogo.yaml" --dry-run "$turns" | kcat -P -b "$kafka" -t feedback.chats
  settled
  expect "turns, once more through kcat" "$(rows feedback.chats)" "$n_turns"
fi

send_all & sending=$!
sleep 0.7
stop KILL
wait "$sending" || true
start
send_all
settled
check_all "killed in the middle, sent again"

sql="SELECT channel, count(), avg(score) FROM feedback GROUP BY channel ORDER BY channel"
ours=$(query "SELECT channel, count() FROM feedback GROUP BY channel ORDER BY channel")
expect "the same through curl" "$(curl -sf "http://$clickhouse/?database=earshot" --data-binary "SELECT channel, count() FROM feedback GROUP BY channel ORDER BY channel")" "$ours"
if python3 -c 'import clickhouse_connect' 2>/dev/null; then
  expect "the same through clickhouse-connect" "$(python3 - "$clickhouse" <<'P'
import sys, clickhouse_connect
host, port = sys.argv[1].split(":")
client = clickhouse_connect.get_client(host=host, port=int(port), database="earshot")
for row in client.query("SELECT channel, count() FROM feedback GROUP BY channel ORDER BY channel").result_rows:
    print(*row, sep="\t")
P
)" "$ours"
fi
"$earshot" query --clickhouse "$clickhouse" "$sql"
exit "$failed"
