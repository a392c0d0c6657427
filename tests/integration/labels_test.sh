#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# labels_test.sh BINARY LOG: services whose names look alike once they are printed (a control byte and its
# escape, two that differ after thousands of bytes) make a scrape that Prometheus takes: every series once. It is where
# --web.telemetry-path says, and nowhere else.
set -eu
binary=$1 log=$2 pid=
t=$(mktemp -d)
trap 'kill $pid 2>/dev/null || true; rm -rf "$t"' EXIT
"$binary" watch --config.file /dev/null --log "$log" --from beginning --web.listen-address 127.0.0.1:0 \
  --web.telemetry-path /numbers 2>"$t/err" &
pid=$!
address=
wait_for() {  # COMMAND...: until it succeeds, or the test's time is over
  until "$@"; do kill -0 $pid; sleep 0.05; done
}
find_address() { address=$(grep -oE '127\.0\.0\.1:[0-9]+' "$t/err" | head -n 1); [ -n "$address" ]; }
wait_for find_address
scrape() {  # [PATH]
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "${1:-/numbers}" >&3
  tr -d '\r' <&3 | sed '1,/^$/d' >"$t/metrics"; exec 3>&-
}
all_read() { scrape; grep -qE '^stickyd_lines_total.* 4$' "$t/metrics"; }
wait_for all_read
promtool check metrics <"$t/metrics"
twice=$(sed '/^#/d; s/ [^ ]*$//' "$t/metrics" | sort | uniq -d)
[ -z "$twice" ] || { echo "series that come twice: $twice"; exit 1; }
[ "$(grep -c '^stickyd_sessions_total' "$t/metrics")" = 4 ]
scrape /metrics
! grep -q '^stickyd_' "$t/metrics" || { echo "metrics are where they should not be"; exit 1; }
kill -TERM $pid
wait $pid
