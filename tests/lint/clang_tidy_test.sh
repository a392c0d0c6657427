#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang_tidy_test.sh SOURCE_DIR: clang-tidy over the product's sources, findings are errors.
# Ten sources at a time, as a unity build compiles them: most of the time goes to headers.
set -eu
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cmake -S "$1" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DSTICKYD_BUILD_TESTS=OFF \
  -DSTICKYD_BUILD_BENCH=OFF -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=10 >/dev/null
cmake --build "$build" --target generated_headers -- --quiet
cd "$1"
sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$build/compile_commands.json" |
  xargs -n 1 -P "$(nproc)" clang-tidy --config-file=.clang-tidy -p "$build" --quiet
