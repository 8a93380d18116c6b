#!/bin/bash
# CPU time (user + system) of our encode against the ffmpeg command line with one decode and the same settings: 60 s of
# generated 720p into 720/480/240p, libx264 veryfast with the same rates, limits and IDR pictures, AAC once, fMP4 HLS.
# The bound is 1.15. Usage: encode_vs_ffmpeg.sh [path of bench_media_encode] [rounds] [source]
set -euo pipefail
bench=${1:-build/release/bin/bench_media_encode}
rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=${3:-}
if [ -z "$source" ]; then
    source=$work/source.mp4
    "$bench" --generate test-card,60,1280x720,30 "$source"
fi

with_ffmpeg() {
    local keys="-g 480 -keyint_min 1 -sc_threshold 0 -flags +cgop -forced-idr 1 -force_key_frames expr:gte(t,n_forced*2)"
    ffmpeg -nostdin -v error -y -i "$source" \
        -filter_complex '[0:v]split=3[a][b][c];[a]scale=426:240[l];[b]scale=854:480[m];[c]null[h]' \
        -map '[l]' -map '[m]' -map '[h]' -map 0:a:0 \
        -c:v libx264 -preset veryfast -profile:v high $keys \
        -b:v:0 300k -maxrate:v:0 450k -bufsize:v:0 450k -b:v:1 1200k -maxrate:v:1 1800k -bufsize:v:1 1800k \
        -b:v:2 3000k -maxrate:v:2 4500k -bufsize:v:2 4500k -c:a aac -b:a 128k -ac 2 -ar 48000 \
        -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 -hls_flags independent_segments \
        -var_stream_map 'v:0,agroup:a v:1,agroup:a v:2,agroup:a a:0,agroup:a' -master_pl_name master.m3u8 \
        -hls_fmp4_init_filename init.mp4 -hls_segment_filename "$work/ffmpeg/%v/seg-%05d.m4s" "$work/ffmpeg/%v/index.m3u8"
}

# cpu_of <name> <command...>: appends user+system seconds to $work/<name>.
cpu_of() {
    local name=$1
    shift
    local TIMEFORMAT='%U %S %R'
    { time "$@" > "$work/log" 2>&1; } 2> "$work/time" || { cat "$work/log" >&2; exit 1; }
    awk '{printf "%.2f %.2f\n", $1 + $2, $3}' "$work/time" >> "$work/$name"
}

for round in $(seq "$rounds"); do
    cpu_of ours "$bench" "$source" "$work/ours.d" --heights 240,480,720 --segment 2 --threads "$(nproc)"
    rm -rf "$work/ffmpeg" && mkdir -p "$work/ffmpeg"
    cpu_of theirs with_ffmpeg
    echo "round $round: ours $(tail -n1 "$work/ours") s of CPU and wall, ffmpeg $(tail -n1 "$work/theirs")"
done
# The least of each: what else ran on the machine only ever adds.
awk -v ours="$(sort -n "$work/ours" | head -n1 | cut -d' ' -f1)" \
    -v theirs="$(sort -n "$work/theirs" | head -n1 | cut -d' ' -f1)" \
    'BEGIN { printf "encode_cpu_s ours=%.2f ffmpeg=%.2f ratio=%.3f bound=1.15\n", ours, theirs, ours / theirs }'
