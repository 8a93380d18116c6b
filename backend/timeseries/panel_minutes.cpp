// The minutes of panels on their way to the disk and back.
#include <algorithm>

#include "timeseries/panel_series.hpp"

namespace qd::timeseries {
namespace {

/// A round may still reach back nearly so far.
constexpr std::int64_t settled_after_s = TargetKind{}.longest_gap.count() + 5;

}  // namespace

std::string PanelSeries::Input::text() const {
    std::string text = fmt::format("{} {}", int(kind), selector.metric);
    // The unit separator stands in no name, and in hardly any pattern.
    for (const slo::LabelMatcher& matcher : selector.labels)
        text += fmt::format("\x1f{}={}", matcher.name, matcher.text());
    return fmt::format("{}\x1f by {}", text, by);
}

std::int64_t PanelSeries::first_open_minute() const {
    return std::max<std::int64_t>(0, now_ - settled_after_s) / 60;
}

std::vector<PanelMinutes> PanelSeries::closed_minutes(std::int64_t first) const {
    first = std::max(first, now_ / 60 - kept_minutes + 1);
    std::vector<PanelMinutes> all;
    for (const Input& input : inputs_)
        for (const Line& line : input.lines) {
            PanelMinutes told{{input.text(), line.split}, {}};
            for (std::int64_t minute = first; minute < first_open_minute(); ++minute) {
                if (std::isnan(line.minutes.at(minute))) continue;
                PanelMinute cell{minute,
                                 line.minutes.at(minute),
                                 line.covered.at(minute),
                                 line.lows.at(minute),
                                 line.highs.at(minute),
                                 {}};
                for (const Bound& bound : line.bounds)
                    if (const float count = bound.minutes.at(minute); count > 0)
                        cell.bounds.emplace_back(bound.le, count);
                told.minutes.push_back(std::move(cell));
            }
            if (!told.minutes.empty()) all.push_back(std::move(told));
        }
    return all;
}

void PanelSeries::restore(const PanelMinutes& saved) {
    const auto input = std::find_if(inputs_.begin(), inputs_.end(),
                                    [&](const Input& known) { return known.text() == saved.line.input; });
    if (input == inputs_.end() || saved.minutes.empty()) return;
    const auto known = std::find_if(input->lines.begin(), input->lines.end(),
                                    [&](const Line& line) { return line.split == saved.line.split; });
    Line* line = known != input->lines.end() ? &*known : nullptr;
    // Nobody has asked for a line that is only remembered: it is no news when there is no room for it.
    if (!line && !input->by.empty() && input->lines.size() < dashboards::max_series)
        line = make_line(*input, saved.line.split);
    if (!line) return;
    for (const PanelMinute& cell : saved.minutes) {
        const bool kept = cell.minute > now_ / 60 - kept_minutes && cell.minute <= now_ / 60;
        if (!kept || !std::isnan(line->minutes.at(cell.minute)) || !(cell.covered_s > 0)) continue;
        line->minutes.set(cell.minute, cell.sum);
        line->covered.set(cell.minute, cell.covered_s);
        line->lows.set(cell.minute, cell.low);
        line->highs.set(cell.minute, cell.high);
        for (const auto& [le, count] : cell.bounds) {
            auto at = std::lower_bound(line->bounds.begin(), line->bounds.end(), le,
                                       [](const Bound& bound, double wanted) { return bound.le < wanted; });
            if (at == line->bounds.end() || at->le != le) {
                if (line->bounds.size() == max_bounds) continue;
                at = line->bounds.insert(at, Bound{le, {}});
            }
            at->minutes.set(cell.minute, count);
        }
        line->last_covered = std::max(line->last_covered, std::min(cell.minute * 60 + 59, now_));
    }
}

}  // namespace qd::timeseries
