#include "prometheus/range_plan.hpp"

#include <algorithm>

namespace qd::prometheus {

core::Result<std::vector<RangeQuery>> plan_range(core::WallTime from, core::WallTime to,
                                                 std::chrono::seconds step) {
    if (step < std::chrono::seconds(1))
        return core::fail(core::Errc::invalid_argument, "a step must be 1 s or longer");
    if (to < from)
        return core::fail(core::Errc::invalid_argument, "a range must not end before its beginning");
    const auto points = std::uint64_t((to - from) / step) + 1;
    if (points > max_points * max_queries)
        return core::fail(core::Errc::too_large,
                          "{} points are more than {} queries of {} points; take a longer step", points,
                          max_queries, max_points);
    std::vector<RangeQuery> queries;
    for (std::uint64_t done = 0; done < points;) {
        const auto count = std::min<std::uint64_t>(points - done, max_points);
        queries.push_back(
            {from + step * std::int64_t(done), from + step * std::int64_t(done + count - 1), step});
        done += count;
    }
    return queries;
}

core::Result<std::vector<RangeQuery>> plan_backfill(core::WallTime from, core::WallTime to,
                                                    std::chrono::seconds step_s) {
    if (step_s < backfill_step)
        return core::fail(core::Errc::invalid_argument, "history is told in steps of {} s or longer",
                          backfill_step.count());
    if (to < from)
        return core::fail(core::Errc::invalid_argument, "a range must not end before its beginning");
    const std::chrono::milliseconds step = step_s;
    const auto steps_up_to = [&](core::WallTime at) {  // rounded down, also before 1970
        const auto since = at.time_since_epoch();
        return since / step - (since % step < std::chrono::milliseconds(0) ? 1 : 0);
    };
    const core::WallTime last(step * steps_up_to(to));
    const auto begun = steps_up_to(from);
    const core::WallTime first(step * (begun + (step * begun < from.time_since_epoch() ? 2 : 1)));
    if (first > last) return std::vector<RangeQuery>();
    return plan_range(first, last, step_s);
}

}  // namespace qd::prometheus
