// Reports of players that may be anything: what is read is within its bounds, and memory is.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "services/playback_analytics.hpp"
#include "support/fake_clock.hpp"

namespace qd::fuzz {
std::vector<std::string> seeds() {
    return {R"({"session_id":"s-1","title":"t","client":"viewer","seq":1,"acked":0,"state":"starting","at":)"
            R"("2026-11-27T03:00:00.000Z","startup_s":null,"watched_s":0,"stalled_s":0,"media_played_s":0})",
            R"({"session_id":"s-1","client":"console","seq":9,"acked":8,"state":"ended","at":)"
            R"("2026-11-27T03:00:00.000Z","startup_s":0.2,"watched_s":9.5,"stalled_s":1,"stalls":2,)"
            R"("media_played_s":8,"average_bps":1e6,"switches":1,"dropped":{"early":1,"late":2},)"
            R"("skipped":1,"errors":{"timeout":3,"x":1}})"};
}
}  // namespace qd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd;
    static test::FakeClock clock;
    static telemetry::Metrics metrics;
    static services::PlayerMetrics player(metrics, services::PlayerMetrics::Exist::at_once);
    static services::PlaybackAnalytics analytics(clock, player, {.max_sessions = 50});
    const auto beacon = services::parse_beacon({reinterpret_cast<const char*>(data), size});
    if (!beacon) return 0;
    const services::PlaybackTotals& totals = beacon->totals;
    if (beacon->session.empty() || beacon->seq == 0 || !(totals.watched_s >= 0) || !(totals.stalled_s >= 0) ||
        !(totals.media_bits >= 0) || totals.errors.size() > 8)
        std::abort();
    analytics.take(*beacon, "stable", "v1");
    clock.advance(std::chrono::milliseconds(700));
    if (analytics.remembered() > 50) std::abort();
    return 0;
}
