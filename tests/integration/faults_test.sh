#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# faults_test.sh BINARY: readers of events that stop, are not there, go and come back; a log's name that
# leads to a device or in a circle. The daemon goes on, tells, and ends when it is told to.
# Every wait is for a counter on /metrics or for a process.
set -eu
binary=$1
t=$(mktemp -d)
pid=
finish() { [ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$t"; }
trap finish EXIT; [ -z "${TRACE:-}" ] || set -x
what=start
fail() { echo "faults_test.sh: line $1 ($what)"; cat "$t/err"; exit 1; }
trap 'fail $LINENO' ERR
wait_for() {  # COMMAND...: until it succeeds, or the test's time is over
  until "$@"; do kill -0 "$pid"; sleep 0.02; done
}
find_address() { address=$(grep -oE '127\.0\.0\.1:[0-9]+' "$t/err" | head -n 1); [ -n "$address" ]; }
get() {  # PATH
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
  cat <&3; exec 3>&-
}
metric() { get /metrics | tr -d '\r' | awk -v name="^stickyd_$1" '$0 ~ name {n += $NF} END {print n + 0}'; }
is() { [ "$(metric "$1")" = "$2" ]; }
is_at_least() { [ "$(metric "$1")" -ge "$2" ]; }
is_ready() { get /-/ready | grep -q '200 OK'; }
started() { wait_for find_address; wait_for is_ready; }
stop() { kill -TERM "$pid"; wait "$pid"; pid=; }
whole_lines() { jq -es 'length > 0 and all(.[]; .event == "sticky_break")' "$1" >/dev/null; }
watch=("$binary" watch --config.file /dev/null --web.listen-address 127.0.0.1:0 --events.per-minute 1000000)
"$binary" simulate --fault not_sticky --requests 30000 --log-file "$t/whole.log"
lines=$(wc -l <"$t/whole.log")
split -n l/3 "$t/whole.log" "$t/part."  # part.aa, part.ab, part.ac

what="standard output is a pipe whose reader does not read"
mkfifo "$t/pipe"
: >"$t/err"
"${watch[@]}" --log "$t/whole.log" --from beginning --events - >"$t/pipe" 2>"$t/err" &
pid=$!
exec 7<"$t/pipe"
started
wait_for is lines_total "$lines"
wait_for is_at_least 'events_total.*dropped' 1
is 'events_total.*failed' 0
is source_up 1
stop
cat <&7 >"$t/got"
exec 7<&-
whole_lines "$t/got"

what="standard output and error are one pipe whose reader does not read"
: >"$t/err"
"${watch[@]}" --log "$t/whole.log" --from beginning --events - >"$t/pipe" 2>&1 &
pid=$!
exec 7<"$t/pipe"
until read -r -u 7 first; do kill -0 "$pid"; done  # where it serves
echo "$first" >"$t/err"
started
wait_for is lines_total "$lines"
wait_for is_at_least 'events_total.*dropped' 1
stop
cat <&7 >"$t/got"
exec 7<&-
grep '^{' "$t/got" >"$t/events.jsonl"
whole_lines "$t/events.jsonl"
if grep -v -e '^{' -e '^time=' "$t/got"; then false; fi  # both in whole lines

what="a FIFO that nobody reads at the start, whose reader goes, and another one comes"
mkfifo "$t/events"
cp "$t/part.aa" "$t/access.log"
: >"$t/err"
"${watch[@]}" --log "$t/access.log" --events "$t/events" 2>"$t/err" &
pid=$!
started
written=0
for part in ab ac; do
  cat "$t/part.$part" >>"$t/access.log"
  written=$((written + $(wc -l <"$t/part.$part")))
  wait_for is lines_total $written
  before=$(metric 'events_total.*written')
  cat "$t/events" >"$t/got" &
  reader=$!
  wait_for is_at_least 'events_total.*written' $((before + 1000))
  kill $reader; wait $reader || true
done
stop

what="a FIFO whose reader does not see its end when the daemon starts"
cat "$t/events" >"$t/got" &
reader=$!
: >"$t/err"
"${watch[@]}" --log "$t/whole.log" --from beginning --events "$t/events" 2>"$t/err" &
pid=$!
started
wait_for is lines_total "$lines"
wait_for is_at_least 'events_total.*written' 1000
stop
wait $reader
whole_lines "$t/got"

what="a log's name that leads to a device, then in a circle, then to a log"
mkdir "$t/log"
log=$t/log/access.log
ln -s /dev/zero "$log"
: >"$t/err"
"${watch[@]}" --log "$log" 2>"$t/err" &
pid=$!
wait_for find_address
wait_for is source_up 0
if is_ready; then false; fi  # no log is read
is source_read_bytes_total 0
grep -q 'access.log: is a character device, which may never end: name a regular file or a FIFO' "$t/err"
ln -sfn "$t/log/other" "$log"
ln -s "$log" "$t/log/other"
rm "$log"
cp "$t/whole.log" "$log"
wait_for is source_up 1
is_ready
wait_for is lines_total "$lines"
stop
