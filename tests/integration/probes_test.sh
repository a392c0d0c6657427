#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# probes_test.sh BINARY: probes that the daemon runs. The sites are daemons too: one that sets no cookie, and
# one that is stopped, so that it takes connections and never answers. Neither a reload nor the end waits for it.
set -eu
binary=$1
t=$(mktemp -d)
pids=()
trap 'for pid in ${pids[@]}; do kill -CONT $pid; kill $pid; done 2>/dev/null || true; rm -rf "$t"' EXIT
: >"$t/access.log"
watch() {  # NAME: a daemon with NAME.conf; sets pid and address
  "$binary" watch --config.file "$t/$1.conf" --log "$t/access.log" --web.listen-address 127.0.0.1:0 2>"$t/$1.err" & pid=$!
  pids+=($pid)
  until address=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$t/$1.err" | head -n 1) && [ -n "$address" ]; do kill -0 $pid; sleep 0.05; done
  address=${address#http://}
}
: >"$t/site.conf"
watch site; site=$address
watch site; silent=$address silent_pid=$pid
kill -STOP $silent_pid
cat >"$t/prober.conf" <<CONF
[probe.plain]
url = http://$site/-/healthy
interval = 10m
[probe.silent]
url = http://$silent/
interval = 1h
timeout = 1h
CONF
"$binary" check --config.file "$t/prober.conf" --log.optional >/dev/null
watch prober; prober=$address prober_pid=$pid
begin() {  # PATH HEADER...: asks on descriptor 3
  local path=$1; shift
  exec 3<>"/dev/tcp/${prober%:*}/${prober##*:}"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n' "$path" >&3
  printf '%s\r\n' "$@" "" >&3
}
get() { begin "$@"; tr -d '\r' <&3; exec 3>&-; }
has() { get /metrics | grep -qxF "$1"; }
wait_for() { until "$@"; do kill -0 $prober_pid; sleep 0.05; done; }

# The scheduled run; that of the silent site is due half a minute later.
wait_for has 'stickyd_probe_result{target="plain",verdict="broken",cause="not_sticky"} 1'
has 'stickyd_probe_runs_total{target="silent",verdict="sticky"} 0'
get / | grep -q 'class="bad">broken<'
wait_for grep -q 'level=warning msg="probe plain of ' "$t/prober.err"  # within a second of the metrics
get /metrics | sed '1,/^$/d' | promtool check metrics

# What is asked for, at once.
get '/probe?target=plain' >"$t/said"
grep -q '200 OK' "$t/said"; grep -qx 'probe_success 0' "$t/said"
grep -qxF 'stickyd_probe_result{target="plain",verdict="broken",cause="not_sticky"} 1' "$t/said"
sed '1,/^$/d' "$t/said" | promtool check metrics
get '/probe?target=plain&debug=true' | grep -q '^1 first visit$'
get '/probe?target=other' | grep -q ' 400 '

# A site that does not answer holds up nobody, and the scraper's patience ends it.
# Of two connections the server may read the second one first: then that one runs.
silent_runs() { begin '/probe?target=silent'; exec 4<&3-; get '/probe?target=plain' | grep -q ' 503 '; }
wait_for silent_runs
get /-/healthy | grep -q '200 OK'
has 'stickyd_probe_success{target="silent"} 0'

# A reload takes the target away; the run that somebody waits for goes on, and is nobody else's.
printf '[probe.plain]\nurl = http://%s/-/ready\ninterval = 10m\nidle = 1h\n' "$site" >"$t/prober.conf"
"$binary" check --config.file "$t/prober.conf" --log.optional 2>"$t/said" && exit 1
grep -q 'prober.conf:4: unknown option .*; idle is in no section' "$t/said"
sed -i '/idle/d' "$t/prober.conf"
kill -HUP $prober_pid
gone() { ! get /metrics | grep -q 'target="silent"'; }
wait_for gone
get '/probe?target=silent' | grep -q ' 400 '

# The end does not wait for it either.
kill -TERM $prober_pid
wait $prober_pid
[ -z "$(cat <&4)" ]
# A patience that ends.
printf '[probe.silent]\nurl = http://%s/\ninterval = 1h\ntimeout = 1h\n' "$silent" >"$t/prober.conf"
watch prober; prober=$address prober_pid=$pid
get '/probe?target=silent' 'X-Prometheus-Scrape-Timeout-Seconds: 0.8' >"$t/said"
grep -qx 'probe_success 0' "$t/said"
grep -qF 'stickyd_probe_result{target="silent",verdict="unsure",' "$t/said"
# This time it is the scheduled run that is under way: it began at once, and would take an hour.
kill -TERM $prober_pid
wait $prober_pid
