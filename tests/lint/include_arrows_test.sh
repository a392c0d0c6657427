#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# include_arrows_test.sh SOURCE_DIR: fails on an include against the arrows
# of docs/ARCHITECTURE.md.
set -eu
cd "$1"
bad=0
allowed() {  # MODULE: what it may include besides itself
  case $1 in
    base) echo "" ;;
    web | model) echo "base" ;;
    api) echo "base model traefik web" ;;
    simulate) echo "base model traefik" ;;
    probe) echo "base model web traefik" ;;
    draft) echo "base model traefik" ;;
    engine) echo "base model parse session diagnose traefik" ;;
    feed) echo "base model parse source engine" ;;
    config) echo "base model session traefik probe engine simulate" ;;
    app) echo "base model web api source parse session diagnose traefik probe expose simulate engine feed config audit draft" ;;
    *) echo "base model" ;;
  esac
}
modules=$(ls include/stickyd)
[ -n "$modules" ]
for module in $modules; do
  files=$(find "include/stickyd/$module" "src/$module" -name '*.h' -o -name '*.cc' 2>/dev/null || true)
  for other in $(grep -hoE '^#include "stickyd/[a-z]+/' $files | sed 's|.*stickyd/||; s|/||' | sort -u); do
    case " $(allowed "$module") $module " in
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
