#pragma once
// How far a window of Prometheus may be from one of ours when both read the pages of a ScriptedExporter.
//
// It is derived from what the exporter has told:
// - Our window of W seconds is the sum of W scrapes' increments. increase() sees W samples, thus W - 1
//   increments, and extrapolates them to W seconds: in place of the increment that enters at the window's
//   begin stands the mean one. Where there are no samples at one of the window's ends, in the silence or
//   because nobody scraped yet, it adds half a mean increment there, or all that is missing up to 1.1 of
//   them.
// - Prometheus evaluates at its own moments: a scrape at either edge may lie in the one window and not in the
//   other.
// So events of a full window may differ by one scrape's worth: the largest of the scrapes at the edges and
// the mean one. To one that is not full up to 2.2 mean ones are added: extrapolatedRate() goes to either
// end of the window where that is nearer than 1.1 mean intervals, as when the first scrape of all is just
// within it; whichever scrapes at the edges it has seen: there the two add up. What is in the middle of a
// window (the restart, the silence, the bad answers) must agree. The time between the first and the last
// sample, by which is extrapolated, is as Prometheus stamped them: up to stamp_slack from whole seconds.
// Ratios are not extrapolated, the factor is the same above and below the line (but for a counter near 0,
// which is not extrapolated below 0): they may differ as much as one scrape at an edge moves them when it
// is left out or counted twice.

#include <algorithm>
#include <cmath>
#include <vector>

#include "integration/scripted_exporter.hpp"
#include "slo/counts.hpp"
#include "slo/indicator.hpp"

namespace qd::test {

constexpr double stamp_slack_s = 0.06;

/// One scrape's increments, as an objective counts them.
struct Increment {
    core::WallTime at{};
    slo::Counts counts;
};

inline std::int64_t second_of(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

/// As an indicator of requests_total or of took_seconds counts it.
inline slo::Counts counted(const slo::Indicator& indicator, const Load& load) {
    const bool ratio = std::holds_alternative<slo::RatioIndicator>(indicator);
    return {std::uint64_t(ratio ? load.good : load.fast), std::uint64_t(load.total())};
}

/// Events, bad ones among them, and their ratio.
struct Apart {
    double events = 0, bad = 0, ratio = 0;
};

/// What ours counted in a window: the increments of its scrapes, and those at its edges with the one before.
struct Window {
    slo::Counts counts;
    std::vector<slo::Counts> edges;
    std::size_t scrapes = 0;
};

/// What each page added to the one before. What was counted after the last page before the restart nobody has
/// read.
inline std::vector<Increment> increments(const std::vector<Told>& pages, const slo::Indicator& indicator,
                                         const ScriptedExporter& exporter) {
    std::vector<Increment> all;
    for (std::size_t i = 1; i < pages.size(); ++i) {
        const bool restarted = pages[i].restarted && !pages[i - 1].restarted;
        const Load before = restarted ? exporter.counted_before_restart() : pages[i - 1].counted;
        all.push_back({pages[i].at, counted(indicator, pages[i].counted - before)});
    }
    return all;
}

/// Our window of so many seconds at a moment.
inline Window window_of(const std::vector<Increment>& all, core::WallTime at, std::int64_t length_s) {
    Window window;
    std::vector<std::size_t> within;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (second_of(all[i].at) > second_of(at) - length_s && all[i].at <= at) {
            window.counts += all[i].counts;
            within.push_back(i);
        }
    window.scrapes = within.size();
    if (within.empty()) return window;
    for (std::size_t i = within.front() - std::min<std::size_t>(1, within.front());
         i <= std::min(within.front() + 1, within.back()); ++i)
        window.edges.push_back(all[i].counts);
    // What is to come may be in the other's window already.
    for (std::size_t i = std::max(within.back(), std::size_t(1)) - 1;
         i <= std::min(within.back() + 1, all.size() - 1); ++i)
        window.edges.push_back(all[i].counts);
    return window;
}

/// How far Prometheus may be from a window of so many seconds; see above.
inline Apart windows_apart(const Window& window, std::int64_t length_s) {
    const auto all_total = double(window.counts.total), all_bad = double(window.counts.bad());
    const double all_ratio = window.counts.error_ratio().value_or(0);
    const bool full = std::int64_t(window.scrapes) >= length_s;
    const double mean_share = (full ? 1 : 2.2) / std::max(1.0, double(window.scrapes) - 1);
    Apart apart{std::max(0.001, mean_share) * all_total, std::max(0.001, mean_share) * all_bad,
                0.001 * all_ratio};
    const double stamps = stamp_slack_s / std::max(1.0, double(window.scrapes) - 1);
    apart.events += stamps * all_total;
    apart.bad += stamps * all_bad;
    const Apart added = full ? Apart{stamps * all_total, stamps * all_bad} : apart;
    for (const slo::Counts& edge : window.edges) {
        apart.events = std::max(apart.events, added.events + double(edge.total));
        apart.bad = std::max(apart.bad, added.bad + double(edge.bad()));
        for (const double sign : {-1.0, 1.0})
            for (const double also_total : {0.0, 1.0}) {
                const double total = all_total + sign * also_total * double(edge.total);
                const double bad = std::max(0.0, all_bad + sign * double(edge.bad()));
                if (total < 1) continue;
                apart.ratio = std::max(apart.ratio, std::abs(bad / total - all_ratio));
            }
    }
    return apart;
}

}  // namespace qd::test
