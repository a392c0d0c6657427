#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# command_line_test.sh BINARY: what people type and read: what is left out, said once, coloured,
# interrupted.
set -u
binary=$(realpath "$1")
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 1
failed=0
complain() { echo "command_line_test.sh: $*"; head -n 20 out err 2>/dev/null; failed=1; }
run() { "$binary" "$@" >out 2>err </dev/null; code=$?; }
analyze() { run analyze --config.file /dev/null "$@"; }
says() { grep -qF -- "$1" out err; }  # TEXT

# Traefik's own services are read and counted, and shown only where asked for.
cat >own.log <<END
10.0.0.9 - - [05/Jan/2026:09:00:01 +0000] "GET /api HTTP/1.1" 200 5 "-" "-" 1 "api@internal" "-" 1ms
10.0.0.9 - - [05/Jan/2026:09:00:01 +0000] "GET /ping HTTP/1.1" 200 5 "-" "-" 2 "ping@internal" "-" 1ms
10.0.0.9 - - [05/Jan/2026:09:00:02 +0000] "GET / HTTP/1.1" 200 5 "-" "-" 3 "shop@file" "http://10.0.0.1:80" 1ms
END
analyze own.log
says "Lines: 3 read = 3 parsed + 0 unparsed + 0 skipped" || complain "internal lines are not counted"
! says @internal && says shop@file || complain "internal services are shown"
analyze --output json own.log
[ "$(jq -c '[.services[].service]' out)" = '["shop@file"]' ] || complain "internal services are in JSON"
analyze --internal-services own.log
says api@internal && says ping@internal || complain "--internal-services does not show them"
analyze --internal-services --output json own.log
[ "$(jq -c '[.services[].service] | sort' out)" = '["api@internal","ping@internal","shop@file"]' ] ||
  complain "--internal-services --output json"
"$binary" watch --config.file /dev/null --web.listen-address 127.0.0.1:0 --from beginning --log own.log 2>err & pid=$!
address=
until address=$(grep -oE '127\.0\.0\.1:[0-9]+' err | head -n 1) && [ -n "$address" ]; do kill -0 $pid || exit 1; sleep 0.05; done
get() { exec 3<>"/dev/tcp/127.0.0.1/${address##*:}"; printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3; cat <&3; exec 3>&-; }
until get /metrics >out; grep -q '^stickyd_requests_total{service="shop@file"' out; do kill -0 $pid || exit 1; sleep 0.05; done
get / >>out
says @internal && complain "internal services are on the page or in the metrics"
grep -qE '^stickyd_lines_parsed_total.* 3\b' out || complain "internal lines are not counted in the metrics"
kill $pid; wait $pid

# What cannot be read is said once.
analyze missing own.log
[ $code = 1 ] && [ "$(cat out err | grep -c missing)" = 1 ] || complain "a missing file is not said once"
says "Problems: 1 on standard error" || complain "the report does not say that it lacks a file"
analyze missing; [ "$(cat out err | grep -c missing)" = 1 ] || complain "a missing file alone is not said once"
run explain --config.file /dev/null --line 1 missing
[ $code = 1 ] && [ "$(cat out err | wc -l)" = 1 ] || complain "explain says more than that the file is missing"
: >empty; run explain --config.file /dev/null --line 1 empty
[ $code = 1 ] && says "no such record" || complain "explain says nothing of an empty file"
mkdir folder; cp own.log folder/access.log
analyze folder; [ $code = 1 ] && says "folder: is a directory: name its files, as in folder/*.log*" || complain "a folder"
analyze folder/*.log*; [ $code = 0 ] || complain "what is to be typed for a folder fails"

# Ctrl-C: the report so far, also where the input's writer says nothing. The log is longer than any
# pipe, so that it has been read when it has been written.
"$binary" simulate --config.file /dev/null --requests 3000 --log-file a.log
mkfifo pipe
interrupted() {  # ARGUMENT...
  "$binary" analyze --config.file /dev/null "$@" pipe >out 2>err & local pid=$!
  exec 4>pipe; cat a.log >&4
  kill -INT $pid; wait $pid; code=$?
  exec 4>&-
}
interrupted --verdicts verdicts
[ $code = 130 ] && says "Interrupted: this report is of a part of the input." || complain "Ctrl-C: exit $code"
[ "$(sed -n 's/^Lines: \([0-9]*\) read.*/\1/p' out)" -gt 100 ] || complain "Ctrl-C: no numbers"
[ "$(wc -l <verdicts)" = "$(sed -n 's/^Lines: .* = \([0-9]*\) parsed.*/\1/p' out)" ] || complain "Ctrl-C: verdicts are missing"
interrupted --output json
[ $code = 130 ] && jq -e '.interrupted and (.lines | .read > 100 and .read == .parsed + .unparsed + .skipped)' out >/dev/null ||
  complain "Ctrl-C, JSON: exit $code"
analyze a.log; [ $code = 0 ] && ! says Interrupted || complain "a whole report says that it is interrupted"

# Colours: on a terminal, unless NO_COLOR says no; where they are asked for.
escape=$'\e['
coloured() { grep -qF "$escape" out; }
terminal() { script -qefc "$*" /dev/null >out </dev/null; }
TERM=xterm NO_COLOR='' terminal "'$binary' analyze --config.file /dev/null --no-progress a.log" && coloured || complain "no colours on a terminal"
TERM=xterm NO_COLOR=1 terminal "'$binary' analyze --config.file /dev/null --no-progress a.log"; coloured && complain "NO_COLOR: colours"
TERM=dumb NO_COLOR='' terminal "'$binary' analyze --config.file /dev/null --no-progress a.log"; coloured && complain "TERM=dumb: colours"
TERM=xterm terminal "'$binary' analyze --config.file /dev/null --no-progress --color never a.log"; coloured && complain "never: colours"
analyze a.log; coloured && complain "colours in a file"
NO_COLOR=1 analyze --color always a.log; coloured || complain "always: no colours"
analyze --color always --output json a.log; coloured && complain "colours in JSON"

# What simulate writes, and where.
run simulate --config.file /dev/null --requests 500 --rotate 60000 --truth truth --api api --log-file r.log
[ $code = 0 ] && [ "$(cat r.log r.log.1 | wc -l)" -lt 501 ] && [ "$(wc -c <r.log.1)" -ge 60000 ] && [ "$(wc -c <r.log.1)" -lt 63000 ] ||
  complain "--rotate"
[ "$(jq -r .line truth | wc -l)" = 500 ] || complain "--truth"
[ -s "$(find api -name rawdata.json | head -n 1)" ] || complain "--api"
run simulate --config.file /dev/null --requests 3 --start now
grep -q "\"StartUTC\":\"$(date -u +%Y-%m-%d)" out || [ "$(date -u +%H%M)" = 0000 ] || complain "--start now"
before=$(date +%s%N)
run simulate --config.file /dev/null --requests 100 --rate 200 --sockets 0 --speed 1
[ "$(wc -l <out)" = 100 ] && [ $(($(date +%s%N) - before)) -ge 200000000 ] || complain "--speed: half a second takes less"

# What was meant.
meant() {  # SUGGESTION ARGUMENT...
  local suggestion=$1; shift
  run "$@"; [ $code -ge 2 ] && grep -qF "did you mean $suggestion?" err || complain "$*: no suggestion of $suggestion"
}
meant analyze anaylze
meant watch wacth
meant --version --verison
meant --output analyze --outptu json
meant json analyze --output jsn
meant server_gone cause server_gon
meant not_sticky simulate --fault not-sticky

# Which one it is, whatever the configuration is.
run --version; cp out version
for words in version "analyze --version"; do
  STICKYD_IDLE=soon run $words
  [ $code = 0 ] && cmp -s out version || complain "stickyd $words is not stickyd --version"
done

# --help is as wide as it may be, and 80 columns where nothing says how wide.
widest() { tr -d '\r' <out | grep -v '^  stickyd\|^usage' | wc -L; }
unset COLUMNS
run analyze --help; [ "$(widest)" -le 80 ] && [ "$(widest)" -gt 70 ] || complain "--help is $(widest) wide, not 80"
COLUMNS=60 run analyze --help; [ "$(widest)" -le 60 ] && [ "$(widest)" -gt 50 ] || complain "--help is $(widest) wide, not 60"
terminal "stty cols 110; '$binary' analyze --help"
[ "$(widest)" -le 110 ] && [ "$(widest)" -gt 90 ] || complain "--help is $(widest) wide on a terminal of 110"
exit $failed
