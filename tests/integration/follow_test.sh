#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# follow_test.sh BINARY: real files, real logrotate, inotify and polling: every line counted once.
# A writer as Traefik: it appends through an open descriptor and opens the path again when told.
# Every wait is for a counter on /metrics.
set -eu; [ -z "${TRACE:-}" ] || set -x
binary=$1
t=$(mktemp -d)
pid=
finish() { [ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$t"; }
trap finish EXIT
count=0
write() {  # LINES: through descriptor 5
  local i
  for ((i = 0; i < $1; ++i)); do
    count=$((count + 1))
    printf '10.1.%d.%d - - [05/Jan/2026:%02d:%02d:%02d +0000] "GET / HTTP/1.1" 200 5 "-" "-" %d "shop@file" "http://10.0.0.1:80" 1ms\n' \
      $((count / 200)) $((count % 200)) $((9 + count / 3600)) $((count / 60 % 60)) $((count % 60)) $count
  done >&5
}
reopen() { exec 5>>"$log"; }
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
all_read() { wait_for is lines_total $count; }
start() {  # OPTION...
  : >"$t/err"
  "$binary" watch --config.file /dev/null --web.listen-address 127.0.0.1:0 "$@" 2>"$t/err" &
  pid=$!
  wait_for find_address
  wait_for is_ready
}
stop() {
  # read = parsed + unparsed + skipped; nothing missing, nothing twice
  [ "$(metric lines_total)" = $count ]
  [ "$(metric lines_parsed_total)" = $count ]
  [ "$(metric requests_total)" = $count ]
  [ "$(metric log_missing_requests_total)" = 0 ]
  [ "$(metric log_restarts_total)" = 0 ]
  [ "$(metric source_up)" = 1 ]
  kill -TERM $pid
  wait $pid
  pid=
}
fail() { echo "follow_test.sh: line $1 ($what)"; cat "$t/err"; exit 1; }
trap 'fail $LINENO' ERR

rotate() {  # OPTIONS: of logrotate
  printf '%s {\n rotate 3\n size 1\n missingok\n nocompress\n su %s %s\n %s\n}\n' \
    "$log" "$(id -un)" "$(id -gn)" "$1" >"$t/logrotate.conf"
  chmod 644 "$t/logrotate.conf"
  logrotate -f -s "$t/logrotate.state" "$t/logrotate.conf"
}

for mode in "" --poll; do
  for pattern in access.log 'access.log*'; do
    what="$mode $pattern"
    folder=$t/log
    rm -rf "$folder"; mkdir "$folder"
    log=$folder/access.log
    count=0
    reopen
    # shellcheck disable=SC2086
    start --log "$folder/$pattern" $mode
    for round in 1 2 3 4; do
      write 150
      rotate create
      write 20  # Traefik was not told yet
      reopen
      write 150
      all_read  # a file that came and went between two looks has never been seen
      rotate nocreate
      write 20
      all_read
      reopen
      write 50
      all_read  # what copytruncate would lose for want of time
      rotate copytruncate
      write 30
      all_read
    done
    wait_for is_at_least 'source_rotations_total.*rename' 8
    # deleted and made again, then the whole folder
    rm "$log"; reopen; write 10; all_read
    mv "$folder" "$t/away"; mkdir "$folder"; reopen; write 10; all_read
    wait_for is 'source_rotations_total.*truncate' 4
    stop
    rm -rf "$t/away"
  done
done

what=fifo
log=$t/fifo; count=0
mkfifo "$log"
start --log "$log"
for round in 1 2 3; do
  exec 5>"$log"; write 100; exec 5>&-
  all_read
done
stop

what=stdin
count=0
mkfifo "$t/pipe"
exec 6<>"$t/pipe"  # so that opening it waits for nobody
: >"$t/err"
"$binary" watch --config.file /dev/null --web.listen-address 127.0.0.1:0 --log - \
  <"$t/pipe" 6>&- 2>"$t/err" &
pid=$!
exec 5>"$t/pipe" 6>&-
wait_for find_address
write 100
all_read
printf 'a last line without end' >&5
[ "$(metric lines_total)" = 100 ]
exec 5>&-
wait $pid  # ends with its input
pid=
