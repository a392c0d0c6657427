#!/bin/sh
# deploy_test.sh SOURCE_DIR BINARY BUILD_DIR: what an operator installs is valid: the unit, the
# configuration (also with every example switched on), the rules and their tests.
set -eu
cd "$1"
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
(cd deploy/prometheus && promtool check rules stickyd.rules.yml && promtool test rules stickyd.rules.test.yml)
for metric in $(grep -ohE '\bstickyd_[a-z_]+(_total|_up)\b' deploy/prometheus/stickyd.rules.yml | sort -u); do
  grep -q "${metric#stickyd_}" src/expose/metrics.cc || { echo "rules use $metric, which is none"; exit 1; }
done
sed "s|^ExecStart=[^ ]*|ExecStart=$2|" "$3/deploy/stickyd.service" >"$t/stickyd.service"
# It returns 0 on unknown keys: any word is an error. A missing man page or user is no word of it.
systemd-analyze verify "$t/stickyd.service" >"$t/said" 2>&1 || true
if grep "stickyd.service" "$t/said"; then exit 1; fi
systemd-analyze security --offline=true --threshold=20 "$t/stickyd.service" >"$t/said" || { tail -n 3 "$t/said"; exit 1; }
sed 's/^#\([a-z.-]* = \)/\1/' deploy/systemd/stickyd.conf >"$t/all.conf"
for conf in deploy/systemd/stickyd.conf "$t/all.conf"; do
  "$2" check --config.file "$conf" || exit 1
done
