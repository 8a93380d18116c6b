#include "slo/replay_limits.hpp"

#include <algorithm>

namespace qd::slo {
namespace {

std::string short_length(std::int64_t seconds) {
    struct Unit {
        std::int64_t seconds;
        char letter;
    };
    for (const Unit unit : {Unit{86'400, 'd'}, Unit{3600, 'h'}, Unit{60, 'm'}})
        if (seconds % unit.seconds == 0) return fmt::format("{}{}", seconds / unit.seconds, unit.letter);
    return fmt::format("{}s", seconds);
}

std::string time_text(std::int64_t second) {
    return core::format_rfc3339(core::WallTime(std::chrono::seconds(second)));
}

std::string_view unit_name(std::int64_t step_s) {
    return step_s >= 3600 ? "hour" : "minute";
}

}  // namespace

std::string windows_of(const BurnRow& row) {
    return fmt::format("{} & {}{}", short_length(row.short_s), short_length(row.long_s),
                       row.outage ? " (outage)" : "");
}

ReplayLimits::ReplayLimits(const Objective& objective, const Past& past, std::int64_t from_s,
                           std::int64_t to_s)
    : objective_(objective), past_(past), from_s_(from_s), to_s_(to_s), rows_(objective.rows.size()) {}

void ReplayLimits::see(const PastCell& cell, bool left_out, const std::vector<Span>& excluded) {
    if (!first_s_) first_s_ = cell.at_s;
    const auto holds = [&](const Span& span) {
        return span.from_s <= cell.at_s && cell.end_s() <= span.to_s;
    };
    if (left_out && std::ranges::none_of(excluded, holds)) ++cut_cells_;
    if (cell.step_s > 1) coarse_step_s_ = cell.step_s;
    if (cell.end_s() <= from_s_) return;
    seen_s_ += cell.covered_s;
    if (cell.step_s > 1) coarse_until_s_ = std::min(cell.end_s(), to_s_);
}

void ReplayLimits::not_judged(std::size_t row, const PastCell& cell) {
    if (cell.end_s() <= from_s_) return;
    rows_[row] = std::min(cell.end_s(), to_s_);
}

void ReplayLimits::too_many_alerts(core::WallTime at) {
    if (!alerts_end_at_) alerts_end_at_ = at;
}

std::vector<std::string> ReplayLimits::texts() const {
    std::vector<std::string> texts;
    if (!first_s_ || seen_s_ == 0)
        texts.push_back("there is no reading in this time: nothing is known of it");
    if (first_s_ && *first_s_ > from_s_)
        texts.push_back(fmt::format("before {} nothing is kept", time_text(*first_s_)));
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i] == 0) continue;
        texts.push_back(fmt::format("before {} history is kept by the {}: row {} is not judged there",
                                    time_text(rows_[i]), unit_name(coarse_step_s_),
                                    windows_of(objective_.rows[i])));
    }
    const bool some_judged =
        std::ranges::any_of(rows_, [&](std::int64_t until_s) { return until_s < coarse_until_s_; });
    if (coarse_until_s_ > 0 && some_judged)
        texts.push_back(
            fmt::format("before {} history is kept by the {}: alerts begin and end with a whole one there",
                        time_text(coarse_until_s_), unit_name(coarse_step_s_)));
    if (objective_.absent) {
        if (coarse_until_s_ > 0)
            texts.push_back(fmt::format("before {} absent data is seen only where a whole {} had none",
                                        time_text(coarse_until_s_), unit_name(coarse_step_s_)));
        const std::int64_t known_s = past_.looks_known_since_s.value_or(to_s_);
        if (known_s > from_s_)
            texts.push_back(
                fmt::format("before {} it is not known when somebody looked: absent data is not judged there",
                            time_text(known_s)));
    }
    if (cut_cells_ > 0)
        texts.push_back(
            fmt::format("exclusions cut {} of the kept cells: these are left out whole", cut_cells_));
    if (alerts_end_at_)
        texts.push_back(fmt::format("there are more than {} alerts: those from {} on are not given",
                                    max_replayed_alerts, core::format_rfc3339(*alerts_end_at_)));
    return texts;
}

}  // namespace qd::slo
