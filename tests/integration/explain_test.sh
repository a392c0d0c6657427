#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# explain_test.sh BINARY: a break is explained by its line, its RequestCount and its hashed session.
set -u
binary=$1
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
cd "$t" || exit 1
failed=0
complain() { echo "explain_test.sh: $*"; cat out err 2>/dev/null; failed=1; }
mkdir state
common="--config.file /dev/null --state-dir state --traefik.snapshot api"
"$binary" simulate --fault server_gone --format json-full --requests 8000 --log-file a.log --api api >/dev/null 2>&1
"$binary" analyze $common --verdicts v a.log >/dev/null 2>&1
jq -c 'select(.cause == "server_gone")' v | head -n 1 >break
line=$(jq .line break); count=$(jq .request_count break); session=$(jq -r .session break)
[ -n "$line" ] || complain "no break to explain"
for how in "--line $line" "--count $count" "--id $session"; do
  "$binary" explain $common $how a.log >out 2>err || complain "$how: exit $?"
  for part in "a.log:$line " "session $session" "cookie: names http" "possible pins" "Verdict: break" \
    "Causes, in the order" "-> server_gone" "Cause: server_gone" "Changed around that time: server http" "Advice: "; do
    grep -qF -e "$part" out || complain "$how: no '$part'"
  done
done
"$binary" explain --config.file /dev/null --line 999999 a.log >out 2>err
[ $? = 1 ] && grep -q "no such record" err || complain "a line that is not there"
"$binary" analyze --config.file /dev/null --output json --traefik.snapshot api a.log >out 2>err
jq -e '.configuration_changes[0].text | contains("left shop@file")' out >/dev/null || complain "the report names no change"
exit $failed
