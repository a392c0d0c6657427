#!/bin/sh
# names_test.sh SOURCE_DIR BINARY: every cause has its page and every page its cause; every command
# that the program has is in the README.
set -eu
cd "$1"
bad=0
"$2" cause | grep -oE '^ *[a-z_]+' | tr -d ' ' | sort -u >/dev/null
for page in docs/causes/*.md; do
  name=$(basename "$page" .md)
  "$2" cause "$name" >/dev/null || { echo "$page: no such cause"; bad=1; }
  [ "$(wc -l <"$page")" -gt 20 ] || { echo "$page: says nothing"; bad=1; }
done
for command in $("$2" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
  grep -q "stickyd $command" README.md || { echo "README.md lacks $command"; bad=1; }
done
exit $bad
