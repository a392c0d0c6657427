#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deploy_test.sh SOURCE_DIR BINARY: what an operator installs is valid: the unit, the
# configuration (also with every example switched on), the rules and their tests.
set -eu
cd "$1"
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
(cd deploy/prometheus && promtool check rules stickyd.rules.yml && promtool test rules stickyd.rules.test.yml)
sed "s|/usr/share/stickyd/prometheus|$PWD/deploy/prometheus|" deploy/prometheus/scrape.yml >"$t/prometheus.yml"
promtool check config "$t/prometheus.yml"
# Every expression of the dashboard, as a rule.
dashboard=deploy/grafana/stickyd.json
{
  printf 'groups:\n- name: dashboard\n  rules:\n'
  jq -r '.panels[].targets[].expr, .annotations.list[].expr' $dashboard |
    sed 's/\$__rate_interval/5m/g; s/\$__range/1h/g; s/"\$[a-z]*"/".+"/g' |
    jq -R '{record: "x:y", expr: ., labels: {n: (. | @base64)}}' -c | sed 's/^/  - /'
} >"$t/dashboard.yml"
promtool check rules "$t/dashboard.yml"
jq -e '[.panels[] | select(.title == "" or .description == "" or .fieldConfig.defaults.unit == null)] == [] and
  .id == null and .editable == false' $dashboard >/dev/null || { echo "$dashboard: a panel says too little"; exit 1; }
# Names with a colon are recorded, the others must be on /metrics.
for metric in $(cat deploy/prometheus/*.rules.yml $dashboard | grep -oE '[a-z_:]*stickyd_[a-z_]+:?' | grep -v : | sort -u); do
  case $metric in *_bucket | *_sum | *_count) metric=${metric%_*} ;; esac
  grep -q "^| .$metric. " docs/METRICS.md || { echo "rules or dashboard use $metric, which is none"; exit 1; }
done
# Summaries group alerts, so they hold no names; every alert says how bad it is.
if grep 'summary:.*{{' deploy/prometheus/stickyd.rules.yml; then echo "a summary with a name in it"; exit 1; fi
[ "$(grep -c 'alert:' deploy/prometheus/stickyd.rules.yml)" = "$(grep -cE 'severity: (critical|warning|info)}' deploy/prometheus/stickyd.rules.yml)" ]
if jq -r '.panels[].targets[].expr' $dashboard | grep stickyd_ | grep -vE 'job=~"\$job",instance=~"\$instance"'; then
  echo "$dashboard: a query without job and instance"; exit 1
fi
sed -E "s#^(ExecStart|ExecReload)=stickyd#\\1=$2#" deploy/systemd/stickyd.service >"$t/stickyd.service"
# It returns 0 on unknown keys: any word is an error. A missing man page or user is no word of it.
systemd-analyze verify "$t/stickyd.service" >"$t/said" 2>&1 || true
if grep "stickyd.service" "$t/said" | grep -v "Command 'man "; then exit 1; fi
systemd-analyze security --offline=true --threshold=15 "$t/stickyd.service" >"$t/said" || { tail -n 3 "$t/said"; exit 1; }
sed 's/^#\([a-z.-]* = \)/\1/' deploy/systemd/stickyd.conf >"$t/all.conf"
"$2" check --config.file deploy/systemd/stickyd.conf --log.optional
# 1: no Traefik answers here. A mistake would be 78.
"$2" check --config.file "$t/all.conf" --log.optional || [ $? = 1 ]
