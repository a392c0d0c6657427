#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tested_test.sh SOURCE_DIR: fails on a source without a test file: tests/unit/FOLDER/NAME_test.cc, or the one that
# tests/lint/tested_elsewhere names; on a line there that is not needed; and on a test file that no program has.
set -eu
cd "$1"
bad=0
fail() { echo "$@"; bad=1; }
elsewhere=tests/lint/tested_elsewhere
for source in $(find src -name '*.cc' | sort); do
  folder=${source#src/}
  own=tests/unit/${folder%%/*}/$(basename "$source" .cc)_test.cc
  other=$(awk -v source="$source" '$1 == source { print $2 }' $elsewhere)
  case ${own}:$other in
    *:) [ -e "$own" ] || fail "$source has no test file: neither $own nor a line of $elsewhere" ;;
    *:-) ;;
    *) [ -e "$other" ] || fail "$elsewhere: $source: there is no $other"
       [ ! -e "$own" ] || fail "$elsewhere: $source has $own" ;;
  esac
done
for source in $(awk '!/^#/ { print $1 }' $elsewhere); do
  [ -e "$source" ] || fail "$elsewhere: there is no $source"
done
for test in $(find tests/unit -name '*_test.cc'); do
  grep -qrw --include=CMakeLists.txt "$(basename "$test")" tests/unit || fail "$test is in no program"
done
exit $bad
