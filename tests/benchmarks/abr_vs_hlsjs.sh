#!/usr/bin/env bash
# Stalls and average bitrate of `viewers play` against hls.js in headless Chromium: the same title through the same shaped
# server over the same network traces, each player alone on its link, both at the same time. The bound: no more stalls
# than hls.js has, over all traces.
# Usage: abr_vs_hlsjs.sh [traces, default "steps square 3g-moving lte-moving dead-spots"] [folder with master.m3u8]
# Needs ffmpeg (unless a folder is given), python3, chromium, and hls.js below build/peers:
#   npm install --prefix build/peers --no-save hls.js
set -euo pipefail
cd "$(dirname "$0")/../.."
traces=${1:-steps square 3g-moving lte-moving dead-spots}
folder=${2:-}
bin=build/release/bin
hls=build/peers/node_modules/hls.js/dist/hls.min.js
for needed in "$bin/viewers" "$bin/bench_player_abr" python3 chromium; do
    command -v "$needed" > /dev/null || { echo "abr_vs_hlsjs: $needed is missing" >&2; exit 69; }
done
[ -r "$hls" ] || { echo "abr_vs_hlsjs: $hls is missing" >&2; exit 69; }

work=$(mktemp -d)
children=()
finish() {
    for child in "${children[@]}"; do kill "$child" 2> /dev/null || true; done
    wait 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT

if [ -z "$folder" ]; then
    folder=$work/title
    mkdir -p "$folder"
    rate() { printf -- '-b:v:%d %dk -maxrate:v:%d %dk -bufsize:v:%d %dk ' "$1" "$2" "$1" $(($2 * 11 / 10)) "$1" $(($2 * 11 / 10)); }
    # shellcheck disable=SC2046
    nice ffmpeg -nostdin -v error -f lavfi -i "testsrc2=size=640x360:rate=25:duration=120,noise=alls=20:allf=t" \
        -f lavfi -i "sine=440:duration=120" -filter_complex '[0:v]split=4[a][b][c][d]' \
        -map '[a]' -map '[b]' -map '[c]' -map '[d]' -map 1:a -map 1:a -map 1:a -map 1:a \
        -c:v libx264 -preset ultrafast -g 50 -keyint_min 50 -sc_threshold 0 \
        $(rate 0 300) $(rate 1 1200) $(rate 2 3000) $(rate 3 6000) -c:a aac -b:a 64k \
        -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 -var_stream_map 'v:0,a:0 v:1,a:1 v:2,a:2 v:3,a:3' \
        -master_pl_name master.m3u8 -hls_segment_filename "$folder/%v/seg-%03d.m4s" "$folder/%v/index.m3u8"
fi

serve() {  # <name>: a link of its own; its address is the first line of $work/<name>
    : > "$work/$1"
    python3 tests/benchmarks/shaped_server.py "$folder" "$work/trace" "$hls" > "$work/$1" &
    server=$!
    children+=("$server")
    for _ in $(seq 100); do [ -s "$work/$1" ] && break; sleep 0.05; done
}

field() { python3 -c 'import json, sys; v = json.loads(sys.argv[1]).get(sys.argv[2]); print("nan" if v is None else v)' "$1" "$2"; }

ours_stalls=0
theirs_stalls=0
for trace in $traces; do
    "$bin/bench_player_abr" --text "$trace" 1 > "$work/trace"
    serve ours; ours_server=$server
    serve theirs; theirs_server=$server
    timeout 600 "$bin/viewers" play "$(head -n1 "$work/ours")/master.m3u8" --json > "$work/log" &
    viewer=$!
    children+=("$viewer")
    rm -rf "$work/profile"
    chromium --headless=new --no-sandbox --disable-gpu --mute-audio --no-first-run --disable-extensions \
        --disable-background-networking --disable-dev-shm-usage --autoplay-policy=no-user-gesture-required \
        --user-data-dir="$work/profile" "$(head -n1 "$work/theirs")/player.html" > "$work/browser.log" 2>&1 &
    browser=$!
    children+=("$browser")
    for _ in $(seq 1200); do
        [ "$(wc -l < "$work/theirs")" -ge 2 ] && break
        kill -0 "$browser" 2> /dev/null || break
        sleep 0.5
    done
    wait "$viewer" || true
    kill "$browser" "$ours_server" "$theirs_server" 2> /dev/null || true
    wait "$browser" "$ours_server" "$theirs_server" 2> /dev/null || true
    children=()
    ours=$(grep '"type":"qoe"' "$work/log" | tail -n1)
    theirs=$(sed -n 2p "$work/theirs")
    [ -n "$ours" ] && [ -n "$theirs" ] || { echo "abr_vs_hlsjs: no result for $trace" >&2; tail -n5 "$work/browser.log" >&2; exit 1; }
    for who in ours theirs; do
        line=${!who}
        printf '%-11s %-7s outcome %-7s start %.2f s, stalls %d (%.2f s), average %.0f kbit/s, switches %d\n' "$trace" "$who" \
            "$(field "$line" outcome)" "$(field "$line" startup_s)" "$(field "$line" stalls)" "$(field "$line" stalled_s)" \
            "$(awk -v b="$(field "$line" average_bps)" 'BEGIN { print b / 1000 }')" "$(field "$line" switches)"
    done
    awk -v a="$(field "$ours" average_bps)" -v b="$(field "$theirs" average_bps)" -v t="$trace" \
        'BEGIN { printf "%-11s bitrate ratio %.2f\n", t, a / b }'
    ours_stalls=$((ours_stalls + $(field "$ours" stalls)))
    theirs_stalls=$((theirs_stalls + $(field "$theirs" stalls)))
done
echo "abr_vs_hlsjs hls.js=$(field "$theirs" version) stalls ours=$ours_stalls theirs=$theirs_stalls bound=theirs"
[ "$ours_stalls" -le "$theirs_stalls" ]
