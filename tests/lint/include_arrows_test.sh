#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# include_arrows_test.sh SOURCE_DIR: fails on an include that the table of folders in
# docs/ARCHITECTURE.md does not allow.
set -eu
cd "$1"
bad=0
modules=$(ls include/stickyd)
[ -n "$modules" ]
allowed() {  # MODULE: what it may include besides itself; nothing if the table has no row for it
  awk -F ' *[|] *' -v name="\`$1\`" '$2 == name { print $4 }' docs/ARCHITECTURE.md |
    sed "s/^all\$/$(echo $modules)/; s/^nothing of ours\$/./; s/,//g"
}
for module in $modules; do
  may=$(allowed "$module")
  [ -n "$may" ] || { echo "$module has no row in docs/ARCHITECTURE.md"; bad=1; }
  files=$(find "include/stickyd/$module" "src/$module" -name '*.h' -o -name '*.cc' 2>/dev/null || true)
  for other in $(grep -hoE '^#include "stickyd/[a-z]+/' $files | sed 's|.*stickyd/||; s|/||' | sort -u); do
    case " $may $module " in
      *" $other "*) ;;
      *) echo "$module includes $other:"; grep -ln "\"stickyd/$other/" $files; bad=1 ;;
    esac
  done
  # Another room's private header, past its public folder.
  for other in $(ls src); do
    [ "$other" != "$module" ] || continue
    if grep -nE "^#include \"(\.\./)+$other/" $files; then
      echo "$module includes what is private to $other"
      bad=1
    fi
  done
done
exit $bad
