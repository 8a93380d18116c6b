#include "incidents/projection.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t max_firing = 200, max_suspects = 100, max_episodes = 1'000;

/// Whoever writes under these sources is no person.
bool is_machine_source(std::string_view source) {
    constexpr std::array<std::string_view, 4> machines{"slo", "rollouts", "chaos", "desk"};
    return std::ranges::find(machines, source) != machines.end();
}

std::string possible(State from) {
    if (successors(from).empty()) return "nothing more";
    std::string text;
    for (const State state : successors(from)) {
        if (!text.empty()) text += ", ";
        text += to_string(state);
    }
    return text;
}

core::Result<> in_order(std::string_view later_name, core::WallTime later, std::string_view earlier_name,
                        core::WallTime earlier) {
    if (later >= earlier) return {};
    return fail(Errc::conflict, "{} {} would be before {} {}", later_name, core::format_rfc3339(later),
                earlier_name, core::format_rfc3339(earlier));
}

void mirror(Incident& incident) {
    const Episode& episode = incident.episodes.back();
    incident.mitigated_at = episode.mitigated_at;
    incident.resolved_at = episode.resolved_at;
    incident.acknowledged_at = incident.episodes.front().acknowledged_at;
}

core::Result<> open(Incident& incident, const Event& event) {
    if (incident.version != 0) return fail(Errc::conflict, "the incident is already open");
    const EventBody& body = event.body;
    incident.title = body.title;
    incident.service = body.service;
    incident.severity = body.severity.value_or(Severity::sev3);
    incident.severity_reason = body.text;
    incident.started_at = body.started_at.value_or(event.occurred_at);
    incident.detected_at = body.detected_at.value_or(event.occurred_at);
    if (auto ok = in_order("detected_at", incident.detected_at, "started_at", incident.started_at); !ok)
        return ok;
    if (auto ok = in_order("now", event.recorded_at, "detected_at", incident.detected_at); !ok) return ok;
    if (!body.subject.empty()) incident.firing_alerts.push_back(body.subject);
    if (body.severity && !is_machine_source(event.source))
        incident.response.severity_assessed_at = event.occurred_at;
    incident.episodes.push_back({incident.started_at, incident.detected_at, {}, {}, {}});
    return {};
}

core::Result<> acknowledge(Incident& incident, core::WallTime at) {
    if (incident.state != State::triage)
        return fail(Errc::conflict, "it is {}: only an incident in triage is acknowledged",
                    to_string(incident.state));
    Episode& episode = incident.episodes.back();
    if (auto ok = in_order("acknowledged_at", at, "detected_at", episode.detected_at); !ok) return ok;
    incident.state = State::acknowledged;
    if (!episode.acknowledged_at) episode.acknowledged_at = at;
    mirror(incident);
    return {};
}

core::Result<> reopen(Incident& incident, core::WallTime at) {
    const Episode last = incident.episodes.back();
    if (incident.closed_at)
        if (auto ok = in_order("reopened", at, "closed_at", *incident.closed_at); !ok) return ok;
    if (last.resolved_at) {
        if (auto ok = in_order("reopened", at, "resolved_at", *last.resolved_at); !ok) return ok;
        if (incident.episodes.size() >= max_episodes)
            return fail(Errc::conflict, "it has been reopened too often");
        incident.episodes.push_back({at, at, at, {}, {}});
    } else if (!last.acknowledged_at) {  // it was cancelled: the same impact goes on
        incident.episodes.back().acknowledged_at = at;
    }
    incident.closed_at.reset();
    incident.state = State::investigating;
    mirror(incident);
    return {};
}

/// What entering `to` sets in the current episode.
core::Result<> enter(Incident& incident, State to, core::WallTime at) {
    Episode& episode = incident.episodes.back();
    switch (to) {
        case State::investigating:
        case State::identified:
            episode.mitigated_at.reset();
            break;  // the mitigation did not hold
        case State::mitigated:
        case State::monitoring:
            if (episode.mitigated_at) break;
            if (auto ok = in_order("mitigated_at", at, "started_at", episode.started_at); !ok) return ok;
            episode.mitigated_at = at;
            break;
        case State::resolved:
            if (auto ok = in_order("resolved_at", at, "started_at", episode.started_at); !ok) return ok;
            if (!episode.mitigated_at) episode.mitigated_at = at;
            if (auto ok = in_order("resolved_at", at, "mitigated_at", *episode.mitigated_at); !ok) return ok;
            episode.resolved_at = at;
            break;
        case State::closed:
        case State::cancelled:
        case State::merged:
            if (auto ok = in_order(to_string(to), at, "detected_at", incident.detected_at); !ok) return ok;
            if (episode.resolved_at)
                if (auto ok = in_order("closed_at", at, "resolved_at", *episode.resolved_at); !ok) return ok;
            incident.closed_at = at;
            break;
        default:
            break;
    }
    return {};
}

core::Result<> change_state(Incident& incident, const Event& event) {
    const State to = *event.body.state;
    const auto next = successors(incident.state);
    if (to == incident.state) return fail(Errc::conflict, "it is already {}", to_string(to));
    if (std::ranges::find(next, to) == next.end())
        return fail(Errc::conflict, "it cannot go from {} to {}: possible is {}", to_string(incident.state),
                    to_string(to), possible(incident.state));
    if (to == State::acknowledged) return acknowledge(incident, event.occurred_at);
    if (is_reopening(incident.state, to)) return reopen(incident, event.occurred_at);
    if (to == State::merged && event.body.into == incident.id.value)
        return fail(Errc::conflict, "it cannot be merged into itself");
    if (auto ok = enter(incident, to, event.occurred_at); !ok) return ok;
    if (to == State::merged) incident.merged_into = IncidentId(event.body.into);
    incident.state = to;
    mirror(incident);
    return {};
}

void first(std::optional<core::WallTime>& time, core::WallTime at) {
    if (!time) time = at;
}

core::Result<> apply(Incident& incident, const Event& event) {
    const EventBody& body = event.body;
    if (auto ok = check_body(event.kind, body); !ok) return ok;
    if (event.occurred_at > event.recorded_at)
        return fail(Errc::invalid_argument, "occurred_at: {} is in the future",
                    core::format_rfc3339(event.occurred_at));
    if (event.kind == EventKind::opened) return open(incident, event);
    if (incident.version == 0) return fail(Errc::conflict, "an incident's journal begins with 'opened'");
    const bool ended = !is_open(incident.state);
    if (ended && event.kind == EventKind::severity && incident.state != State::resolved &&
        incident.state != State::post_incident)
        return fail(Errc::conflict, "it is {}: its severity stays as it is", to_string(incident.state));
    if (incident.state == State::merged &&
        (event.kind == EventKind::assign || event.kind == EventKind::status_update))
        return fail(Errc::conflict, "it is merged into {}: write there", incident.merged_into->value);
    if (body.retracted) return {};
    switch (event.kind) {
        case EventKind::acknowledge:
            return acknowledge(incident, event.occurred_at);
        case EventKind::state:
            return change_state(incident, event);
        case EventKind::assign:
            if (body.person.empty()) {
                incident.roles.erase(body.role);
            } else {
                incident.roles[body.role] = body.person;
                if (body.role == "commander")
                    first(incident.response.commander_assigned_at, event.occurred_at);
            }
            break;
        case EventKind::severity:
            incident.severity = *body.severity;
            incident.severity_reason = body.text;
            if (!is_machine_source(event.source))
                first(incident.response.severity_assessed_at, event.occurred_at);
            break;
        case EventKind::status_update:
            incident.last_status = body.text;
            incident.last_status_at = event.occurred_at;
            first(incident.response.stakeholders_told_at, event.occurred_at);
            break;
        case EventKind::link:
            if (body.purpose == "channel") first(incident.response.channel_opened_at, event.occurred_at);
            break;
        case EventKind::alert: {
            auto& firing = incident.firing_alerts;
            const auto at = std::ranges::find(firing, body.subject);
            if (body.phase == "ended" && at != firing.end()) firing.erase(at);
            if (body.phase == "firing" && at == firing.end() && firing.size() < max_firing)
                firing.push_back(body.subject);
            break;
        }
        case EventKind::rollout:
        case EventKind::chaos:
            if (body.phase == "suspect" && incident.suspects.size() < max_suspects)
                incident.suspects.push_back({event.seq, std::string(to_string(event.kind)), body.subject,
                                             body.text, event.occurred_at});
            break;
        default:
            break;
    }
    return {};
}

void stamp(Incident& incident, const Event& event) {
    incident.version = event.seq;
    incident.updated_at = event.recorded_at;
}

bool correctable(EventKind kind) {
    return kind == EventKind::opened || is_human(kind);
}

/// For each event the one whose body and time count for it; nullptr for those that supersede.
core::Result<std::vector<const Event*>> current_versions(std::span<const Event> events) {
    std::vector<const Event*> current(events.size(), nullptr);
    std::vector<std::size_t> root(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        if (event.seq != i + 1)
            return fail(Errc::corrupt, "event {} stands where {} belongs", event.seq, i + 1);
        root[i] = i;
        if (!event.supersedes) {
            current[i] = &event;
            continue;
        }
        if (*event.supersedes == 0 || *event.supersedes >= event.seq)
            return fail(Errc::invalid_argument, "supersedes: there is no earlier event {}",
                        *event.supersedes);
        const Event& target = events[*event.supersedes - 1];
        if (target.kind != event.kind || !correctable(event.kind))
            return fail(Errc::conflict, "supersedes: event {} is '{}' and cannot be corrected by '{}'",
                        target.seq, to_string(target.kind), to_string(event.kind));
        root[i] = root[*event.supersedes - 1];
        current[root[i]] = &event;
    }
    return current;
}

}  // namespace

core::Result<Incident> replay(const IncidentId& id, std::span<const Event> events) {
    if (events.empty()) return fail(Errc::not_found, "incident {} has no journal", id.value);
    if (events.size() > max_events)
        return fail(Errc::too_large, "an incident has at most {} events", max_events);
    const auto current = current_versions(events);
    if (!current) return core::Failure(current.error());
    Incident incident;
    incident.id = id;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event* version = (*current)[i];
        if (version == nullptr) {
            if (auto ok = check_body(events[i].kind, events[i].body); !ok) return core::Failure(ok.error());
            continue;
        }
        Event event = *version;
        event.seq = i + 1;
        if (auto ok = apply(incident, event); !ok) {
            if (version->seq == event.seq) return core::Failure(ok.error());
            return core::fail_with_context(
                fmt::format("with event {} in the place of {}", version->seq, event.seq), ok.error());
        }
        stamp(incident, event);
    }
    stamp(incident, events.back());
    return incident;
}

core::Result<Incident> follow(const Incident& incident, const Event& next) {
    if (next.supersedes) return fail(Errc::invalid_argument, "supersedes: needs the whole journal");
    if (next.seq != incident.version + 1)
        return fail(Errc::corrupt, "event {} cannot follow event {}", next.seq, incident.version);
    Incident after = incident;
    if (auto ok = apply(after, next); !ok) return core::Failure(ok.error());
    stamp(after, next);
    return after;
}

core::Result<Incident> extend(const IncidentId& id, std::span<const Event> events, const Incident& now,
                              const Event& next) {
    if (events.size() >= max_events)
        return fail(Errc::too_large, "an incident has at most {} events", max_events);
    if (!next.supersedes) return follow(now, next);
    std::vector<Event> all(events.begin(), events.end());
    all.push_back(next);
    return replay(id, all);
}

std::vector<Event> effective(std::span<const Event> events) {
    std::vector<Event> shown;
    const auto current = current_versions(events);
    if (!current) return {events.begin(), events.end()};  // never made by replay(): shown as it is
    for (const Event* event : *current)
        if (event != nullptr && !event->body.retracted) shown.push_back(*event);
    std::ranges::stable_sort(shown, [](const Event& a, const Event& b) {
        return std::pair(a.occurred_at, a.seq) < std::pair(b.occurred_at, b.seq);
    });
    return shown;
}

}  // namespace qd::incidents
