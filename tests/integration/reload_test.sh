#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# reload_test.sh BINARY UNIT: the reload of the unit, as systemd does it: its commands one after
# another until one fails. A mistake fails it, is named, and never reaches the daemon.
set -u
binary=$(realpath "$1") unit=$2
t=$(mktemp -d); trap 'kill $pid 2>/dev/null; rm -rf "$t"' EXIT
failed=0
PATH=$(dirname "$binary"):$PATH
complain() { echo "reload_test.sh: $*"; cat "$t/said" "$t/daemon"; failed=1; }
export STICKYD_CONFIG_FILE=$t/stickyd.conf STICKYD_WEB_LISTEN_ADDRESS=127.0.0.1:0
: >"$t/access.log"
echo "log = $t/access.log" >"$t/stickyd.conf"
"$binary" watch 2>"$t/daemon" & pid=$!
until address=$(grep -oE '127\.0\.0\.1:[0-9]+' "$t/daemon" | head -n 1) && [ -n "$address" ]; do kill -0 $pid || exit 1; sleep 0.05; done
metric() {  # NAME
  exec 3<>"/dev/tcp/127.0.0.1/${address##*:}"
  printf 'GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  tr -d '\r' <&3 | sed -n "s/^stickyd_$1 //p"; exec 3>&-
}
reload() {
  local command
  while read -r command; do
    command=${command//'$MAINPID'/$pid}
    command=${command//'$$'/'$'}
    eval "$command" >>"$t/said" 2>&1 || return 1
  done < <(sed -n 's/^ExecReload=//p' "$unit")
}
until [ "$(metric config_last_reload_successful)" = 1 ]; do sleep 0.05; done
before=$(metric config_last_reload_timestamp_seconds)
printf 'idle = soon\nno-such-key = 1\n' >"$t/stickyd.conf"
reload && complain "a reload with mistakes did not fail"
grep -q 'stickyd.conf:1: ' "$t/said" && grep -q 'stickyd.conf:2: ' "$t/said" || complain "the mistakes are not named"
echo 'state-dir = /no/such/folder' >"$t/stickyd.conf"
reload && complain "a reload with a folder that is not there did not fail"
kill -0 $pid || complain "a reload that failed has stopped the daemon"
[ "$(metric config_last_reload_timestamp_seconds)" = "$before" ] || complain "a mistake has reached the daemon"
printf 'log = %s\nidle = 2h\n' "$t/access.log" >"$t/stickyd.conf"
rm "$t/access.log"  # between two steps of a rotation
reload || { complain "a reload without mistakes failed"; exit 1; }
until [ "$(metric config_last_reload_timestamp_seconds)" != "$before" ]; do kill -0 $pid || exit 1; sleep 0.05; done
[ "$(metric config_last_reload_successful)" = 1 ] || complain "the reload was not taken"
exit $failed
