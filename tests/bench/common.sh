# SPDX-License-Identifier: Apache-2.0
# common.sh: what the measuring scripts share; sourced by bash. Sets root, bin and work (a directory
# that goes away at the end) and builds what is measured.
set -eu -o pipefail
export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${BENCH_BUILD:-$root/build/release}
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
  cmake --build "$bin" --target stickyd simdjson_extract >&2
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
