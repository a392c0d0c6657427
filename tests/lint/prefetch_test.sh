#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prefetch_test.sh BINARY: compilers drop calls that only prefetch, and nothing but time tells. Both
# steps of SessionTable and who calls them must have code: see base/prefetch.h.
set -eu
machine=$(objdump -f "$1" | sed -n 's/^architecture: \([^,]*\),.*/\1/p')
case $machine in
  i386:x86-64) instruction=prefetch ;;
  aarch64) instruction=prfm ;;
  *) echo "unknown machine $machine: not checked"; exit 0 ;;
esac
code() { objdump -dC --no-show-raw-insn "$1" | awk -v name="<stickyd::$2(" 'index($0, name) && /:$/ { on = 1 } on { print } /^$/ { on = 0 }'; }
bad=0
for step in FetchHead FetchSlot; do
  code "$1" "SessionTable::$step" | grep -q "$instruction" ||
    { echo "SessionTable::$step has no $instruction"; bad=1; }
  code "$1" "MemoryTables::${step}s" | grep -q "SessionTable::$step(" ||
    { echo "MemoryTables::${step}s does not call SessionTable::$step"; bad=1; }
done
exit $bad
