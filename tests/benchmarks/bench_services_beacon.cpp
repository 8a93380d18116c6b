// What one report of a player costs the api: read and added to the sums, and the memory of a session. Bound:
// the 2,000 a second that are taken at most are below 5 % of a core. Usage: bench_services_beacon

#include <time.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "services/playback_analytics.hpp"
#include "support/fake_clock.hpp"

using namespace qd;

namespace {

constexpr int sessions = 20'000;
constexpr int rounds = 10;
constexpr double bound_us = 0.05 * 1e6 / 2'000;

std::string report(int session, int seq) {
    return fmt::format(
        R"({{"session_id":"{:016x}","title":"0a1b2c3d4e5f","client":"viewer","seq":{},"acked":{},"state":"playing",)"
        R"("at":"2026-11-27T03:00:00.000Z","startup_s":0.214,"watched_s":{},"stalled_s":0.5,"stalls":1,)"
        R"("media_played_s":{},"average_bps":431234.5,"switches":1,"dropped":{{"early":0,"late":0}},"skipped":0,)"
        R"("errors":{{"timeout":1}}}})",
        session, seq, seq - 1, seq * 10, seq * 9);
}

/// The processor's time, whatever else runs.
std::chrono::nanoseconds cpu_now() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

double resident_kib() {
    std::ifstream status("/proc/self/statm");
    long pages = 0, resident = 0;
    status >> pages >> resident;
    return double(resident) * 4;
}

}  // namespace

int main() {
    test::FakeClock clock;
    telemetry::Metrics metrics;
    services::PlayerMetrics player(metrics, services::PlayerMetrics::Exist::at_once);
    services::PlaybackAnalytics analytics(clock, player, {.beacons_per_s = 1e9});
    const double before = resident_kib();
    std::chrono::nanoseconds reading{}, adding{};
    for (int seq = 1; seq <= rounds; ++seq) {
        clock.advance(std::chrono::seconds(10));
        for (int i = 0; i < sessions; ++i) {
            const std::string text = report(i, seq);
            const auto begin = cpu_now();
            const auto beacon = services::parse_beacon(text);
            const auto read = cpu_now();
            if (!beacon ||
                analytics.take(*beacon, "stable", "v1") != services::PlaybackAnalytics::Result::counted)
                return 1;
            reading += read - begin;
            adding += cpu_now() - read;
        }
    }
    const double reports = double(sessions) * rounds;
    const double read_us = double(reading.count()) / reports / 1e3,
                 add_us = double(adding.count()) / reports / 1e3;
    std::printf("a report: %.2f us to read, %.2f us to add; together %.2f of the bound of %.1f us\n", read_us,
                add_us, (read_us + add_us) / bound_us, bound_us);
    std::printf("%zu sessions: %.0f bytes each\n", analytics.running(),
                (resident_kib() - before) * 1024 / double(analytics.running()));
}
