#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# green_test.sh BINARY: what cannot be right is not green: analyze refuses it with a sentence, check says
# what a log holds and what it lacks, and a line that gave no record is explained.
set -u
binary=$1
t=$(mktemp -d); trap 'chmod -R u+w "$t"; rm -rf "$t"' EXIT
cd "$t" || exit 1
failed=0
complain() { echo "green_test.sh: $*"; cat out err 2>/dev/null; failed=1; }
stickyd() {  # EXIT COMMAND ARGUMENT...
  local want=$1 command=$2 code; shift 2
  "$binary" "$command" --config.file /dev/null "$@" >out 2>err </dev/null; code=$?
  [ $code = "$want" ] || complain "$command $*: exit $code, not $want"
}
says() { grep -qF -e "$1" out err || complain "does not say '$1'"; }
adds_up() { jq -e '.lines | .read == .parsed + .unparsed + .skipped' out >/dev/null || complain "lines do not add up"; }

"$binary" simulate --fault not_sticky --format json-full --requests 3000 --log-file a.log >/dev/null 2>&1
"$binary" simulate --format json --requests 3000 --log-file well.log >/dev/null 2>&1
"$binary" simulate --format clf --requests 3000 --rate 2000 --log-file clf.log >/dev/null 2>&1

# nothing parses, a tenth does not, nothing is there
seq 30 >numbers.log
stickyd 1 analyze --output json numbers.log; adds_up
[ "$(jq -r '.refusals[].reason' out)" = nothing_parsed ] || complain "nothing parsed: $(jq .refusals out)"
says "stickyd analyze: None of the 30 lines is one of Traefik's access log"
{ cat well.log; yes '{"cut":' | head -n 400; } >mixed.log
stickyd 1 analyze --output json mixed.log; adds_up
[ "$(jq -r '.refusals[].reason' out)" = unparsed ] || complain "a tenth: $(jq .refusals out)"
stickyd 1 analyze --fail-above 0.99 mixed.log; says "Not to be trusted: 400 of 3400 lines"
stickyd 0 analyze --fail-above 0.99 well.log
tac well.log >turned.log
stickyd 0 analyze --fail-above 0.99 turned.log; says "turned.log: its newest line comes first; read from its end"
"$binary" analyze --config.file /dev/null - <turned.log >out 2>err && complain "a stream with its newest line first is not refused"
says "standard input: its newest line comes first; type: ... | tac | stickyd analyze -"
{ cat well.log; yes '{"cut":' | head -n 300; } >tenth.log
stickyd 0 analyze --fail-above 0.99 tenth.log
: >empty.log
stickyd 0 analyze empty.log
stickyd 1 analyze --fail-above 0.99 empty.log; says "There is no line in the input."
# options that name what the log does not have
stickyd 0 analyze --session cookie:NOPE --exclude.path ^/nowhere --root nobody --service.map 'none.*=x' well.log
for option in "--session cookie:NOPE" "--exclude.path ^/nowhere" "--root nobody" "--service.map none.*=x"; do
  says "Note: $option does nothing: "
done
stickyd 0 analyze --exclude.path / well.log
grep -q "does nothing" out && complain "an option that is for something does nothing"
# an example of each cause, and the command that explains it
stickyd 0 analyze --exclude.user-agent "it's nobody" a.log
command=$(sed -n 's/^ *why: stickyd //p' out | head -n 1)
[ -n "$command" ] || complain "no example"
eval "\"$binary\" $command" >out 2>err || complain "$command: exit $?"
says "Cause: "
stickyd 0 analyze --output json a.log
jq -e '[.services[] | (.causes | keys | sort) == ([.examples[].cause] | sort)] | all' out >/dev/null ||
  complain "not every cause has an example"
# a line that gave no record
stickyd 0 explain mixed.log:3001; says "mixed.log:3001  no record"; says "unparsed, invalid_json: it begins like JSON"
stickyd 0 explain --line 2 mixed.log; says "Verdict: "
stickyd 0 explain --output json mixed.log:3001
jq -e '.explanations[0] | .record == false and .reason == "invalid_json" and .line == 3001' out >/dev/null || complain "no JSON"
line=$("$binary" analyze --config.file /dev/null --verdicts - a.log 2>/dev/null | jq 'select(.verdict == "break").line' | head -n 1)
stickyd 0 explain --output json "a.log:$line"
jq -e '.explanations[0] | .record and .verdict == "break" and (.closed.tried | length) > 3 and .closed.cause != null' out >/dev/null ||
  complain "a break is no JSON"
stickyd 1 explain well.log:999999; says "there is no such line"
cp well.log odd:7
stickyd 0 explain --line 1 odd:7; says "odd:7:1 "
# check reads the end of each log
web="--web.listen-address 127.0.0.1:0"
stickyd 0 check $web --log well.log; says "lines are records, JSON"; says "no record has the Cookie header (accessLog.fields.headers.names.Cookie=keep): it would tell"
stickyd 0 check $web --log clf.log; says "lines are records, CLF"; says "accessLog.format=json"
stickyd 0 check $web --log a.log
grep -q "no record has the Cookie header" out && complain "the Cookie header is there"
stickyd 1 check $web --log numbers.log; says "none of the last 30 lines is a record"
stickyd 1 check $web --log missing.log; says "--log.optional if that is meant"
stickyd 0 check $web --log missing.log --log.optional
stickyd 1 check $web --log '*.none'
stickyd 0 check $web --log empty.log; says "no line yet"
stickyd 2 check $web --as no-such-user --log well.log; says "there is no user 'no-such-user'"
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
  chmod 755 "$t"; chmod 600 well.log
  stickyd 1 check $web --as nobody --log "$t/well.log"; says "Permission denied"
  chgrp adm well.log && chmod 640 well.log
  stickyd 0 check $web --as nobody:adm --log "$t/well.log"
else
  stickyd 1 check $web --as root --log well.log; says "only root can look as another user"
fi
exit $failed
