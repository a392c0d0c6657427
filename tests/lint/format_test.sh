#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format_test.sh SOURCE_DIR: fails when a file is too long or not as clang-format writes it, or when
# that has run the fields of a header's template together or broken their columns. clang-format 14
# and 19 (Debian 12 and 13) differ in details; 14 decides, others only look whether they can.
set -eu
cd "$1"
if grep -rnE --include='*.h' '^// .*[^ ] (Role|Shape|Units|Errors|Threads|Cost|Source): ' src include tests; then
  echo "each field of a header begins a line of its own" >&2
  exit 1
fi
broken=$(find src include tests -name '*.h' -exec awk '
  FNR == 1 { field = 0 }
  !/^\/\// { nextfile }
  /^\/\/ (Role|Shape|Units|Errors|Threads|Cost|Source): / { field = 1; next }
  field && /^\/\/ [^ ]/ { print FILENAME ":" FNR }' {} +)
if [ -n "$broken" ]; then
  echo "a field of a header is broken:" "$broken" >&2
  exit 1
fi
long=$(find src include tests -name '*.h' -o -name '*.cc' | xargs wc -l | awk '$1 > 400 && $2 != "total"')
if [ -n "$long" ]; then
  echo "more than 400 lines:" "$long" >&2
  exit 1
fi
unlicensed=$(find .ci cmake src include tests -type f \( -name '*.h' -o -name '*.cc' -o -name '*.inc' -o -name '*.cmake' \
  -o -name CMakeLists.txt -o -perm -u+x \) -exec grep -L '^\(//\|#\) SPDX-License-Identifier: Apache-2.0$' {} +)
if [ -n "$unlicensed" ]; then
  echo "no SPDX line:" "$unlicensed" >&2
  exit 1
fi
version=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
if [ "$version" != 14 ]; then
  echo "clang-format $version: only version 14 decides"
  exit 0
fi
find src include tests -name '*.h' -o -name '*.cc' | xargs clang-format --dry-run -Werror
