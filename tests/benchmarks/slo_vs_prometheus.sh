#!/bin/bash
# CPU seconds of Prometheus evaluating the exported rules of N objectives against ours, both scraping the same target
# each second and at the same time. The bound is 0.10. A second Prometheus without rules scrapes too: what the rules
# alone cost is the difference. In its first minute a Prometheus has a minute of samples in windows of up to an hour;
# it only gets more.
# Usage: slo_vs_prometheus.sh [path of timeseries_peer] [objectives] [seconds]
set -euo pipefail
bench=${1:-build/release/bin/bench_timeseries_peer}
objectives=${2:-100}
seconds=${3:-60}
here=$(cd "$(dirname "$0")/../.." && pwd)

prometheus=""
for candidate in "$here/build/peers/usr/bin/prometheus" "$(command -v prometheus || true)"; do
    [ -x "$candidate" ] && prometheus=$candidate && break
done
for needed in "$bench" "${prometheus:-prometheus}"; do
    command -v "$needed" > /dev/null || { echo "slo_vs_prometheus: $needed is missing" >&2; exit 69; }
done

work=$(mktemp -d)
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    exec 9>&- || true
    wait 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# The site ends with its standard input: a pipe that this script holds open.
mkfifo "$work/hold"
"$bench" site "$objectives" < "$work/hold" > "$work/address" &
exec 9> "$work/hold"
for _ in $(seq 100); do
    [ -s "$work/address" ] && break
    sleep 0.05
done
url=$(cat "$work/address")
target=${url#http://}
"$bench" rules "$objectives" > "$work/rules.yml"

start_prometheus() {  # <name> <rule files>; sets `pid` and `port`
    cat > "$work/$1.yml" << EOY
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [$2]
scrape_configs:
  - {job_name: site, metrics_path: "/${target#*/}", static_configs: [{targets: ["${target%%/*}"]}]}
EOY
    for _ in 1 2 3 4 5; do  # a free port is found by trying
        port=$((20000 + RANDOM % 20000))
        "$prometheus" --config.file="$work/$1.yml" --storage.tsdb.path="$work/$1" \
            --web.listen-address="127.0.0.1:$port" 2> "$work/$1.log" &
        pid=$!
        for _ in $(seq 200); do
            if curl -fs -o /dev/null "http://127.0.0.1:$port/-/ready"; then
                pids+=("$pid")
                return 0
            fi
            kill -0 "$pid" 2> /dev/null || break
            sleep 0.05
        done
        kill "$pid" 2> /dev/null || true
    done
    cat "$work/$1.log" >&2
    exit 69
}
value_of() {  # <port> <query>; the one value of the answer
    curl -fsG "http://127.0.0.1:$1/api/v1/query" --data-urlencode "query=$2" |
        sed -n 's/.*"value":\[[^,]*,"\([^"]*\)"\].*/\1/p'
}
cpu_of() {  # user and system time of a process, in seconds
    awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"
}

start_prometheus ruled rules.yml
ruled=$pid ruled_port=$port
start_prometheus plain ""
plain=$pid plain_port=$port
sleep 5  # the rules' groups begin at moments of their own
ruled_begin=$(cpu_of "$ruled")
plain_begin=$(cpu_of "$plain")
read -r ours events < <("$bench" ours "$objectives" "$url" "$seconds")
ruled_end=$(cpu_of "$ruled")
plain_end=$(cpu_of "$plain")
# All of them have done the work that is compared.
recorded=$(value_of "$ruled_port" 'count(slo:burn_rate:increase1m)')
read_alone=$(value_of "$plain_port" 'sum(scrape_samples_scraped)')
[ "${recorded:-0}" -eq "$objectives" ] && [ "${read_alone:-0}" -ge $((2 * objectives)) ] ||
    { echo "slo_vs_prometheus: Prometheus has recorded ${recorded:-0} burn rates and read ${read_alone:-0} series" >&2; exit 1; }
[ "$events" -gt 0 ] || { echo "slo_vs_prometheus: nothing was counted" >&2; exit 1; }
echo "load of the machine: $(cut -d' ' -f1-3 /proc/loadavg)"
awk -v n="$objectives" -v s="$seconds" -v ours="$ours" -v a="$ruled_begin" -v b="$ruled_end" -v c="$plain_begin" \
    -v d="$plain_end" 'BEGIN {
        printf "slo_vs_prometheus objectives=%d seconds=%d ours=%.2f prometheus=%.2f ratio=%.3f bound=0.100\n",
               n, s, ours, b - a, ours / (b - a)
        printf "  without rules Prometheus took %.2f s: the rules alone %.2f s, ours with its scrapes %.3f of that\n",
               d - c, b - a - (d - c), ours / (b - a - (d - c))
    }'
