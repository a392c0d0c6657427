#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# privacy_test.sh BINARY: nothing that identifies a client is in metrics, page, events, verdicts, reports, the
# daemon's log or its state. Each field that a client writes has a mark, in good lines, broken ones and forged ones.
set -eu
binary=$1 pid=
t=$(mktemp -d)
trap 'kill $pid 2>/dev/null || true; rm -rf "$t"' EXIT
json() {  # COUNT SERVER COOKIE
  printf '{"ClientAddr":"203.0.113.77:51413","ClientHost":"198.51.100.88","ClientPort":"51413","ClientUsername":"MARKuser","Duration":1000000,"RequestCount":%d,"RouterName":"shop@file","ServiceName":"shop@file","ServiceURL":"http://10.0.0.%d:80","StartUTC":"2026-01-05T09:00:%02d.000000000Z","DownstreamStatus":200,"RequestMethod":"GET","RequestPath":"/MARKpath?token=MARKquery","RequestHost":"shop.example.com","RequestScheme":"https","request_User-Agent":"MARKagent","request_Referer":"https://MARKreferer/","request_X-Forwarded-For":"192.0.2.99","request_Authorization":"MARKauth","request_Cookie":"JSESSIONID=MARKsession0123456789; MARKname=MARKvalue%s"}\n' \
    "$1" "$2" "$1" "${3-}"
}
clf() { printf '203.0.113.77 - MARKuser [05/Jan/2026:09:00:%02d +0000] "GET /MARKpath HTTP/1.1" 200 5 "https://MARKreferer/" "MARKagent" %d "shop@file" "http://10.0.0.%d:80" 1ms\n' "$1" "$1" "$2"; }
for i in 1 2 3 4 5 6; do
  json $i $((i % 2 + 1)) '; sticky=http://10.0.0.1:80'
done >"$t/json.log"
json 7 1 | head -c 700 >>"$t/json.log"; echo >>"$t/json.log"
printf '{"ClientAddr":"203.0.113.77:1","request_User-Agent":"MARKagent"}\nMARKgarbage\n' >>"$t/json.log"
for i in 1 2 3 4 5 6; do clf $i $((i % 2 + 1)); done >"$t/clf.log"
printf '203.0.113.77 - MARKuser\nMARKforged [05/Jan/2026:09:00:07 +0000] "GET /MARKpath HTTP/1.1" 200 5 "-" "-" 7 "shop@file" "http://10.0.0.1:80" 1ms\n' >>"$t/clf.log"
clf 8 1 | head -c 90 >>"$t/clf.log"; echo >>"$t/clf.log"

mkdir "$t/state" "$t/out"
"$binary" watch --config.file /dev/null --log "$t/json.log" --log "$t/clf.log" --from beginning --state-dir "$t/state" \
  --events "$t/out/events" --log.level debug --web.listen-address 127.0.0.1:0 --cause.patience 1s 2>"$t/out/daemon" &
pid=$!
wait_for() { until "$@"; do kill -0 $pid; sleep 0.05; done; }
find_address() { address=$(grep -oE '127\.0\.0\.1:[0-9]+' "$t/out/daemon" | head -n 1); [ -n "$address" ]; }
wait_for find_address
get() {  # PATH FILE
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
  cat <&3 >"$2"; exec 3>&-
}
all_read() {
  get /metrics "$t/out/metrics"
  [ "$(awk '/^stickyd_lines_total/ { sum += $2 } END { print sum }' "$t/out/metrics")" = $(($(cat "$t"/*.log | wc -l))) ]
}
wait_for all_read
get / "$t/out/page"
kill -TERM $pid; wait $pid
cp -r "$t/state" "$t/out/"
for log in json clf; do
  for output in text json; do
    "$binary" analyze --config.file /dev/null --output $output --verdicts "$t/out/verdicts.$log" "$t/$log.log" \
      >"$t/out/$log.$output" 2>"$t/out/$log.$output.err" || [ $? = 1 ]
  done
done
# There is something to look at: breaks with sessions, and lines of every kind.
grep -q '"session"' "$t/out/events"
grep -q '"verdict":"break"' "$t/out/verdicts.json"
awk '/^stickyd_lines_unparsed_total/ { sum += $2 } END { exit !(sum >= 4) }' "$t/out/metrics"
if grep -raE 'MARK|203\.0\.113|198\.51\.100|192\.0\.2|51413' "$t/out"; then
  echo "a client can be told by the above"; exit 1
fi
