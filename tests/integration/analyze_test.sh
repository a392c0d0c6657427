#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# analyze_test.sh BINARY: finished files on a real system: many, damaged, unreadable, growing, pipes,
# a terminal, outputs that fail.
set -u
binary=$1
t=$(mktemp -d); trap 'chmod -R u+w "$t"; rm -rf "$t"' EXIT
cd "$t" || exit 1
failed=0
complain() { echo "analyze_test.sh: $*"; cat err 2>/dev/null; failed=1; }
run() { "$binary" analyze --config.file /dev/null --output json "$@" >out 2>err; code=$?; }
expect() {  # NAME EXIT LINES
  [ "$code" = "$2" ] || complain "$1: exit $code, not $2"
  [ "$(jq .lines.read out)" = "$3" ] || complain "$1: $(jq .lines.read out) lines, not $3"
  jq -e '.lines | .read == .parsed + .unparsed + .skipped' out >/dev/null || complain "$1: lines do not add up"
}
"$binary" simulate --requests 20000 --log-file a.log >/dev/null 2>&1
lines=$(wc -l <a.log)
run a.log; expect plain 0 "$lines"
run - <a.log; expect "standard input, a file" 0 "$lines"
cat a.log | "$binary" analyze --config.file /dev/null --output json - >out 2>err; code=$?
expect "standard input, a pipe" 0 "$lines"
for tool in gzip zstd xz; do
  { head -n 9000 a.log | $tool -c; tail -n +9001 a.log | $tool -c; } >"a.$tool"
  run "a.$tool"; expect "$tool, two members" 0 "$lines"
  run - <"a.$tool"; expect "$tool on standard input" 0 "$lines"
  head -c $(($(stat -c %s "a.$tool") / 2)) "a.$tool" >half
  whole=$($tool -dc <half 2>/dev/null | wc -l)
  run half
  [ $code = 1 ] && [ -s err ] || complain "$tool, cut: exit $code"
  [ "$(jq .lines.parsed out)" -ge "$whole" ] || complain "$tool, cut: $(jq .lines.parsed out) of $whole lines"
done
# 1,500 logs with 300 descriptors at most
split -n r/1500 --numeric-suffixes -a 4 --additional-suffix=.log a.log part
(ulimit -n 300; run part*.log; expect "1,500 logs that overlap, 300 descriptors" 1 "$(jq .lines.read out)"
  [ "$(jq '.problems | length' out)" -gt 0 ]) || complain "too many files: not named"
(ulimit -S -n 300; run part*.log; expect "1,500 logs that overlap" 0 "$lines"; exit $failed) || failed=1
rm part*.log
split -n l/1500 --numeric-suffixes -a 4 --additional-suffix=.log a.log part
(ulimit -n 300; run part*.log; expect "1,500 logs, one after another" 0 "$lines"; exit $failed) || failed=1
rm part*.log
# a file that grows all the while ends
cp a.log growing.log
(while [ -e growing.log ]; do cat a.log; done >>growing.log) &
writer=$!
run growing.log
rm growing.log; kill $writer 2>/dev/null; wait $writer 2>/dev/null
[ $code = 0 ] && [ "$(jq .lines.read out)" -ge "$lines" ] || complain "growing: exit $code"
# what cannot be read is named, the rest is read
run a.log missing . ; expect "missing, a folder" 1 "$lines"
[ "$(jq '.problems | length' out)" = 2 ] || complain "not all problems are named"
# a name may hold anything: a line stays one, and steers no terminal
odd=$'odd\nname\e[31m'
run a.log "$odd"; expect "an odd name" 1 "$lines"
[ "$(wc -l <err)" = 1 ] && grep -qF 'stickyd analyze: odd\x0aname\x1b[31m: No such file' err || complain "an odd name makes lines of its own"
"$binary" explain --config.file /dev/null --line 1 "$odd" 2>err && complain "explains a missing file"
grep -qF 'odd\x0aname' err || complain "explain prints an odd name as it is"
"$binary" check --config.file "$odd" 2>err && complain "checks a missing file"
[ "$(wc -l <err)" = 1 ] || complain "check prints an odd name as it is"
if [ "$(id -u)" != 0 ]; then
  cp a.log denied; chmod 0 denied; run denied; expect denied 1 0
fi
# outputs that fail
run --verdicts /dev/full a.log; [ $code = 1 ] && [ -s err ] || complain "full disk: exit $code"
trap '' PIPE
"$binary" analyze --config.file /dev/null --verdicts - a.log 2>err | head -n 1 >out
code=${PIPESTATUS[0]}
[ "$code" = 1 ] && [ -s err ] || complain "closed pipe, SIGPIPE ignored: exit $code"
trap - PIPE
# A terminal shows progress; anything else does not. The input goes on until it was shown, or long
# enough for it.
mkfifo endless
until_shown() { : >screen; until grep -aq 'MB/s' screen; do cat a.log || break; done >endless; }
long_enough() { local end=$((SECONDS + 2)); while [ $SECONDS -lt $end ]; do cat a.log || break; done >endless; }
on_terminal() { script -qefc "'$binary' analyze --config.file /dev/null $*" /dev/null >screen </dev/null; }
until_shown & writer=$!
on_terminal endless || complain "on a terminal: exit $?"
wait $writer
grep -aqE '[0-9]+ MB, [0-9]+ MB/s' screen || complain "no progress on a terminal"
long_enough & on_terminal --no-progress endless
grep -aq 'MB/s' screen && complain "--no-progress shows progress"
long_enough & on_terminal "endless 2>err"
grep -aq 'MB/s' screen err && complain "progress without a terminal"
exit $failed
