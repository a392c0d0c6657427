#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# exit_codes_test.sh BINARY CORPUS: 0 fine, 1 found something or failed, 2 usage, 78 configuration;
# and every bad input gives a message, not a crash.
set -u
binary=$1 corpus=$2
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
failed=0
expect() {  # CODE ARGUMENT...
  local want=$1 got; shift
  "$binary" "$@" >"$t/out" 2>"$t/err" </dev/null
  got=$?
  if [ $got != "$want" ]; then echo "stickyd $*: exit $got, not $want"; cat "$t/err"; failed=1; fi
  if [ "$want" -ge 2 ] && ! [ -s "$t/err" ]; then echo "stickyd $*: no message"; failed=1; fi
}
log=$corpus/rc1_not_sticky.v3.7.9-json-full/access.log.xz
none=(--config.file /dev/null)
printf 'no-such-key = 1\nidle = soon\n' >"$t/bad.conf"
head -c 100000 /dev/urandom >"$t/rubbish"
: >"$t/empty"
mkdir "$t/folder" "$t/keys"
expect 0 --version
grep -qE '^stickyd, version [0-9.]+ \(revision: .+\)$' "$t/out" || { cat "$t/out"; failed=1; }
expect 0 --help
expect 2 no-such-command
expect 2 analyze "${none[@]}"
expect 2 analyze "${none[@]}" --no-such-option x
expect 2 analyze "${none[@]}" --output pdf "$log"
expect 0 analyze "${none[@]}" "$log"
expect 1 analyze "${none[@]}" --fail-above 0.1 "$log"
expect 0 analyze "${none[@]}" --fail-above 0.99 "$log"
expect 1 analyze "${none[@]}" "$t/missing"
expect 1 analyze "${none[@]}" "$t/folder"
expect 1 analyze "${none[@]}" --verdicts "$t/no/such/folder" "$log"
expect 1 analyze "${none[@]}" --verdicts /dev/full "$log"
expect 1 analyze "${none[@]}" "$t/rubbish"
expect 0 analyze "${none[@]}" "$t/empty"
expect 1 analyze "${none[@]}" --fail-above 0.99 "$t/empty"
expect 0 decode "${none[@]}" http://10.0.0.1:80
expect 1 decode "${none[@]}" 0123456789abcdef
expect 1 decode "${none[@]}" http://10.0.0.1:80 --log "$t/missing"
expect 2 decode "${none[@]}"
expect 2 decode "${none[@]}" http://10.0.0.1:80 --server "a b"
expect 78 decode --config.file "$t/bad.conf" http://10.0.0.1:80
expect 78 check --config.file "$t/bad.conf"
[ "$(grep -c 'bad.conf:' "$t/err" "$t/out" | awk -F: '{n += $2} END {print n}')" -ge 2 ] ||
  { echo "check does not name both mistakes"; cat "$t/err" "$t/out"; failed=1; }
expect 78 watch --config.file "$t/bad.conf"
expect 78 probe --config.file "$t/bad.conf" http://127.0.0.1:1/
expect 2 probe "${none[@]}"
expect 2 probe "${none[@]}" shop.example
expect 1 probe "${none[@]}" --allow-unsure http://127.0.0.1:1/
expect 2 watch "${none[@]}" stray
expect 2 check "${none[@]}" --exclude.path '('
expect 2 watch "${none[@]}" --web.listen-address fish
expect 1 watch "${none[@]}" --web.listen-address 127.0.0.1:0 --log - --events "$t/no/such/folder"
expect 1 watch "${none[@]}" --web.listen-address 127.0.0.1:0 --log - --state-dir "$t/missing"
# Whatever prints says so where it cannot: at once, or when all was in a buffer.
"$binary" simulate --requests 100 --log-file "$t/short.log"
full() {  # ARGUMENT...
  local got; "$binary" "$@" >/dev/full 2>"$t/err" </dev/null; got=$?
  [ $got = 1 ] && grep -q "^stickyd.*: standard output: No space left on device$" "$t/err" ||
    { echo "stickyd $* >/dev/full: exit $got"; cat "$t/err"; failed=1; }
}
full --help
full help watch
full --version
full analyze --help
full cause
full cause insecure_request
full check "${none[@]}" --log.optional --web.listen-address 127.0.0.1:0
full analyze "${none[@]}" "$log"
full analyze "${none[@]}" --output json "$log"
full analyze "${none[@]}" "$t/short.log"
full analyze "${none[@]}" --verdicts - "$t/short.log"
full simulate "${none[@]}" --requests 100
full probe "${none[@]}" http://127.0.0.1:1/
full explain "${none[@]}" --line 50 "$t/short.log"
full decode "${none[@]}" http://10.0.0.1:80
full explain "${none[@]}" --id "$("$binary" analyze "${none[@]}" --state-dir "$t/keys" --events - "$log" 2>/dev/null |
  jq -rs 'group_by(.session) | max_by(length)[0].session')" --state-dir "$t/keys" "$log"
full analyze "${none[@]}" "$t/missing" "$t/short.log"
grep -q "$t/missing" "$t/err" || { echo "analyze does not name what it could not read"; failed=1; }
# What only shows when it is used: all of it, with its place, by check and at the start of watch.
mkdir "$t/there" "$t/no_answers"
cat >"$t/unusable.conf" <<END
events = $t/missing/events.jsonl
state-dir = $t/missing
[web]
listen-address = 127.0.0.1:0
listen-address = 192.0.2.1:10378
[traefik]
snapshot = $t/no_answers
END
for command in check watch; do
  expect $([ $command = check ] && echo 78 || echo 1) $command --config.file "$t/unusable.conf"
  for place in "1: --events: $t/missing" "2: --state-dir: $t/missing" \
    "5: --web.listen-address: cannot listen on 192.0.2.1:10378: " "7: --traefik.snapshot: $t/no_answers"; do
    grep -qF "stickyd $command: $t/unusable.conf:$place" "$t/err" || { echo "$command does not tell '$place'"; cat "$t/err"; failed=1; }
  done
  [ "$(wc -l <"$t/err")" = 4 ] || { echo "$command tells more"; cat "$t/err"; failed=1; }
done
expect 78 check "${none[@]}" --events "$t/empty/events.jsonl"
expect 78 check "${none[@]}" --events "$t/folder"
expect 78 check "${none[@]}" --state-dir "$t/empty"
STATE_DIRECTORY=$t/missing expect 78 check "${none[@]}"
grep -qF "environment STATE_DIRECTORY: --state-dir: " "$t/err" || { echo "no place"; cat "$t/err"; failed=1; }
if [ "$(id -u)" != 0 ]; then
  chmod a-w "$t/there"
  expect 78 check "${none[@]}" --events "$t/there/events.jsonl" --state-dir "$t/there"
  [ "$(wc -l <"$t/err")" = 2 ] || { echo "a folder that cannot be written is fine"; failed=1; }
  chmod u+w "$t/there"
fi
echo event >"$t/events.jsonl"
expect 0 check "${none[@]}" --log.optional --events "$t/events.jsonl" --state-dir "$t/there"
expect 0 check "${none[@]}" --log.optional --events "$t/there/events.jsonl"
[ -z "$(ls "$t/there")" ] && [ "$(cat "$t/events.jsonl")" = event ] || { echo "check changes files"; failed=1; }
STICKYD_IDLE=soon expect 78 check "${none[@]}"
STICKYD_NO_SUCH=1 expect 78 check "${none[@]}"
for command in watch analyze explain check decode simulate cause probe; do
  expect 0 "$command" --help
  grep -q "^  stickyd $command" "$t/out" || { echo "$command --help has no example"; failed=1; }
done
# The daemon's log stays one object a line, whatever is in it.
odd=$'a"b\\c\nd'
"$binary" watch "${none[@]}" --web.listen-address 127.0.0.1:0 --log "$t/$odd" --log.format json 2>"$t/daemon" &
until grep -q 'No such file' "$t/daemon"; do kill -0 $! || break; sleep 0.05; done
expect 0 check "${none[@]}" --log.optional --web.listen-address "$(grep -oE '127\.0\.0\.1:[0-9]+' "$t/daemon" | head -n 1)"
kill -TERM $!; wait $! || { echo "watch did not stop well"; failed=1; }
jq -es 'any(.msg | contains("a\"b\\"))' "$t/daemon" >/dev/null ||
  { echo "--log.format json is none"; cat "$t/daemon"; failed=1; }
# The key is the daemon's own.
mkdir "$t/state"
expect 0 analyze "${none[@]}" --state-dir "$t/state" "$log"
[ "$(stat -c %a "$t/state/hash.key")" = 600 ] || { echo "hash.key: $(stat -c %a "$t/state/hash.key")"; failed=1; }
# A full disk at the first start leaves nothing behind; what an earlier version left empty is replaced.
rm "$t/state/hash.key"
# (The thread sanitizer writes a file of its own before the program runs.)
said=$(grep -q __tsan_init "$binary" && trap '' XFSZ; ulimit -f 0; "$binary" analyze "${none[@]}" --state-dir "$t/state" "$log" 2>&1); code=$?
[ $code = 1 ] && [[ $said = *"--state-dir: $t/state/hash.key: File too large"* ]] && [ -z "$(ls "$t/state")" ] ||
  { echo "full disk at the first start: exit $code, $said; left: $(ls "$t/state")"; failed=1; }
: >"$t/state/hash.key"
expect 0 check "${none[@]}" --log.optional --web.listen-address 127.0.0.1:0 --state-dir "$t/state"
[ "$(stat -c %s "$t/state/hash.key")" = 0 ] || { echo "check made a key"; failed=1; }
expect 0 analyze "${none[@]}" --state-dir "$t/state" "$log"
[ "$(stat -c %s "$t/state/hash.key")" = 16 ] || { echo "an empty key was not replaced"; failed=1; }
head -c 7 /dev/urandom >"$t/state/hash.key"
for command in check watch; do
  expect $([ $command = check ] && echo 78 || echo 1) $command "${none[@]}" --web.listen-address 127.0.0.1:0 --state-dir "$t/state"
  grep -qF "hash.key: has 7 bytes, and a key has 16: restore it, or remove it" "$t/err" ||
    { echo "$command does not say what to do about the key"; cat "$t/err"; failed=1; }
done
# What may never end is refused, whatever it is given for.
mkfifo "$t/fifo"
for path in /dev/zero /dev/urandom /dev/full /dev/tty; do
  ln -sf $path "$t/device"
  expect 1 analyze "${none[@]}" "$t/device"
  grep -qF "$t/device: is a character device, which may never end: name a regular file or a FIFO" "$t/err" ||
    { echo "analyze does not refuse $path"; cat "$t/err"; failed=1; }
  expect 1 explain "${none[@]}" --line 1 "$t/device"
  grep -qF "is a character device" "$t/err" || { echo "explain does not refuse $path"; cat "$t/err"; failed=1; }
done
for path in /dev/zero "$t/fifo"; do
  expect 78 check --config.file $path
  ln -sf $path "$t/there/hash.key"
  expect 78 check "${none[@]}" --state-dir "$t/there"
  rm "$t/there/hash.key"
  ln -sf $path "$t/no_answers/rawdata.json"
  expect 78 check "${none[@]}" --traefik.snapshot "$t/no_answers"
  grep -qE "is a (character device|FIFO or pipe), not a" "$t/err" || { echo "$path is read as rawdata.json"; failed=1; }
  rm "$t/no_answers/rawdata.json"
done
exit $failed
