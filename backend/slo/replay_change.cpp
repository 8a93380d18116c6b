// An objective with the changes of a replay's request.

#include <algorithm>

#include "slo/replay.hpp"
#include "slo/replay_limits.hpp"

namespace qd::slo {
namespace {

constexpr std::uint64_t outage_min_events = 10;  // as a document's "outage" has it

core::Result<> check_request(const ReplayRequest& request) {
    using core::Errc;
    if (request.from >= request.to) return core::fail(Errc::invalid_argument, "from: must be before to");
    if (request.from.time_since_epoch().count() < 0)
        return core::fail(Errc::invalid_argument, "from: must not be before 1970");
    if (request.to - request.from > std::chrono::days(366))
        return core::fail(Errc::invalid_argument, "to: a replay spans a year at most");
    if (request.points < 2 || request.points > 2'000)
        return core::fail(Errc::invalid_argument, "points: must be between 2 and 2000");
    if (request.target && !(*request.target > 0 && *request.target < 1))
        return core::fail(Errc::invalid_argument, "objective_percent: must lie between 0 and 100");
    if (request.excluded && request.excluded->size() > max_replayed_exclusions)
        return core::fail(Errc::invalid_argument, "exclusions: at most {}", max_replayed_exclusions);
    return {};
}

/// Rows that the objective brought and that its new target or window makes impossible.
void leave_out_impossible(Objective& objective, std::vector<std::string>& limits) {
    std::erase_if(objective.rows, [&](const BurnRow& row) {
        if (row.long_s > objective.window_s) {
            limits.push_back(fmt::format("row {} is left out: it is longer than the window of {} s",
                                         windows_of(row), objective.window_s));
            return true;
        }
        if (check(row, objective.target)) return false;
        limits.push_back(
            fmt::format("row {} is left out: with a target of {:.9g} % its factor of {:g} is never reached",
                        windows_of(row), objective.target * 100, row.factor));
        return true;
    });
}

}  // namespace

core::Result<Objective> changed(Objective objective, const ReplayRequest& request,
                                std::vector<std::string>& limits) {
    if (auto fits = check_request(request); !fits) return core::Failure(fits.error());
    if (request.target) {
        objective.target = *request.target;
        if (objective.sla && objective.sla->target > objective.target) objective.sla.reset();
    }
    if (request.window_s) {
        objective.window_s = *request.window_s;
        objective.calendar.reset();
    }
    if (request.rows) objective.rows = *request.rows;
    const auto is_outage = [](const BurnRow& row) { return row.outage; };
    const bool has_outage = std::ranges::any_of(objective.rows, is_outage);
    if (request.outage && !*request.outage) std::erase_if(objective.rows, is_outage);
    if (request.outage && *request.outage && !has_outage)
        objective.rows.push_back(outage_row(objective.target, outage_min_events, Severity::sev1));
    for (BurnRow& row : objective.rows)
        if (row.outage) row.factor = 1 / (1 - objective.target);
    if (!request.rows) leave_out_impossible(objective, limits);
    if (auto fits = check(objective); !fits) return core::Failure(fits.error());
    return objective;
}

}  // namespace qd::slo
