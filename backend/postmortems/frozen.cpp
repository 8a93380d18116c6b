#include "postmortems/frozen.hpp"

#include <algorithm>
#include <cstdlib>

#include "incidents/projection.hpp"

namespace qd::postmortems {
namespace {

constexpr std::size_t most_series = 6;

/// "good / total of x every 1 s, objective 0.995"
double objective_in(const std::string& query) {
    constexpr std::string_view mark = "objective ";
    const auto at = query.rfind(mark);
    if (at == std::string::npos) return 0;
    const double value = std::strtod(query.c_str() + at + mark.size(), nullptr);
    return value > 0 && value < 1 ? value : 0;
}

Series series_of(const incidents::Event& event) {
    Series series{event.body.text, objective_in(event.body.query), 1, {}};
    std::optional<double> step;
    for (const incidents::Sample& sample : event.body.samples) {
        if (!series.points.empty()) {
            const double gap = core::Seconds(sample.at - series.points.back().at).count();
            if (gap > 0 && (!step || gap < *step)) step = gap;
        }
        series.points.push_back({sample.at, std::clamp(sample.value, 0.0, 1.0), 1});
    }
    series.step_s = step.value_or(1);
    return series;
}

}  // namespace

void add_frozen(Figures& figures, std::span<const incidents::Event> events) {
    const std::vector<incidents::Event> shown = incidents::effective(events);
    for (auto event = shown.rbegin(); event != shown.rend(); ++event) {
        if (event->kind != incidents::EventKind::evidence || event->body.unit != "ratio" ||
            event->body.samples.size() < 2)
            continue;
        const auto known = std::ranges::find(figures.objectives, event->body.subject, &ObjectiveCost::id);
        if (known != figures.objectives.end()) {
            if (!known->series.points.empty()) continue;
            known->series = series_of(*event);
            known->series.title = known->title;
            known->series.objective = known->objective;
        } else if (figures.objectives.size() < most_series) {
            ObjectiveCost cost;
            cost.id = event->body.subject;
            cost.title = event->body.text;
            cost.series = series_of(*event);
            cost.objective = cost.series.objective;
            figures.objectives.push_back(std::move(cost));
        }
    }
}

}  // namespace qd::postmortems
