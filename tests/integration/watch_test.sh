#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# watch_test.sh BINARY CORPUS: the daemon follows a log that is written in pieces, renamed in the
# middle, and truncated at the end; the counts on /metrics are those of analyze on the whole.
# CLF, because breaks in JSON may be held back for 30 s, here of the wall clock.
set -eu
binary=$1 corpus=$2
t=$(mktemp -d)
trap 'kill $pid 2>/dev/null || true; rm -rf "$t"' EXIT
xz -dc "$corpus/rc1_not_sticky.v1.7.34-clf/access.log.xz" >"$t/whole"
lines=$(wc -l <"$t/whole")
"$binary" analyze --config.file /dev/null --output json "$t/whole" >"$t/report.json"
: >"$t/access.log"
printf '[probe.nobody]\nurl = http://127.0.0.1:1/\n' >"$t/conf"
"$binary" watch --config.file "$t/conf" --log "$t/access.log" --traefik.url http://127.0.0.1:1 --web.listen-address 127.0.0.1:0 \
  --web.enable-lifecycle --events "$t/events" 2>"$t/err" &
pid=$!
address=
wait_for() {  # COMMAND...: until it succeeds, or the test's time is over
  until "$@"; do kill -0 $pid; sleep 0.05; done
}
find_address() { address=$(grep -oE '127\.0\.0\.1:[0-9]+' "$t/err" | head -n 1); [ -n "$address" ]; }
wait_for find_address
ask() {  # METHOD PATH
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf '%s %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" "$2" >&3
  cat <&3; exec 3>&-
}
get() { ask GET "$1"; }  # PATH
lines_are() { get /metrics | grep -E '^stickyd_lines_total' | grep -qE " $1\$"; }
is_ready() { get /-/ready | grep -q '200 OK'; }
wait_for is_ready
third=$((lines / 3))
head -n $third "$t/whole" | head -c -5 >>"$t/access.log"   # the last line is not whole yet
wait_for lines_are $((third - 1))
head -n $third "$t/whole" | tail -c 5 >>"$t/access.log"
wait_for lines_are $third
# rename rotation: the old file still gets lines after the new one is there
mv "$t/access.log" "$t/access.log.1"
sed -n "$((third + 1)),$((third + 10))p" "$t/whole" >>"$t/access.log.1"
wait_for lines_are $((third + 10))
sed -n "$((third + 11)),$((2 * third))p" "$t/whole" >"$t/access.log"
wait_for lines_are $((2 * third))
# copytruncate
: >"$t/access.log"
truncated() { get /metrics | grep -E '^stickyd_source_rotations_total.*trunc' | grep -qvE ' 0$'; }
wait_for truncated
sed -n "$((2 * third + 1)),\$p" "$t/whole" >>"$t/access.log"
wait_for lines_are "$lines"
reload_time() { get /metrics | grep '^stickyd_config_last_reload_timestamp_seconds'; }
reloaded() { [ "$(reload_time)" != "$before" ]; }
before=$(reload_time)
kill -HUP $pid
wait_for reloaded
before=$(reload_time)
ask POST /-/reload | grep -q '202 Accepted'
wait_for reloaded
get /metrics | grep -q '^stickyd_config_last_reload_successful 1'
# SIGUSR1 opens the file of events anew, and reloads nothing.
before=$(reload_time)
mv "$t/events" "$t/events.1"
kill -USR1 $pid
wait_for test -e "$t/events"
[ "$(reload_time)" = "$before" ]
probed() { get /metrics | grep -q '^stickyd_probe_result'; }
wait_for probed
get /metrics | tr -d '\r' | sed '1,/^$/d' >"$t/metrics"
promtool check metrics <"$t/metrics"
# A real scrape has the names, types and labels of docs/METRICS.md, those that only the API gives aside, and no others.
cd "$(dirname "$0")/../.."
diff <(awk '/^# TYPE/ {name = $3; type = $4; new = 1; next}
    /^#/ || !new {next}
    {labels = ""; new = 0
     while (match($0, /[a-z]+="[^"]*"/)) {
       label = substr($0, RSTART, index(substr($0, RSTART), "=") - 1)
       if (label != "le") labels = labels (labels == "" ? "" : ", ") label
       $0 = substr($0, RSTART + RLENGTH)
     }
     print name " | " type " | " labels}' "$t/metrics" | sort) \
  <(sed -n 's/^| `\([a-z_]*\)` | \([a-z]* | [a-z, ]*\) | .*/\1 | \2/p' docs/METRICS.md | grep -vE '^stickyd_(service|audit)_' | sort)
breaks=$(awk '/^stickyd_breaks_total/ {n += $NF} END {print n}' "$t/metrics")
want=$(jq '[.services[] | .breaks] | add' "$t/report.json")
[ "$want" -gt 100 ]
[ "$breaks" = "$want" ] || { echo "breaks: watch $breaks, analyze $want"; exit 1; }
# read = parsed + unparsed + skipped
awk '/^stickyd_lines_total/ {a += $NF} /^stickyd_lines_(parsed|unparsed|skipped)_total/ {b += $NF}
  END {if (a != b) {print "lines: " a " read, " b " accounted for"; exit 1}}' "$t/metrics"
get / | grep -q '<html'
kill -TERM $pid
wait $pid
