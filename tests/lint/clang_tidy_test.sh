#!/bin/sh
# clang_tidy_test.sh SOURCE_DIR BUILD_DIR: clang-tidy over the product's sources, findings are errors.
set -eu
cd "$1"
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
# What only GCC understands is left out.
sed 's/ -mstringop-strategy=[a-z]*//' "$2/compile_commands.json" >"$commands/compile_commands.json"
find src -name '*.cc' | xargs -n 4 -P "$(nproc)" clang-tidy -p "$commands" --quiet
