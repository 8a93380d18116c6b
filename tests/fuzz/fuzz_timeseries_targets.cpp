// Two pages of one target, parted by a line "---": whatever they say, nothing negative or infinite is added,
// and whoever goes on from the saved baseline of the first counts no more of the second than who has read it.
#include <cmath>
#include <cstdlib>

#include "fuzz/target.hpp"
#include "timeseries/target_counters.hpp"

using namespace qd;
using namespace qd::timeseries;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t parted = text.find("---\n");
    const std::string_view first = text.substr(0, parted);
    const std::string_view second = parted == text.npos ? text : text.substr(parted + 4);
    const Router router = [](const SeriesRef& series, Routes& routes) {
        if (!series.name.starts_with("go")) routes.counters.push_back(series.label("code").starts_with('5'));
    };
    const core::WallTime at(std::chrono::hours(1'000));
    TargetCounters reader(router, 2);
    const bool read = reader.ingest(first, at, std::nullopt).has_value();
    const auto baseline = reader.baseline();
    if (read != baseline.has_value()) std::abort();
    TargetCounters next(router, 2);
    if (baseline && !next.resume(*baseline)) std::abort();
    const auto added = reader.ingest(second, at + std::chrono::seconds(1), at);
    const auto resumed = next.ingest(second, at + std::chrono::seconds(1), at);
    if (added.has_value() != resumed.has_value()) std::abort();
    if (!added) return 0;
    for (std::size_t slot = 0; slot < 2; ++slot) {
        if (!(added->values[slot] >= 0) || !(resumed->values[slot] >= 0)) std::abort();
        // Sums in another order, of numbers of any size, are not the same to the last bit.
        if (read && resumed->values[slot] > added->values[slot] * (1 + 1e-9)) std::abort();
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "process_start_time_seconds 3599000\nr_total{code=\"200\",le=\"+Inf\"} 10\nr_total{code=\"503\"} "
        "2.5\n"
        "---\nprocess_start_time_seconds 3599000\nr_total{code=\"200\",le=\"+Inf\"} "
        "14\nr_total{code=\"503\"} 3\n"
        "n_total 7\n",
        "r_total { code = \"2\\\"0}\" } 1e17 1728000000\ngo_goroutines 5\n---\nr_total { code = \"2\\\"0}\" "
        "} 3\n"
        "r_total 3\nr_total 4\n",
        "a 1\nb +Inf\nc NaN\n---\na 2\nb 5\nc 6\nd -1\n"};
}

}  // namespace qd::fuzz
