#!/usr/bin/env bash
# What an audience of 200 costs against its bound of a quarter of a core: CPU time of the viewers process beside a site
# whose titles are encoded. Its system time is mostly the transfer itself, so user time is told apart.
# Usage: tests/benchmarks/viewers.sh [seconds]
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=build/release/bin
seconds=${1:-60}
data=$(mktemp -d)
trap 'kill "$site" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$data"' EXIT

"$bin/quarterdeck-site" up --data "$data" --viewers 200 > "$data/site.log" &
site=$!
for ((i = 0; i < 600; ++i)); do [ -s "$data/endpoints.json" ] && break; sleep 0.1; done
gateway=$(grep -o '"gateway": *"[^"]*"' "$data/endpoints.json" | cut -d'"' -f4)
for ((i = 0; i < 900; ++i)); do # all four titles encoded: the worker is at rest
    ready=$(curl -sf "$gateway/api/v1/videos" | grep -o '"state":"ready"' | wc -l) || ready=0
    [ "$ready" -ge 4 ] && break
    sleep 0.2
done
sleep 10 # everybody has come
viewers=$(pgrep -P "$site" -f "^[^ ]*/viewers run")
times() { awk '{ print $14, $15 }' "/proc/$viewers/stat"; }
read -r user_before system_before < <(times)
sleep "$seconds"
read -r user_after system_after < <(times)
awk -v u=$((user_after - user_before)) -v s=$((system_after - system_before)) -v t="$seconds" -v hz="$(getconf CLK_TCK)" \
    'BEGIN { u = u / hz / t; s = s / hz / t
             printf "200 viewers: %.1f %% of a core (user %.1f %%, system %.1f %%): %.2f of the bound of 25 %%\n", (u + s) * 100, u * 100, s * 100, (u + s) / 0.25 }'
