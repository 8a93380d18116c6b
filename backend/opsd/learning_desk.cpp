#include "opsd/learning_desk.hpp"

#include <algorithm>

#include "learning/compile.hpp"
#include "opsd/postmortem_figures.hpp"

namespace qd::opsd {
namespace {

constexpr std::size_t most_watched = 50;

bool belongs(const incidents::Incident& incident, const learning::Query& query) {
    if (incident.state == incidents::State::cancelled || incident.state == incidents::State::merged)
        return false;
    const bool within = std::ranges::any_of(incident.episodes, [&](const incidents::Episode& episode) {
        return episode.started_at >= query.from && episode.started_at < query.to;
    });
    return within && (query.service.empty() || incident.service == query.service) &&
           (!query.severity || incident.severity == *query.severity);
}

}  // namespace

std::vector<learning::EpisodeEvents> LearningDesk::events_of(const incidents::Incident& incident) {
    {
        const std::lock_guard lock(mutex_);
        const auto known = remembered_.find(incident.id.value);
        if (known != remembered_.end() && known->second.version == incident.version)
            return known->second.events;
    }
    const auto timeline = incidents_.timeline(incident.id);
    if (!timeline) {
        context_.log().warning("the journal of an incident could not be read for the learning report",
                               {{"incident", incident.id.value}, {"error", timeline.error().message}});
        return {};
    }
    auto events = learning::events_of(incident, *timeline);
    const std::lock_guard lock(mutex_);
    if (remembered_.size() >= most_remembered) remembered_.clear();
    remembered_[incident.id.value] = {incident.version, events};
    return events;
}

std::vector<learning::Cost> LearningDesk::costs_of(const incidents::Incident& incident,
                                                   const std::vector<slo::Status>& statuses) {
    std::optional<postmortems::Figures> figures;
    {
        const std::lock_guard lock(mutex_);
        const auto known = measured_.find(incident.id.value);
        if (known != measured_.end() && known->second.version == incident.version)
            figures = known->second.figures;
    }
    if (!figures) {
        const auto timeline = incidents_.timeline(incident.id);
        figures = measure_figures(context_, incident, timeline ? *timeline : std::vector<incidents::Event>());
        for (postmortems::ObjectiveCost& cost : figures->objectives) cost.series.points.clear();
        const std::lock_guard lock(mutex_);
        if (measured_.size() >= most_remembered) measured_.clear();
        if (incident.mitigated_at) measured_[incident.id.value] = {incident.version, *figures};
    }
    std::vector<learning::Cost> costs;
    for (const postmortems::ObjectiveCost& measured : figures->objectives) {
        learning::Cost cost{
            incident.id.value, incident.title, measured.id, measured.title, {}, {}, {}, {}, {}};
        cost.total = measured.total;
        cost.bad = std::max(0.0, measured.total - measured.good);
        const auto status = std::ranges::find(statuses, measured.id,
                                              [](const slo::Status& one) { return one.objective.id.value; });
        if (status != statuses.end() && status->budget.allowed > 0) cost.allowed = status->budget.allowed;
        if (measured.total <= 0)
            cost.unknown = "nothing is kept of that time";
        else if (!cost.allowed)
            cost.unknown = "the window has no budget now: nothing was counted in it";
        else
            cost.spent = cost.bad / *cost.allowed;
        costs.push_back(std::move(cost));
    }
    if (costs.empty())
        costs.push_back(
            {incident.id.value, incident.title, {}, {}, {}, {}, {}, {}, "no objective measures it"});
    return costs;
}

void LearningDesk::add_costs(const learning::Query& query, const std::vector<incidents::Incident>& all,
                             const std::vector<slo::Status>& statuses, std::vector<learning::Cost>& costs,
                             learning::Material& material) {
    std::vector<const incidents::Incident*> wanted;
    for (const incidents::Incident& incident : all)
        if (belongs(incident, query)) wanted.push_back(&incident);
    std::ranges::stable_sort(wanted,
                             [](const auto* a, const auto* b) { return a->started_at > b->started_at; });
    material.costs_total = wanted.size();
    for (const incidents::Incident* incident : wanted) {
        if (material.costs_of == costs_measured || costs.size() >= learning::most_costs) break;
        ++material.costs_of;
        std::ranges::move(costs_of(*incident, statuses), std::back_inserter(costs));
    }
    material.costs = costs;
}

std::vector<learning::TaggedFactors> LearningDesk::factors_of(const std::vector<incidents::Incident>& all,
                                                              const learning::Query& query) const {
    std::vector<learning::TaggedFactors> found;
    for (const incidents::Incident& incident : all) {
        if (!belongs(incident, query)) continue;
        learning::TaggedFactors tagged{incident.id.value, {}};
        for (const postmortems::Factor& factor : drafts_.factors(incident.id))
            tagged.factors.push_back(factor.tag);
        if (!tagged.factors.empty()) found.push_back(std::move(tagged));
    }
    return found;
}

std::optional<core::WallTime> LearningDesk::counted_since(const std::vector<slo::Status>& statuses,
                                                          const learning::Query& query) const {
    std::optional<core::WallTime> first;
    std::size_t looked = 0;
    for (const slo::Status& status : statuses) {
        if (!query.service.empty() && status.objective.service != query.service) continue;
        if (++looked > most_watched) break;
        // A year's point is a day wide: look again, closer, at where it begins.
        core::WallTime from = query.from, to = std::min(query.to, context_.clock().now());
        std::optional<core::WallTime> begin;
        for (int look = 0; look < 3 && from < to; ++look) {
            const auto history = context_.slo_history(status.objective.id, from, to, 400);
            if (!history || history->points.empty()) break;
            begin = std::max(from, history->points.front().at);
            if (history->step_s <= 60) break;
            from = *begin;
            to = std::min(to, *begin + std::chrono::seconds(2 * history->step_s));
        }
        if (begin && (!first || *begin < *first)) first = begin;
    }
    return first;
}

learning::Report LearningDesk::report(const learning::Query& query) {
    const std::vector<incidents::Incident> all = incidents_.list();
    const std::vector<rollouts::Rollout> rollouts = rollouts_.list();
    const std::vector<slo::Exclusion> exclusions = exclusions_.list();
    const std::vector<slo::Status> statuses = context_.slo_statuses();
    std::vector<learning::Watched> watched;
    for (const slo::Status& status : statuses)
        watched.push_back({status.objective.id, status.objective.service});
    const std::vector<learning::TaggedFactors> factors = factors_of(all, query);
    std::vector<learning::Cost> costs;
    learning::Material material;
    material.incidents = all;
    material.rollouts = rollouts;
    material.exclusions = exclusions;
    material.watched = watched;
    material.factors = factors;
    material.counted_since = counted_since(statuses, query);
    add_costs(query, all, statuses, costs, material);
    material.events_of = [this](const incidents::Incident& incident) { return events_of(incident); };
    return learning::compile(query, context_.clock().now(), material);
}

}  // namespace qd::opsd
