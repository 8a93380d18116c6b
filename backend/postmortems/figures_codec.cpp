#include "postmortems/figures_codec.hpp"

#include <algorithm>

#include "core/json_fields.hpp"

namespace qd::postmortems {
namespace {

using nlohmann::json;

/// [milliseconds since 1970, good, total]
core::Result<Series::Point> figure_point(const json& value) {
    if (!value.is_array() || value.size() != 3 || !value[0].is_number_integer() || !value[1].is_number() ||
        !value[2].is_number())
        return core::fail(core::Errc::invalid_argument, "is no point of time, good and total");
    return Series::Point{core::WallTime(std::chrono::milliseconds(value[0].get<std::int64_t>())),
                         value[1].get<double>(), value[2].get<double>()};
}

core::Result<ObjectiveCost> figure_cost(const json& value) {
    core::JsonFields fields(value);
    ObjectiveCost cost;
    cost.id = fields.text("id", 200);
    cost.title = fields.text("title", 1'000);
    cost.unit = fields.text("unit", 60);
    cost.objective = fields.number("objective").value_or(0);
    cost.good = fields.number("good").value_or(0);
    cost.total = fields.number("total").value_or(0);
    cost.budget_spent = fields.number("budget_spent");
    cost.series.title = cost.title;
    cost.series.objective = cost.objective;
    cost.series.step_s = fields.number("step_s").value_or(1);
    for (const json& entry : fields.array("points", 20'000)) {
        const auto point = figure_point(entry);
        fields.merge("points", point);
        if (!point) break;
        cost.series.points.push_back(*point);
    }
    return fields.finish(std::move(cost));
}

}  // namespace

std::string encode_figures(const Figures& figures) {
    auto objectives = json::array();
    for (const ObjectiveCost& cost : figures.objectives) {
        auto points = json::array();
        for (const Series::Point& point : cost.series.points)
            points.push_back({point.at.time_since_epoch().count(), point.good, point.total});
        objectives.push_back({{"id", cost.id},
                              {"title", cost.title},
                              {"unit", cost.unit},
                              {"objective", cost.objective},
                              {"good", cost.good},
                              {"total", cost.total},
                              {"budget_spent", cost.budget_spent ? json(*cost.budget_spent) : json(nullptr)},
                              {"step_s", cost.series.step_s},
                              {"points", std::move(points)}});
    }
    return core::dump_json({{"measured_from", core::json_time(figures.measured_from)},
                            {"measured_to", core::json_time(figures.measured_to)},
                            {"objectives", std::move(objectives)}});
}

core::Result<Figures> decode_figures(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    core::JsonFields fields(*value);
    Figures figures;
    figures.measured_from = fields.time("measured_from");
    figures.measured_to = fields.time("measured_to");
    for (const json& entry : fields.array("objectives", 20)) {
        auto cost = figure_cost(entry);
        fields.merge("objectives", cost);
        if (!cost) break;
        figures.objectives.push_back(std::move(*cost));
    }
    return fields.finish(std::move(figures));
}

void add_kept(Figures& live, const Figures& kept) {
    const bool same_span = live.measured_from == kept.measured_from && live.measured_to == kept.measured_to;
    bool taken = false;
    for (const ObjectiveCost& cost : kept.objectives) {
        const auto known = std::ranges::find(live.objectives, cost.id, &ObjectiveCost::id);
        if (known == live.objectives.end()) {
            live.objectives.push_back(cost);
        } else if (known->series.points.empty() || (same_span && cost.total > known->total)) {
            const auto remaining = known->budget_remaining;
            *known = cost;
            known->budget_remaining = remaining;
        } else {
            continue;
        }
        taken = true;
    }
    if (!taken) return;
    live.measured_from = kept.measured_from;
    live.measured_to = kept.measured_to;
    live.missing.clear();
}

}  // namespace qd::postmortems
