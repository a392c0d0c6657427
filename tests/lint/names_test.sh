#!/bin/sh
# names_test.sh SOURCE_DIR BINARY: what the documents name is there, and what is there is named: causes,
# commands, options, metrics, reasons.
set -eu
cd "$1"
bad=0
complain() { echo "$*"; bad=1; }

for page in docs/causes/*.md; do
  name=$(basename "$page" .md)
  "$2" cause "$name" >/dev/null || complain "$page: no such cause"
  [ "$(wc -l <"$page")" -gt 20 ] || complain "$page: says nothing"
  grep -q "\`$name\`" docs/DETECTION.md || [ "$name" = unknown ] || complain "docs/DETECTION.md lacks $name"
done
commands=$("$2" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
for command in $commands; do
  grep -q "stickyd $command" README.md || complain "README.md lacks $command"
  grep -q "^.B stickyd $command" docs/stickyd.1 || complain "docs/stickyd.1 lacks $command"
  for option in $("$2" "$command" --help | grep -oE '^  --[a-z.-]+'); do
    grep -qe "\`$option[ \`]" docs/CONFIGURATION.md || complain "docs/CONFIGURATION.md lacks $option"
    sed 's/\\//g' docs/stickyd.1 | grep -qe "^.BR $option " || complain "docs/stickyd.1 lacks $option"
  done
done
options=$(for command in $commands; do "$2" "$command" --help; done | grep -oE '^  --[a-z.-]+' | sort -u)
for option in $(sed -n 's/^| `\(--[a-z.-]*\).*/\1/p' docs/CONFIGURATION.md); do
  echo "$options" | grep -qxe "  $option" || complain "docs/CONFIGURATION.md: no option $option"
done

# As the source spells them: Family names, the prefix added; tables have four each.
metrics=$(tr '\n' ' ' <src/expose/metrics.cc |
  grep -oE '(ByService|Counter|Gauge)\( *"[a-z_]+"' | sed 's/.*"\(.*\)"/stickyd_\1/' | sort -u)
documented=$(sed -n 's/^| `\(stickyd_[a-z_]*\)`.*/\1/p' docs/METRICS.md | sort -u)
for metric in $metrics; do
  echo "$documented" | grep -qx "$metric" || complain "docs/METRICS.md lacks $metric"
done
for metric in $documented; do
  short=${metric#stickyd_}
  table=${short%_table_*}_table
  grep -q "\"$short\"\|\"$table\"\|\"$metric\"\|\"$short" src/expose/metrics.cc ||
    complain "docs/METRICS.md: no metric $metric"
done
for reason in $(sed -n '/kUnparsed\b/,/}};/s/^ *{"\([a-z_]*\)".*/\1/p; /kSkipped/,/};/s/"/\n/gp' src/model/line.cc |
  grep -xE '[a-z_]+'); do
  grep -q "\`$reason\`" docs/FORMATS.md || complain "docs/FORMATS.md lacks $reason"
done
for reason in $(sed -n '/^| unparsed/,/^## Files/s/^| \(`[a-z_`, ]*\) |.*/\1/p' docs/FORMATS.md | tr -d '`,'); do
  grep -q "\"$reason\"" src/model/line.cc || complain "docs/FORMATS.md: no reason $reason"
done
exit $bad
