#include "slo/interchange/row_sets.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace qd::slo::interchange {
namespace {

constexpr std::int64_t hour_s = 3'600, day_s = 86'400;
constexpr std::int64_t least_short_s = 10, least_long_s = 60;
constexpr std::uint64_t least_events = 10, least_bad = 3;
constexpr std::uint64_t events_per_second_of_time = 1'000;  // an event of a time indicator is a millisecond

struct KnownRow {
    std::int64_t short_s, long_s;
    double factor;
    Severity severity;
};

constexpr std::array google_rows{
    KnownRow{300, hour_s, 14.4, Severity::sev2}, KnownRow{1'800, 6 * hour_s, 6, Severity::sev2},
    KnownRow{2 * hour_s, day_s, 3, Severity::sev3}, KnownRow{6 * hour_s, 3 * day_s, 1, Severity::sev3}};
constexpr std::array pyrra_rows{
    KnownRow{300, hour_s, 14, Severity::sev2}, KnownRow{1'800, 6 * hour_s, 7, Severity::sev2},
    KnownRow{2 * hour_s, day_s, 2, Severity::sev3}, KnownRow{6 * hour_s, 4 * day_s, 1, Severity::sev3}};

std::int64_t scaled(std::int64_t seconds, double scale, std::int64_t least_s) {
    const double exact = double(seconds) * scale;
    const double step = exact >= 120 ? 60 : 1;
    return std::max(std::int64_t(std::llround(exact / step) * std::llround(step)), least_s);
}

}  // namespace

std::vector<BurnRow> scaled_rows(RowSet set, std::int64_t window_s, double target,
                                 const Indicator& indicator) {
    const bool google = set == RowSet::google;
    const double scale = double(window_s) / double((google ? 30 : 28) * day_s);
    const std::uint64_t unit =
        std::holds_alternative<TimeIndicator>(indicator) ? events_per_second_of_time : 1;
    std::vector<BurnRow> rows;
    for (const KnownRow& known : google ? google_rows : pyrra_rows) {
        if (known.factor > 1 / (1 - target)) continue;
        const BurnRow row{scaled(known.short_s, scale, least_short_s),
                          scaled(known.long_s, scale, least_long_s),
                          known.factor,
                          least_events * unit,
                          least_bad * unit,
                          known.severity};
        if (!rows.empty() && rows.back().short_s == row.short_s && rows.back().long_s == row.long_s) {
            // The same windows with a lower factor fire whenever the others do.
            rows.back().factor = row.factor;
            continue;
        }
        rows.push_back(row);
    }
    return rows;
}

}  // namespace qd::slo::interchange
