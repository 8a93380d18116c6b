#include "postmortems/compile.hpp"

#include <algorithm>
#include <array>

#include "incidents/clocks.hpp"
#include "incidents/projection.hpp"
#include "postmortems/proposals.hpp"

namespace qd::postmortems {
namespace {

using incidents::Event;
using incidents::EventKind;
using incidents::format_duration;
using incidents::Incident;
using incidents::State;

constexpr std::size_t max_marks = 24;
constexpr std::chrono::seconds late_record{2};

std::string without_period(std::string text) {
    while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
    return text;
}

std::string time_text(core::WallTime at) {
    return core::format_rfc3339(at);
}

Evidence by(std::vector<std::uint64_t> events) {
    std::erase(events, std::uint64_t(0));
    return {std::move(events), {}};
}

/// "789 of 1101 requests", "52.0 s of 819.0 s" of what is counted in milliseconds.
std::string bad_of_total(const ObjectiveCost& cost) {
    const double bad = cost.total - cost.good;
    if (cost.unit == "milliseconds")
        return fmt::format("{:.1f} s of {:.1f} s", bad / 1000, cost.total / 1000);
    return fmt::format("{:.0f} of {:.0f} {}", bad, cost.total, cost.unit.empty() ? "events" : cost.unit);
}

std::string share_of_budget(double spent) {
    return spent < 2 ? fmt::format("{:.1f} % of the window's error budget", spent * 100)
                     : fmt::format("{:.1f} times the window's error budget", spent);
}

/// The last event that entered `state`, 0 if there is none.
std::uint64_t entered(std::span<const Event> shown, State state) {
    std::uint64_t seq = 0;
    for (const Event& event : shown)
        if ((event.kind == EventKind::state && event.body.state == state) ||
            (state == State::acknowledged && event.kind == EventKind::acknowledge))
            seq = event.seq;
    return seq;
}

std::uint64_t opened(std::span<const Event> shown) {
    for (const Event& event : shown)
        if (event.kind == EventKind::opened) return event.seq;
    return 0;
}

std::uint64_t last_of(std::span<const Event> shown, EventKind kind) {
    std::uint64_t seq = 0;
    for (const Event& event : shown)
        if (event.kind == kind) seq = event.seq;
    return seq;
}

/// How long it had which severity, from detection to resolution or to the end of the journal.
void time_severities(Document& document, const Incident& incident, std::span<const Event> shown) {
    const core::WallTime end = incident.resolved_at.value_or(incident.updated_at);
    std::optional<incidents::Severity> now;
    core::WallTime since = incident.detected_at;
    std::vector<std::uint64_t> events;
    const auto spent_until = [&](core::WallTime at) {
        if (!now || at <= since) return;
        document.severity_times += fmt::format("{}{} for {}", document.severity_times.empty() ? "" : ", ",
                                               to_string(*now), format_duration(at - since));
        since = at;
    };
    for (const Event& event : shown) {
        if ((event.kind != EventKind::opened && event.kind != EventKind::severity) || !event.body.severity)
            continue;
        events.push_back(event.seq);
        if (now == event.body.severity) continue;
        spent_until(std::min(event.occurred_at, end));
        now = event.body.severity;
    }
    spent_until(end);
    if (document.severity_times.empty()) return;
    document.summary.push_back(
        {fmt::format("Time at each severity, from its detection {}: {}.",
                     incident.resolved_at ? "to its resolution" : "until now", document.severity_times),
         by(std::move(events))});
}

void summarize(Document& document, const Incident& incident, std::span<const Event> shown) {
    const std::uint64_t first = opened(shown), mitigated = std::max(entered(shown, State::mitigated),
                                                                    entered(shown, State::monitoring));
    const std::uint64_t resolved = entered(shown, State::resolved);
    const std::string service = incident.service.empty() ? "The site" : "Service " + incident.service;
    if (incident.mitigated_at)
        document.summary.push_back(
            {fmt::format("{} was affected from {} to {}: {}.", service,
                         time_text(incident.episodes.back().started_at), time_text(*incident.mitigated_at),
                         format_duration(*incident.mitigated_at - incident.episodes.back().started_at)),
             by({first, mitigated == 0 ? resolved : mitigated})});
    else
        document.summary.push_back({fmt::format("{} has been affected since {}; no mitigation is recorded.",
                                                service, time_text(incident.started_at)),
                                    by({first})});
    if (!incident.severity_reason.empty() || incident.severity != incidents::Severity::sev4)
        document.summary.push_back(
            {fmt::format(
                 "It was {} ({}){}", to_string(incident.severity), meaning(incident.severity),
                 incident.severity_reason.empty() ? "" : ": " + without_period(incident.severity_reason)) +
                 ".",
             by({last_of(shown, EventKind::severity) != 0 ? last_of(shown, EventKind::severity) : first})});
    time_severities(document, incident, shown);
    if (incident.resolved_at)
        document.summary.push_back(
            {fmt::format("It was resolved at {}.", time_text(*incident.resolved_at)), by({resolved})});
    else
        document.summary.push_back(
            {fmt::format("It is {}: this is a draft of an incident that goes on.", to_string(incident.state)),
             by({incident.version})});
    if (incident.episodes.size() > 1)
        document.summary.push_back({fmt::format("It was reopened {} time(s): the mitigation did not hold.",
                                                incident.episodes.size() - 1),
                                    by({entered(shown, State::investigating)})});
    if (!incident.last_status.empty())
        document.summary.push_back({"Last told to stakeholders: " + incident.last_status,
                                    by({last_of(shown, EventKind::status_update)})});
}

void measure_impact(Document& document, const Figures& figures) {
    for (const ObjectiveCost& cost : figures.objectives) {
        if (cost.total <= 0) continue;
        std::string text = fmt::format("{}: {} were bad ({:.2f} %; the objective bears {:.2f} %)", cost.title,
                                       bad_of_total(cost), (cost.total - cost.good) / cost.total * 100,
                                       (1 - cost.objective) * 100);
        if (cost.budget_spent) text += ", " + share_of_budget(*cost.budget_spent);
        if (cost.budget_remaining)
            text += *cost.budget_remaining > 0
                        ? fmt::format("; {:.1f} % of it is left", *cost.budget_remaining * 100)
                        : std::string("; nothing of it is left");
        Evidence evidence;
        if (figures.measured_from && figures.measured_to)
            evidence.measured = fmt::format("counted from {} to {}", time_text(*figures.measured_from),
                                            time_text(*figures.measured_to));
        document.impact.push_back({text + ".", std::move(evidence)});
    }
    document.costs = figures.objectives;
    document.figures_missing = figures.missing;
}

void measure_times(Document& document, const Incident& incident) {
    using incidents::Measure;
    const incidents::Episode& first = incident.episodes.front();
    const incidents::Episode& last = incident.episodes.back();
    struct Ends {
        Measure measure;
        const incidents::Episode& episode;
        std::optional<core::WallTime> end;
        core::WallTime start;
        std::string_view missing;
    };
    const std::array<Ends, 4> rows{{
        {Measure::mttd, first, first.detected_at, first.started_at, "not detected"},
        {Measure::mtta, first, first.acknowledged_at, first.detected_at, "nobody has acknowledged it"},
        {Measure::mttm, last, last.mitigated_at, last.started_at, "no mitigation is recorded"},
        {Measure::mttr, last, last.resolved_at, last.started_at, "it is not resolved"},
    }};
    for (const Ends& ends : rows) {
        MeasureRow row;
        row.name = incidents::name(ends.measure);
        row.title = incidents::title(ends.measure).substr(std::string_view("mean ").size());
        row.formula = incidents::formula(ends.measure);
        row.value = incidents::time_to(ends.measure, ends.episode);
        row.worked = ends.end ? fmt::format("{} - {}", time_text(*ends.end), time_text(ends.start))
                              : std::string(ends.missing);
        row.within_limit =
            ends.measure != Measure::mttd || !row.value || *row.value <= incidents::detection_limit;
        document.measures.push_back(std::move(row));
    }
}

std::string metric_of(const ObjectiveCost& cost, core::WallTime at) {
    const auto& points = cost.series.points;
    const auto after = std::ranges::upper_bound(points, at, {}, &Series::Point::at);
    if (after == points.begin()) return {};
    const Series::Point& point = *std::prev(after);
    if (point.total <= 0 || core::Seconds(at - point.at).count() >= std::max(cost.series.step_s, 1.0))
        return {};
    return fmt::format("{} {:.2f} % good", cost.title, point.good / point.total * 100);
}

/// What was measured at this moment: of the objective whose alert `subject` is, else of the first one.
std::string metric_at(const Figures& figures, core::WallTime at, std::string_view subject = {}) {
    std::string first;
    for (const ObjectiveCost& cost : figures.objectives) {
        std::string metric = metric_of(cost, at);
        if (subject.starts_with(cost.id + ".")) return metric;
        if (first.empty()) first = std::move(metric);
    }
    return first;
}

void tell_timeline(Document& document, const Incident& incident, std::span<const Event> shown,
                   const Figures& figures) {
    // The story begins before anybody knew.
    const std::uint64_t first = opened(shown);
    bool told = incident.started_at >= incident.detected_at;
    for (const Event& event : shown) {
        if (!told && event.occurred_at >= incident.started_at) {
            document.timeline.push_back(
                {incident.started_at, first, "impact", "", "first impact, as far as it was measured",
                 fmt::format("event {}", first), metric_at(figures, incident.started_at), false});
            told = true;
        }
        TimelineRow row;
        row.at = event.occurred_at;
        row.event = event.seq;
        row.kind = to_string(event.kind);
        row.actor = event.actor;
        row.text = incidents::describe(event);
        row.evidence = fmt::format("event {}", event.seq);
        if (event.recorded_at - event.occurred_at > late_record)
            row.evidence +=
                fmt::format(", recorded {} later", format_duration(event.recorded_at - event.occurred_at));
        row.metric = metric_at(figures, row.at, event.body.subject);
        row.corrected = event.supersedes.has_value();
        if (row.corrected) row.evidence += fmt::format(", in the place of event {}", *event.supersedes);
        document.timeline.push_back(std::move(row));
    }
}

void suspect(Document& document, const Incident& incident, std::span<const Event> shown) {
    for (const incidents::Suspect& suspect : incident.suspects) {
        Statement statement{
            fmt::format("Suspected: {} {}. {}", noun_of(suspect), suspect.subject, suspect.reasoning),
            by({suspect.event_seq})};
        const Event* taken_back = end_of(shown, suspect);
        const Event* calm =
            taken_back == nullptr ? nullptr : last_alert_end_after(shown, taken_back->occurred_at);
        if (calm != nullptr) {
            statement.text += fmt::format(
                " It {} at {}, and {} later the last alert ended, which supports the suspicion.",
                ended_by_itself(*taken_back) ? "ended" : "was taken back", time_text(taken_back->occurred_at),
                format_duration(calm->occurred_at - taken_back->occurred_at));
            statement.evidence.events.push_back(taken_back->seq);
            statement.evidence.events.push_back(calm->seq);
        }
        document.root_cause.push_back(std::move(statement));
    }
    document.open_questions_root_cause = {
        incident.suspects.empty()
            ? "No change was seen in the minutes before. What changed, here or at a supplier?"
            : "Is what is suspected above the cause, and what shows it? What made it possible?",
        "Which factors contributed (there is rarely only one)?",
        "Why was it not caught before it reached users?"};
}

void mark(Document& document, const Incident& incident, std::span<const Event> shown) {
    const auto add = [&](std::optional<core::WallTime> at, std::string label) {
        if (at && document.marks.size() < max_marks) document.marks.push_back({*at, std::move(label)});
    };
    add(incident.started_at, "impact");
    add(incident.detected_at, "detected");
    add(incident.acknowledged_at, "acknowledged");
    add(incident.mitigated_at, "mitigated");
    add(incident.resolved_at, "resolved");
    for (const Event& event : shown) {
        const bool change = (event.kind == EventKind::rollout || event.kind == EventKind::chaos) &&
                            event.body.phase != "suspect" && event.body.phase != "verdict" &&
                            event.body.phase != "note";
        if (change) add(event.occurred_at, fmt::format("{} {}", event.body.subject, event.body.phase));
    }
    std::ranges::stable_sort(document.marks, {}, &Mark::at);
}

}  // namespace

Document compile(const Incident& incident, std::span<const Event> events, const Figures& figures) {
    const std::vector<Event> shown = incidents::effective(events);
    Document document;
    document.incident = incident.id;
    document.title = incident.title;
    document.severity = incident.severity;
    document.state = incident.state;
    document.journal_version = incident.version;
    document.journal_as_of = incident.updated_at;
    document.responders = incident.roles;
    summarize(document, incident, shown);
    measure_impact(document, figures);
    measure_times(document, incident);
    tell_timeline(document, incident, shown, figures);
    suspect(document, incident, shown);
    document.action_items = propose_actions(incident, shown);
    learn(document, incident, shown);
    mark(document, incident, shown);
    return document;
}

}  // namespace qd::postmortems
