#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# names_test.sh SOURCE_DIR BINARY: what the documents name is there, and what is there is named: causes,
# commands, options, metrics, reasons.
set -eu
cd "$1"
unknown=$(mktemp)
trap 'rm -f "$unknown"' EXIT
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
# --help has the headings of the manual page, and the same options below each.
outline() { awk '/^[A-Z].*:$/ {heading = $0; sub(/:$/, "", heading); if (heading == "Other") heading = ""} /^  --/ && heading != "" {print heading " | " $1}'; }
for command in $commands; do COLUMNS=200 "$2" "$command" --help | outline; done | sort -u >"$unknown"
sed 's/\\//g; s/^\.SH .*/Other:/; s/^\.SS \(.*\)$/\1:/; s/^\.BR \(--[a-z.-]*\).*/  \1/' docs/stickyd.1 | outline | sort -u |
  diff "$unknown" - || complain "--help and docs/stickyd.1 do not have the same options below the same headings"
options=$(for command in $commands; do "$2" "$command" --help; done | grep -oE '^  --[a-z.-]+' | sort -u)
for option in $(sed -n 's/^| `\(--[a-z.-]*\).*/\1/p' docs/CONFIGURATION.md); do
  echo "$options" | grep -qxe "  $option" || complain "docs/CONFIGURATION.md: no option $option"
done

for book in $(grep -rhoE '^class [A-Za-z]+Book\b' src include | sed 's/class //' | sort -u); do
  grep '^| book |' docs/GLOSSARY.md | grep -q "\`$book\`" || complain "docs/GLOSSARY.md, row book, lacks $book"
done

# As the source spells them: Family names, the prefix added; tables have four each.
source=$(cat src/expose/metrics/*metrics.cc | tr '\n' ' ')
metrics=$({
  echo "$source" | grep -oE '(ByService|Counter|Gauge)\( *"[a-z_]+"' | sed 's/.*"\(.*\)"/stickyd_\1/'
  echo "$source" | grep -oE '"(stickyd|process)_[a-z_]+"' | tr -d '"' | grep -v '_$'
  for table in $(echo "$source" | grep -oE ' Table\("[a-z_]+' | sed 's/.*"//'); do
    for part in entries limit bytes evictions_total; do echo "stickyd_${table}_$part"; done
  done
} | sort -u)
documented=$(sed -n 's/^| `\([a-z_]*\)` |.*/\1/p' docs/METRICS.md | sort -u)
for metric in $metrics; do
  echo "$documented" | grep -qx "$metric" || complain "docs/METRICS.md lacks $metric"
done
for metric in $documented; do
  echo "$metrics" | grep -qx "$metric" || complain "docs/METRICS.md: no metric $metric"
done

# What running text names: metrics, files of the project, commands and their options.
texts="README.md CONTRIBUTING.md CHANGELOG.md docs/*.md docs/causes/*.md docs/rules/*.md"
for metric in $(cat $texts | grep -oE '\bstickyd_[a-z_]+' | sort -u); do
  echo "$documented" | grep -qx "$metric" || complain "a document names $metric, which is no metric"
done
for path in $(cat $texts | grep -oE '(^|[^/a-z])(tests|deploy|docs|src|include|cmake)/[A-Za-z0-9_./*-]*[A-Za-z0-9]' |
  sed 's/^[^a-z]//' | sort -u); do
  ls -d $path >/dev/null 2>&1 || complain "a document names $path, which is no file"
done
cat $texts | grep -oE '[`/]stickyd [a-z]+[^`|#>]*' | sed 's/^.//' | while read -r _ command words; do
  echo "help $commands" | grep -qw "$command" || echo "stickyd $command"
  for option in $words; do
    case $option in --help) ;; --*) "$2" "$command" --help | grep -qe "^  $option " || echo "stickyd $command $option" ;; esac
  done
done >"$unknown"
while read -r name; do complain "a document names '$name', which there is not"; done <"$unknown"

# What comments name as their test is one.
for name in $(grep -rhoE '[a-z_]+_(test|bench)\.(cc|sh)' src include tests | sort -u); do
  [ -n "$(find tests -name "$name")" ] || complain "a comment names $name, which is no file"
done

for reason in $(sed -n '/kUnparsed\b/,/}};/s/^ *{"\([a-z_]*\)".*/\1/p; /kSkipped/,/};/s/"/\n/gp' src/model/line.cc |
  grep -xE '[a-z_]+'); do
  grep -q "\`$reason\`" docs/FORMATS.md || complain "docs/FORMATS.md lacks $reason"
done
for reason in $(sed -n '/^| unparsed/,/^## Files/s/^| \(`[a-z_`, ]*\) |.*/\1/p' docs/FORMATS.md | tr -d '`,'); do
  grep -q "\"$reason\"" src/model/line.cc || complain "docs/FORMATS.md: no reason $reason"
done
for reason in $(sed -n '/^enum class [A-Za-z]*Reason/,/^};/s/^  \(k[A-Za-z]*\),.*/\1/p' include/stickyd/model/line.h); do
  grep -rqE "(Unparsed|Skip)Reason::$reason\b" src/parse src/engine || [ $reason = kCount ] || complain "no line is ever $reason"
done
exit $bad
