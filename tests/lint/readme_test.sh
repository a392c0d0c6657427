#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# readme_test.sh SOURCE_DIR BINARY: what README.md tells to type works on the machine that it tells of: the
# packages come first, what is built needs no others, its progress is seen, and the options are there.
set -eu
cd "$1"
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT
bad=0
complain() { echo "$*"; bad=1; }
awk '/^```$/ {inside = !inside; next} inside' README.md >"$t/typed"
first() { grep -nF "$1" "$t/typed" | head -n 1 | cut -d: -f1; }  # TEXT: the line that has it first
[ "$(first 'cmake/install-packages build')" -lt "$(first 'cmake --preset')" ] || complain "README.md builds before it installs packages"
# Without the packages of the kind "test".
preset=$(sed -n 's/.*cmake --preset \([a-z]*\).*/\1/p' "$t/typed" | head -n 1)
cmake --preset "$preset" -B "$t/build" -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON -DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON \
  >"$t/said" 2>&1 || { cat "$t/said"; complain "preset $preset needs packages of tests"; }
grep -q '"STICKYD_BUILD_TESTS:BOOL=OFF\|^STICKYD_BUILD_TESTS:.*=OFF' "$t/build/CMakeCache.txt" || complain "preset $preset builds the tests"
! grep -E 'cmake --build.*(quiet|>)' "$t/typed" deploy/demo || complain "a build shows no progress"
# Every option in a line of stickyd's is one.
grep -oE '^(build/[a-z]*/)?stickyd [a-z]+[^#>]*' "$t/typed" | while read -r _ command words; do
  for word in $words; do
    case $word in --*) "$2" "$command" --help | grep -qe "^  $word " || echo "README.md: stickyd $command $word" ;; esac
  done
done >"$t/unknown"
[ ! -s "$t/unknown" ] || { cat "$t/unknown"; bad=1; }
# What is built is what is used.
for path in $(grep -oE 'build/[a-z]+' "$t/typed" | sort -u); do
  [ "$path" = "build/$preset" ] || complain "README.md uses $path, and builds build/$preset"
done
exit $bad
