#!/bin/bash
# A day of counting and evaluating 20 objectives on an accelerated clock, or some seconds of the real one (an hour:
# --real 3600), with the resident memory of each hour or minute. It must be flat once all that has a bound is full: in
# the rest of the day it may grow by 4 MB. Exit code 1 when it is not.
# Usage: soak.sh [path of timeseries_soak] [--rounds N | --real SECONDS]
set -euo pipefail
bench=build/release/bin/bench_timeseries_soak
if [ $# -gt 0 ] && [[ $1 != --* ]]; then
    bench=$1
    shift
fi
command -v "$bench" > /dev/null || { echo "soak: $bench is missing" >&2; exit 69; }
echo "load of the machine: $(cut -d' ' -f1-3 /proc/loadavg)"
exec "$bench" "$@"
