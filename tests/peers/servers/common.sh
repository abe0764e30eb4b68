# Common parts of the peers' run scripts. Sourced with the peer's default port set in PORT.
#
# Options every run script takes:
#   --port N      listen on 127.0.0.1:N
#   --state DIR   keep installed packages, databases and logs in DIR
#                 (default: $PEERS_STATE/NAME, or ~/.cache/hookflow-peers/NAME)
#   --fresh       forget the data of earlier runs first (installed packages stay)
# A run script stays in the foreground until SIGTERM or SIGINT. Once the peer answers it
# writes DIR/env: NAME=value lines with the addresses and credentials a client needs.

set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
PEER=$(basename "$HERE")
# The virtual environment of this clone has what the Python servers need.
PYTHON=${PYTHON:-$(cd "$HERE/../../../.." && pwd)/.venv/bin/python}
HOST=127.0.0.1
STATE=${PEERS_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/hookflow-peers}/$PEER
FRESH=
while [ $# -gt 0 ]; do
    case $1 in
    --port) PORT=$2; shift 2 ;;
    --state) STATE=$2; shift 2 ;;
    --fresh) FRESH=1; shift ;;
    *) echo "usage: $0 [--port N] [--state DIR] [--fresh]" >&2; exit 2 ;;
    esac
done
mkdir -p "$STATE"
STATE=$(cd "$STATE" && pwd)
DATA=$STATE/data
[ -z "$FRESH" ] || rm -rf "$DATA"
mkdir -p "$DATA"
rm -f "$STATE/env"
CHILDREN=()
TEMPORARY= # a folder that goes at the end
port_open() { (exec 3<>"/dev/tcp/$HOST/$1") 2>/dev/null; }
! port_open "$PORT" || { echo "$PEER: port $PORT is taken" >&2; exit 1; }

say() { echo "$PEER: $*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

have() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# apt_need PACKAGE...: install what is missing, without recommended packages and without
# starting any daemon. One peer at a time; who else installs at that moment is waited for.
apt_need() {
    local p missing=()
    for p; do have "$p" || missing+=("$p"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || { say "needs ${missing[*]}, which only Debian's apt-get can install here" >&2; return 1; }
    say "installing ${missing[*]}"
    (
        flock 9
        local policy=/usr/sbin/policy-rc.d made= tries=0
        if [ ! -e $policy ]; then
            printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
            as_root chmod +x $policy
            made=1
        fi
        until as_root apt-get update >"$STATE/apt.log" 2>&1 || [ $((tries += 1)) -ge 60 ]; do sleep 2; done
        failed=0
        as_root env DEBIAN_FRONTEND=noninteractive nice -n 10 apt-get -o DPkg::Lock::Timeout=600 \
            install -y --no-install-recommends "${missing[@]}" >>"$STATE/apt.log" 2>&1 || failed=1
        [ -z "$made" ] || as_root rm -f $policy
        [ $failed = 0 ] || tail -20 "$STATE/apt.log" >&2
        exit $failed
    ) 9>"$STATE/../apt.lock"
}

# npm_need PACKAGE...: these packages and what they need; sets NPM, their folder.
npm_need() {
    NPM=$STATE/npm
    if [ "$(cat "$NPM/.have" 2>/dev/null)" != "$*" ]; then
        say "installing $*"
        rm -rf "$NPM"
        mkdir -p "$NPM"
        nice -n 10 ${NPM_COMMAND:-npm} install --prefix "$NPM" --no-audit --no-fund --ignore-scripts \
            --loglevel=error "$@" >"$STATE/npm.log" 2>&1 || { tail -20 "$STATE/npm.log" >&2; return 1; }
        echo "$*" >"$NPM/.have"
    fi
}

# spawn LOG COMMAND...: run in the background, output into STATE/LOG.
spawn() {
    local log=$STATE/$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    CHILDREN+=($!)
}

alive() { [ -r "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat" 2>/dev/null; }

# Last started, first stopped: a server ends before the database it uses.
stop_children() {
    trap - EXIT
    trap '' TERM INT
    rm -f "$STATE/env"
    local i pid end
    for ((i = ${#CHILDREN[@]} - 1; i >= 0; i--)); do
        pid=${CHILDREN[i]}
        kill -TERM "$pid" 2>/dev/null || continue
        end=$((SECONDS + 20))
        while alive "$pid" && [ $SECONDS -lt $end ]; do sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null || :
    done
    wait
    [ -z "$TEMPORARY" ] || rm -rf "$TEMPORARY"
}
trap stop_children EXIT
trap 'exit 0' TERM INT

# wait_for SECONDS COMMAND...: until the command succeeds, while all children live.
wait_for() {
    local end=$((SECONDS + $1)) pid
    shift
    until "$@" >/dev/null 2>&1; do
        for pid in ${CHILDREN[@]+"${CHILDREN[@]}"}; do
            alive "$pid" || { say "a server ended early, see $STATE/*.log" >&2; exit 1; }
        done
        [ $SECONDS -lt $end ] || { say "did not answer in time, see $STATE/*.log" >&2; exit 1; }
        sleep 0.2
    done
}

# serve NAME=VALUE...: publish the settings a client needs, then stay until told to stop.
serve() {
    printf '%s\n' "$@" >"$STATE/env.new"
    mv "$STATE/env.new" "$STATE/env"
    say "ready after ${SECONDS}s; settings in $STATE/env"
    wait -n || :
    say "a server ended" >&2
    exit 1
}
