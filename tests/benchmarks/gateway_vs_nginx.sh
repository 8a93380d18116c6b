#!/bin/bash
# Requests per second of the gateway with a warm edge cache against nginx: the same 2 MB file and the same 1 KB answer,
# as many worker threads, access logs on in both, wrk driving them in turns. The bound is 0.60 on each.
# Usage: gateway_vs_nginx.sh [path of bench_gateway_peer] [rounds] [seconds] [threads]
set -euo pipefail
bench=${1:-build/release/bin/bench_gateway_peer}
rounds=${2:-3}
seconds=${3:-4}
threads=${4:-1}
here=$(cd "$(dirname "$0")/../.." && pwd)

nginx=""
for candidate in "$here/build/peers/usr/sbin/nginx" "$(command -v nginx || true)" /usr/sbin/nginx; do
    [ -x "$candidate" ] && nginx=$candidate && break
done
for needed in "$bench" "${nginx:-nginx}" wrk; do
    command -v "$needed" > /dev/null || { echo "gateway_vs_nginx: $needed is missing" >&2; exit 69; }
done

work=$(mktemp -d)
ours=""
theirs=""
finish() {
    [ -z "$ours" ] || kill "$ours" 2> /dev/null || true
    [ -z "$theirs" ] || kill "$theirs" 2> /dev/null || true
    wait 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT

mkdir -p "$work/root/media"
head -c 2097152 /dev/urandom > "$work/root/media/2m.mp4"
head -c 1024 /dev/urandom > "$work/root/media/1k.mp4"
cp "$work/root/media/"* "$work/"
chmod -R a+rX "$work"

# The gateway ends with its standard input: a pipe that this script holds open.
mkfifo "$work/hold"
"$bench" "$work" "$threads" < "$work/hold" > "$work/address" &
ours=$!
exec 9> "$work/hold"

start_nginx() {  # a free port is found by trying: nginx cannot report the one it got
    for _ in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 20000))
        cat > "$work/nginx.conf" << EOF
worker_processes $threads;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.error;
events { worker_connections 1024; }
http {
    access_log $work/nginx.access;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
    uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    types { video/mp4 mp4; }
    sendfile on; tcp_nopush on; keepalive_requests 100000000;
    server { listen 127.0.0.1:$port; root $work/root; add_header Cache-Control "public, max-age=3600"; }
}
EOF
        "$nginx" -c "$work/nginx.conf" -e "$work/nginx.error" &
        theirs=$!
        for _ in $(seq 50); do
            curl -fs -o /dev/null "http://127.0.0.1:$port/media/1k.mp4" && return 0
            kill -0 "$theirs" 2> /dev/null || break
            sleep 0.05
        done
        kill "$theirs" 2> /dev/null || true
    done
    cat "$work/nginx.error" >&2
    exit 69
}
start_nginx
for _ in $(seq 100); do
    [ -s "$work/address" ] && break
    kill -0 "$ours" 2> /dev/null || { echo "gateway_vs_nginx: the gateway did not start" >&2; exit 1; }
    sleep 0.05
done
gateway=$(cat "$work/address")

rate_of() {  # <base URL> <file>; any failed request spoils the figure
    local out
    out=$(wrk -t1 -c16 -d"$seconds" "$1/media/$2")
    if grep -qE 'Socket errors|Non-2xx' <<< "$out"; then
        echo "$out" >&2
        exit 1
    fi
    awk '/Requests\/sec/ { print $2 }' <<< "$out"
}

for file in 2m.mp4 1k.mp4; do
    for round in $(seq "$rounds"); do
        a=$(rate_of "$gateway" "$file")
        b=$(rate_of "http://127.0.0.1:$port" "$file")
        echo "$a" >> "$work/gateway.$file"
        echo "$b" >> "$work/nginx.$file"
        awk -v f="$file" -v r="$round" -v a="$a" -v b="$b" \
            'BEGIN { printf "%s round %d: gateway %.0f/s, nginx %.0f/s, ratio %.2f\n", f, r, a, b, a / b }'
    done
done
# The best of each: what else ran on the machine only ever takes away.
for file in 2m.mp4 1k.mp4; do
    awk -v f="$file" -v a="$(sort -g "$work/gateway.$file" | tail -n1)" -v b="$(sort -g "$work/nginx.$file" | tail -n1)" \
        'BEGIN { printf "gateway_vs_nginx file=%s gateway=%.0f nginx=%.0f ratio=%.2f bound=0.60\n", f, a, b, a / b }'
done
