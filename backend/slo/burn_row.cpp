#include "slo/burn_row.hpp"

#include <algorithm>
#include <cmath>

namespace qd::slo {
namespace {

constexpr double clear_share = 0.75;  // of the factor: the short window must burn below this to stop a row

/// Bad events beyond what `bound` (a ratio) allows in these counts, rounding aside; not negative: reached.
double excess(const Counts& counts, double bound) {
    return double(counts.bad()) - bound * double(counts.total) + 1e-9 * double(counts.total);
}

}  // namespace

core::Result<> check(const BurnRow& row, double target) {
    const auto wrong = [&](std::string_view reason) {
        return core::fail(core::Errc::invalid_argument, "the burn row {} s & {} s {}", row.short_s,
                          row.long_s, reason);
    };
    if (row.short_s < 1 || row.long_s > 90 * 86'400) return wrong("must lie between 1 s and 90 days");
    if (row.short_s >= row.long_s) return wrong("needs a short window below its long one");
    if (!(row.factor > 0)) return wrong("needs a factor above 0");
    // Beyond 1 / (1 - target) even a complete outage would not fire it; the slack is for rounding.
    if (row.factor > (1 + 1e-9) / (1 - target))
        return wrong("can never fire: its factor is above 1 / (1 - target)");
    if (row.min_events < 1 || row.min_bad < 1) return wrong("needs min_events and min_bad of at least 1");
    return {};
}

std::optional<double> burn_rate(const Counts& counts, double target) {
    const auto ratio = counts.error_ratio();
    if (!ratio) return std::nullopt;
    return *ratio / (1 - target);
}

bool exceeds(const BurnRow& row, double target, const WindowReading& short_window,
             const WindowReading& long_window, double threshold) {
    if (short_window.counts.total < row.min_events || long_window.counts.bad() < row.min_bad) return false;
    const double bound = threshold * (1 - target);
    // At least the bound, not above it: a complete outage must fire a row with the largest factor there is.
    return excess(short_window.counts, bound) >= 0 && excess(long_window.counts, bound) >= 0 &&
           short_window.counts.bad() > 0;
}

std::optional<double> fires_in(const BurnRow& row, double target, const WindowReading& short_window,
                               const WindowReading& long_window) {
    if (exceeds(row, target, short_window, long_window, row.factor)) return 0.0;
    const double bound = row.factor * (1 - target);
    const double bad_rate = short_window.bad_rate();
    const double total_rate = short_window.total_rate();
    const double gain = bad_rate - bound * total_rate;
    // The long window's ratio tends to the short one's: below the bound it never gets there.
    if (bad_rate <= 0 || gain < 0) return std::nullopt;
    const double short_s = double(row.short_s), long_s = double(row.long_s);
    double seconds = 0;
    const double missing = -excess(long_window.counts, bound);
    if (missing > 0) {
        if (gain <= 0) return std::nullopt;  // it would approach the bound and never reach it
        seconds = missing / (gain + missing / long_s);
    }
    // What a window of w seconds holds after x seconds when it loses evenly: n (1 - x / w) + rate x.
    const auto time_to = [](double now, double rate, double window_s,
                            double needed) -> std::optional<double> {
        if (now >= needed) return 0.0;
        const double pace = rate - now / window_s;
        if (pace <= 0 || rate * window_s < needed) return std::nullopt;
        return std::min((needed - now) / pace, window_s);
    };
    const auto events =
        time_to(double(short_window.counts.total), total_rate, short_s, double(row.min_events));
    const auto bad = time_to(double(long_window.counts.bad()), bad_rate, long_s, double(row.min_bad));
    if (!events || !bad) return std::nullopt;
    return std::max({seconds, *events, *bad});
}

RowStatus RowState::step(const BurnRow& row, double target, const WindowReading& short_window,
                         const WindowReading& long_window, std::int64_t at_s, bool known) {
    if (known) {
        if (exceeds(row, target, short_window, long_window, row.factor)) {
            firing_ = true;
            below_since_s_.reset();
        } else if (firing_) {
            const double short_burn = burn_rate(short_window.counts, target).value_or(0);
            if (short_burn >= row.factor * clear_share && short_window.counts.bad() > 0) {
                below_since_s_.reset();
            } else {
                if (!below_since_s_) below_since_s_ = at_s;
                if (at_s - *below_since_s_ >= row.short_s) {
                    firing_ = false;
                    below_since_s_.reset();
                }
            }
        }
    }
    RowStatus status{row,
                     burn_rate(short_window.counts, target),
                     burn_rate(long_window.counts, target),
                     short_window,
                     long_window,
                     firing_,
                     std::nullopt};
    if (firing_)
        status.fires_in_s = 0;
    else if (known)
        status.fires_in_s = fires_in(row, target, short_window, long_window);
    return status;
}

}  // namespace qd::slo
