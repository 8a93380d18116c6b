// Metrics of a process that may be anybody's: read or refused, and then counted without going astray.
#include <cmath>
#include <cstdlib>

#include "fuzz/target.hpp"
#include "timeseries/target_counters.hpp"

using namespace qd::timeseries;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Router router = [](const SeriesRef& series, Routes& routes) {
        (series.label("le").empty() ? routes.counters : routes.gauges).push_back(series.name.size() % 4);
    };
    TargetCounters counters(router, 4);
    for (int second = 1; second < 4; ++second) {
        const qd::core::WallTime at{std::chrono::seconds(second)};
        const auto part = text.substr(0, text.size() * std::size_t(second) / 3);
        if (const auto additions = counters.ingest(part, at, at))
            for (const double value : additions->values)
                if (std::isnan(value)) std::abort();
    }
    (void)parse_labels(text);
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "# HELP a_total b\n# TYPE a_total counter\na_total{code=\"200\",route=\"/a\\\"b\"} 17\na_total 3 "
        "1700000000000\n",
        "h_bucket{le=\"0.1\"} 3\nh_bucket{le=\"+Inf\"} 4\nh_sum 0.7\nh_count 4\nprocess_start_time_seconds "
        "1.5e9\n",
        "a NaN\nb +Inf\nc -Inf\nd 1e308\n", "code=\"200\",route=\"x\""};
}

}  // namespace qd::fuzz
