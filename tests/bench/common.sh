# SPDX-License-Identifier: Apache-2.0
# common.sh: what the measuring scripts share; sourced by bash. Sets root, bin and work (a directory
# that goes away at the end) and builds what is measured. In the environment:
#   BENCH_BUILD=DIR        measure this build, instead of making build/release
#   BENCH_BEFORE=BINARY  an older stickyd, measured beside the new one in the same run
#   BENCH_ENGINES=DIR      where the virtual environment of the engines is (build/bench-engines)
set -eu -o pipefail
export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${BENCH_BUILD:-$root/build/release}
engines=${BENCH_ENGINES:-$root/build/bench-engines}
peers=$root/tests/bench/peers
BENCH_BEFORE=${BENCH_BEFORE:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/stickyd-bench.XXXXXX")
started=  # processes to end with us
trap 'kill $started 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say() { echo "$@" >&2; }

# prepare KIND...: packages, then the release build (unless BENCH_BUILD names one).
prepare() {
  "$root/cmake/install-packages" build test "$@" >&2
  [ -z "${BENCH_BUILD:-}" ] || return 0
  (cd "$root" && cmake --preset release >/dev/null)
  cmake --build "$bin" --target stickyd simdjson_extract site >&2
}

# prepare_engines: DuckDB, chDB and Polars of peers/requirements.txt. `python` then runs with them.
prepare_engines() {
  cmp -s "$peers/requirements.txt" "$engines/requirements.txt" && return 0
  say "installing $(grep -v '^#' "$peers/requirements.txt" | tr '\n' ' ')"
  python3 -m venv --clear "$engines"
  "$engines/bin/pip" install --quiet --disable-pip-version-check -r "$peers/requirements.txt" >&2
  cp "$peers/requirements.txt" "$engines/"
}

machine() {
  local cpu compiler
  cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
  compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[^=]*=//p' "$bin/CMakeCache.txt")
  echo "Machine: $cpu, $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)," \
    "kernel $(uname -r), $(. /etc/os-release && echo "$PRETTY_NAME"), $("$compiler" --version | head -n 1)," \
    "load $(cut -d ' ' -f 1 /proc/loadavg) at the start."
}

# Its options may be set by the environment: not here.
stickyd() { "$bin/stickyd" "$@"; }
simulate() { stickyd simulate --config.file /dev/null --requests "$1" --rate 2000 --clients 2000 "${@:2}"; }
site() { "$bin/tests/bench/site" "$@"; }

# versions: "before" (if there is one) and "now". binary_of VERSION: its stickyd.
versions() { [ -z "$BENCH_BEFORE" ] || echo before; echo now; }
binary_of() { [ "$1" = before ] && echo "$BENCH_BEFORE" || echo "$bin/stickyd"; }
# threads_option BINARY N: the option that makes analyze use so many, if it has one.
threads_option() {
  "$1" analyze --help | grep -q -e '^  --threads ' && echo "--threads $2" || true
}
# cores N: the last so many, for taskset.
cores() { echo "$(($(nproc) - $1))-$(($(nproc) - 1))"; }
# analyze VERSION ARGUMENT...: on one core with one thread; "wall cpu-seconds peak-KiB" go to
# $work/time, the report to $work/report.
analyze() {
  local binary
  binary=$(binary_of "$1")
  # shellcheck disable=SC2046
  taskset -c "$(cores 1)" /usr/bin/time -o "$work/time.raw" -f '%e %U %S %M' \
    "$binary" analyze --config.file /dev/null $(threads_option "$binary" 1) "${@:2}" >"$work/report"
  awk '{ print $1, $2 + $3, $4 }' "$work/time.raw" >"$work/time"
}

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# resident PID: KiB of memory it holds now.
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
# cpu_ticks PID: user and system, in 1/100 s.
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# watch LOG [OPTION...]: starts the daemon, waits until it is ready; sets pid and address.
start_watch() {
  : >"$work/watch.err"
  "$bin/stickyd" watch --config.file /dev/null --log "$@" --web.listen-address 127.0.0.1:0 \
    2>>"$work/watch.err" &
  pid=$!
  started="$started $pid"
  address=
  until address=$(grep -oE -m 1 '127\.0\.0\.1:[0-9]+' "$work/watch.err") && get /-/ready | grep -q ' 200 '; do
    kill -0 "$pid" || { cat "$work/watch.err" >&2; exit 1; }
    sleep 0.05
  done
}
# get PATH: from the daemon.
get() {
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
  cat <&3
  exec 3>&-
}
