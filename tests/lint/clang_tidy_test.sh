#!/bin/sh
# clang_tidy_test.sh SOURCE_DIR BUILD_DIR: clang-tidy over the product's sources, findings are errors.
set -eu
cd "$1"
find src -name '*.cc' | xargs -n 4 -P "$(nproc)" clang-tidy -p "$2" --quiet
