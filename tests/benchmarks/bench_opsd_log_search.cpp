// How long one request is looked for in 256 MiB of logs, cached, beside grep -F over the same files. Bound: 2
// s, which is what a search may take. Usage: bench_opsd_log_search

#include <QTemporaryDir>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "opsd/log_search.hpp"

using namespace qd;

int main() {
    const QTemporaryDir folder;
    const std::filesystem::path logs = folder.path().toStdString();
    const core::SystemClock clock;
    const std::string at = core::format_rfc3339(clock.now());
    std::uint64_t written = 0;
    for (int file = 0; file < 16; ++file) {
        std::ofstream out(logs / fmt::format("api-{}.log", file));
        for (std::uint64_t size = 0; size < (16u << 20);) {
            const std::string line = fmt::format(
                R"({{"at":"{}","level":"info","service":"api","instance":"api-{}","message":"request","method":"GET",)"
                R"("path":"/media/x/480p/seg-17.m4s","route":"/media","status":200,"sent_bytes":281233,)"
                R"("duration_ms":1.532,"request_id":"{:016x}","trace_id":"{:032x}","span_id":"{:016x}"}})"
                "\n",
                at, file, written + size, written + size, size);
            out << line;
            size += line.size();
        }
        written += 16u << 20;
    }
    opsd::LogQuery query;
    query.request_id = "0000000000000000";  // the very first line of the file that is read last, maybe
    query.from = clock.now() - std::chrono::hours(1);
    query.to = clock.now() + std::chrono::minutes(1);
    query.most_bytes = 1u << 30;
    query.patience = std::chrono::seconds(60);
    (void)opsd::search_logs(logs, query, clock);
    const auto found = opsd::search_logs(logs, query, clock);
    if (!found) return 1;
    const auto began = clock.steady_now();
    const std::string grep =
        fmt::format("grep -hF '\"request_id\":\"{}\"' {}/*.log > /dev/null", query.request_id, logs.string());
    if (std::system(grep.c_str()) != 0) return 1;
    const double peer_s = core::Seconds(clock.steady_now() - began).count();
    const double took_s = core::Seconds(found->took).count();
    std::printf("%zu of %.0f MiB found in %.0f ms (%.2f of the bound of 2 s), grep -F %.0f ms: %.2f of it\n",
                found->lines.size(), double(found->bytes) / (1 << 20), took_s * 1e3, took_s / 2, peer_s * 1e3,
                took_s / peer_s);
}
