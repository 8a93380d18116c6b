#!/usr/bin/env bash
# The console against its bounds: first painted frame (500 ms), and one minute idle on Overview (3 % of a core,
# 200 MB), beside a site that runs. Usage: tests/benchmarks/console.sh [seconds of idling]
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=build/release/bin
idle=${1:-60}
data=$(mktemp -d)
trap 'kill "$console" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$data"' EXIT

runner=()
[ -n "${DISPLAY:-}" ] || runner=(xvfb-run -a -s "-screen 0 1600x1000x24")
for run in 1 2 3 4 5; do
    QUARTERDECK_STARTUP=1 timeout 60 "${runner[@]}" "$bin/quarterdeck" --data "$data/first-frame" --page overview \
        --screenshot "$data/frame.png" 2>&1 | grep -i 'first frame' || true
done

"${runner[@]}" "$bin/quarterdeck" --data "$data/site" --page overview 2> /dev/null &
sleep 30 # the site comes up and its first titles are encoded by another process
console=$(pgrep -n -f "^$bin/quarterdeck --data $data/site")
ticks() { awk '{ print $14 + $15 }' "/proc/$console/stat"; }
before=$(ticks)
sleep "$idle"
after=$(ticks)
awk -v a="$before" -v b="$after" -v s="$idle" -v hz="$(getconf CLK_TCK)" \
    'BEGIN { c = (b - a) / hz / s * 100; printf "idle on Overview: %.2f %% of a core (%.2f of the bound of 3 %%)\n", c, c / 3 }'
awk '/VmRSS/ { printf "resident: %.0f MB (%.2f of the bound of 200 MB)\n", $2 / 1024, $2 / 1024 / 200 }' "/proc/$console/status"
