#include "slo/burn_row.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qd::slo {
namespace {

/// Bad events beyond what `bound` (a ratio) allows in these counts, rounding aside; not negative: reached.
double excess(const Counts& counts, double bound) {
    return double(counts.bad()) - bound * double(counts.total) + 1e-9 * double(counts.total);
}

/// When a quantity that stands at -`missing` (< 0), loses that evenly once the window is full and gains
/// `rate` (>= 0) a second reaches 0: at the latest when all that is there has left.
double time_to_zero(double missing, double rate, const WindowReading& window) {
    const double length_s = double(window.window_s);
    const double covered_s = std::clamp(double(window.covered_s), 0.0, length_s);
    if (missing <= rate * (length_s - covered_s)) return missing / rate;
    return missing * length_s / (rate * covered_s + missing);
}

struct Stretch {
    double from, until;  // seconds from now
};

/// When a window of `now` events, which are lost as above while `rate` come a second, holds at least
/// `needed`: it may hold them for a while only, if it was fed faster before.
std::optional<Stretch> when_it_holds(double now, double rate, const WindowReading& window, double needed) {
    const double length_s = double(window.window_s);
    const double covered_s = std::clamp(double(window.covered_s), 0.0, length_s);
    const double filling_s = length_s - covered_s;
    const bool for_good = rate * length_s >= needed * (1 - 1e-9);  // rounding aside
    // Once it is full: now (1 - (x - filling) / covered) + rate x.
    const double lost = covered_s > 0 ? now / covered_s : 0;
    const double crossed_at = (needed - now - lost * filling_s) / (rate - lost);
    Stretch stretch{0, for_good ? std::numeric_limits<double>::infinity() : crossed_at};
    if (now >= needed) return stretch;
    if (needed - now <= rate * filling_s)
        stretch.from = (needed - now) / rate;
    else if (for_good)
        stretch.from = rate > lost ? std::min(crossed_at, length_s) : length_s;
    else
        return std::nullopt;
    return stretch;
}

}  // namespace

BurnRow outage_row(double target, std::uint64_t min_events, Severity severity) {
    BurnRow row{5, 10, 1 / (1 - target), min_events, 1, severity};
    row.outage = true;
    return row;
}

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
    if (!(row.clear_share > 0 && row.clear_share <= 1)) return wrong("needs a clear_share in (0, 1]");
    if (row.clear_s < 0 || row.clear_s > 86'400) return wrong("needs a clear_s of 0 to 86400");
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
    // At the bound itself (where a total failure stands to the largest factor) it is reached in the end.
    double gain = bad_rate - bound * total_rate;
    if (std::abs(gain) <= 1e-9 * total_rate) gain = 0;
    // The long window's ratio tends to the short one's: below the bound it never gets there.
    if (bad_rate <= 0 || gain < 0) return std::nullopt;
    double seconds = 0;
    if (const double missing = -excess(long_window.counts, bound); missing > 0)
        seconds = time_to_zero(missing, gain, long_window);
    const auto events =
        when_it_holds(double(short_window.counts.total), total_rate, short_window, double(row.min_events));
    const auto bad =
        when_it_holds(double(long_window.counts.bad()), bad_rate, long_window, double(row.min_bad));
    if (!events || !bad) return std::nullopt;
    seconds = std::max({seconds, events->from, bad->from});
    if (seconds > std::min(events->until, bad->until)) return std::nullopt;
    return seconds;
}

RowStatus RowState::step(const BurnRow& row, double target, const WindowReading& short_window,
                         const WindowReading& long_window, std::int64_t at_s, bool known) {
    if (known) {
        if (exceeds(row, target, short_window, long_window, row.factor)) {
            firing_ = true;
            below_since_s_.reset();
        } else if (firing_) {
            const double short_burn = burn_rate(short_window.counts, target).value_or(0);
            if (short_burn >= row.factor * row.clear_share && short_window.counts.bad() > 0) {
                below_since_s_.reset();
            } else {
                if (!below_since_s_) below_since_s_ = at_s;
                if (at_s - *below_since_s_ >= row.clears_after_s()) {
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
