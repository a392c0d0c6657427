#!/bin/sh
# names_test.sh SOURCE_DIR BINARY: docs and program name the same things: every metric of the source
# is in docs/METRICS.md and the other way round, every option of the help in docs/CONFIGURATION.md,
# every cause has its page.
set -eu
cd "$1"
bad=0
same() {  # WHAT FILE_OF_PROGRAM FILE_OF_DOCS
  if ! diff "$2" "$3"; then echo "$1: < program only, > documents only"; bad=1; fi
}
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
grep -hoE '"stickyd_[a-z_]+' src/expose/*.cc | tr -d '"' | sort -u > "$t/a"
grep -oE '^\| `stickyd_[a-z_]+' docs/METRICS.md | sed 's/.*`//' | sort -u > "$t/b"
[ -s "$t/a" ]
same metrics "$t/a" "$t/b"
for command in watch analyze explain simulate; do
  "$2" $command --help | grep -oE '^  --[a-z.-]+' | sed 's/^ *--//'
done | sort -u > "$t/c"
[ -s "$t/c" ]
while read -r option; do
  grep -qE -e "\`(--)?$option\b" docs/CONFIGURATION.md || { echo "docs/CONFIGURATION.md lacks $option"; bad=1; }
done < "$t/c"
"$2" cause | grep -oE '^ *[a-z_]+' | tr -d ' ' | sort -u > "$t/d"
for page in docs/causes/*.md; do
  name=$(basename "$page" .md)
  grep -qx "$name" "$t/d" || { echo "$page: no such cause"; bad=1; }
  [ "$(wc -l < "$page")" -gt 20 ] || { echo "$page: says nothing"; bad=1; }
done
exit $bad
