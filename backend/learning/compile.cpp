#include "learning/compile.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "incidents/clocks.hpp"
#include "incidents/projection.hpp"
#include "learning/parts.hpp"

namespace qd::learning {
namespace {

GroupMeasure without_sources(const Measure& measure) {
    return {measure.name, measure.mean, measure.spread};
}

Group group_of(const std::string& service, std::optional<incidents::Severity> severity,
               const std::vector<Interval>& intervals, const Query& query, const Material& material,
               core::WallTime now) {
    Group group{service, severity, 0, {}};
    std::unordered_set<std::string_view> distinct;
    for (const Interval& interval : intervals) distinct.insert(interval.incident->id.value);
    group.incidents = distinct.size();
    for (const Measure& measure : time_measures(intervals, query, false))
        group.measures.push_back(without_sources(measure));
    group.measures.push_back(
        without_sources(reliability(intervals, query, service, material, now, false).measure));
    return group;
}

void add_groups(Report& report, const std::vector<Interval>& intervals, const Material& material,
                core::WallTime now) {
    std::map<std::string, std::map<incidents::Severity, std::vector<Interval>>> by;
    for (const Interval& interval : intervals)
        by[interval.incident->service][interval.incident->severity].push_back(interval);
    for (const auto& [service, severities] : by) {
        if (report.groups.size() + severities.size() + 1 > most_groups) {
            ++report.groups_left_out;
            continue;
        }
        if (severities.size() > 1) {
            std::vector<Interval> all;
            for (const Interval& interval : intervals)
                if (interval.incident->service == service) all.push_back(interval);
            report.groups.push_back(group_of(service, std::nullopt, all, report.query, material, now));
        }
        for (const auto& [severity, some] : severities)
            report.groups.push_back(group_of(service, severity, some, report.query, material, now));
    }
}

void count(Report& report, const Material& material) {
    std::set<std::string> services;
    for (const incidents::Incident& incident : material.incidents) {
        services.insert(incident.service);
        const Query& query = report.query;
        if (!query.service.empty() && incident.service != query.service) continue;
        if (query.severity && incident.severity != *query.severity) continue;
        const bool within = std::ranges::any_of(incident.episodes, [&](const incidents::Episode& episode) {
            return episode.started_at >= query.from && episode.started_at < query.to;
        });
        if (!within) continue;
        ++(incident.state == incidents::State::cancelled ? report.cancelled
           : incident.state == incidents::State::merged  ? report.merged
                                                         : report.counted);
    }
    report.services.assign(services.begin(), services.end());
}

std::vector<std::uint64_t> ends_of(std::string_view measure, const EpisodeEvents& of) {
    std::vector<std::uint64_t> seqs;
    const auto add = [&seqs](std::uint64_t seq) {
        if (seq != 0 && std::ranges::find(seqs, seq) == seqs.end()) seqs.push_back(seq);
    };
    add(measure == "MTTA" ? of.detected : of.started);
    if (measure == "MTTD") add(of.detected);
    if (measure == "MTTA") add(of.acknowledged);
    if (measure == "MTTM") add(of.mitigated);
    if (measure == "MTTR") add(of.resolved);
    return seqs;
}

void add_events(Report& report, const Material& material) {
    if (!material.events_of) return;
    std::unordered_map<std::string_view, const incidents::Incident*> by_id;
    by_id.reserve(material.incidents.size());
    for (const incidents::Incident& incident : material.incidents) by_id[incident.id.value] = &incident;
    std::unordered_map<std::string, std::vector<EpisodeEvents>> known;
    const auto fill = [&](std::string_view measure, std::vector<Source>& sources) {
        for (Source& source : sources) {
            const auto incident = by_id.find(source.incident);
            if (incident == by_id.end()) continue;
            auto [events, is_new] = known.try_emplace(source.incident);
            if (is_new) events->second = material.events_of(*incident->second);
            if (source.episode <= events->second.size())
                source.events = ends_of(measure, events->second[source.episode - 1]);
        }
    };
    for (Measure& measure : report.measures) fill(measure.name, measure.sources);
    fill("MTTM", report.delivery.restore_sources);
}

}  // namespace

std::vector<Factor> factors_of(std::span<const Interval> intervals, const Material& material,
                               std::string& note) {
    std::map<std::pair<std::string, std::string>, Factor> found;
    const auto add = [&](const std::string& text, const char* origin, const std::string& incident) {
        Factor& factor = found[{text, origin}];
        factor.text = text;
        factor.origin = origin;
        ++factor.count;
        if (factor.incidents.size() < 50) factor.incidents.push_back(incident);
    };
    std::unordered_map<std::string_view, const TaggedFactors*> tagged;
    for (const TaggedFactors& one : material.factors) tagged[one.incident] = &one;
    std::unordered_set<std::string_view> seen;
    std::size_t from_people = 0, from_suspects = 0;
    for (const Interval& interval : intervals) {
        const incidents::Incident& incident = *interval.incident;
        if (!seen.insert(incident.id.value).second) continue;
        if (const auto people = tagged.find(incident.id.value);
            people != tagged.end() && !people->second->factors.empty()) {
            const auto& texts = people->second->factors;
            for (const std::string& text : std::set<std::string>(texts.begin(), texts.end()))
                add(text, "post-mortem", incident.id.value);
            ++from_people;
            continue;
        }
        if (!incident.suspects.empty()) ++from_suspects;
        std::set<std::string> texts;
        for (const incidents::Suspect& suspect : incident.suspects)
            texts.insert(fmt::format("{} before it, on {}", suspect.kind, incident.service));
        for (const std::string& text : texts) add(text, "suspect", incident.id.value);
    }
    note = fmt::format(
        "{} of {} incidents have factors that people wrote into the post-mortem; of {} others it is the kind "
        "of change that was suspected, which nobody has confirmed.",
        from_people, seen.size(), from_suspects);
    std::vector<Factor> factors;
    for (auto& [key, factor] : found) factors.push_back(std::move(factor));
    std::ranges::stable_sort(factors, std::ranges::greater{}, &Factor::count);
    if (factors.size() > most_factors) factors.resize(most_factors);
    return factors;
}

Report compile(const Query& query, core::WallTime now, const Material& material) {
    Report report;
    report.query = query;
    report.as_of = now;
    report.bucket = bucket_name(query);
    count(report, material);
    const std::vector<Interval> intervals = intervals_of(material.incidents, query);
    report.measures = time_measures(intervals, query, true);
    Reliability failures = reliability(intervals, query, query.service, material, now, true);
    report.measures.push_back(std::move(failures.measure));
    report.uptime = failures.uptime;
    add_groups(report, intervals, material, now);
    report.factors = factors_of(intervals, material, report.factors_note);
    report.delivery = delivery_of(intervals, query, material, now);
    report.cost_formula =
        "bad events from first impact to mitigation / bad events that the objective's window allows now";
    report.costs.assign(material.costs.begin(),
                        material.costs.begin() + std::ptrdiff_t(std::min(material.costs.size(), most_costs)));
    report.costs_of = material.costs_of;
    report.costs_total = material.costs_total;
    add_events(report, material);
    return report;
}

std::vector<EpisodeEvents> events_of(const incidents::Incident& incident,
                                     std::span<const incidents::Event> events) {
    using incidents::EventKind;
    using incidents::State;
    std::vector<EpisodeEvents> found(incident.episodes.size());
    const auto set = [](std::uint64_t& seq, std::uint64_t to) {
        if (seq == 0) seq = to;
    };
    for (const incidents::Event& event : incidents::effective(events)) {
        const bool opened = event.kind == EventKind::opened;
        const bool state = event.kind == EventKind::state && event.body.state;
        if (!opened && !state && event.kind != EventKind::acknowledge) continue;
        for (std::size_t i = 0; i < found.size(); ++i) {
            const incidents::Episode& episode = incident.episodes[i];
            EpisodeEvents& of = found[i];
            if (opened) {
                if (i == 0) of.started = of.detected = event.seq;
                continue;
            }
            const core::WallTime at = event.occurred_at;
            const State to = state ? *event.body.state : State::acknowledged;
            if (i > 0 && to == State::investigating && at == episode.started_at) {
                set(of.started, event.seq);
                set(of.detected, event.seq);
                set(of.acknowledged, event.seq);
            }
            if (episode.acknowledged_at && at == *episode.acknowledged_at) set(of.acknowledged, event.seq);
            const bool eased = to == State::mitigated || to == State::monitoring || to == State::resolved;
            if (eased && episode.mitigated_at && at == *episode.mitigated_at) set(of.mitigated, event.seq);
            if (to == State::resolved && episode.resolved_at && at == *episode.resolved_at)
                set(of.resolved, event.seq);
        }
    }
    return found;
}

}  // namespace qd::learning
