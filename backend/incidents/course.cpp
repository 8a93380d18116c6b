#include "incidents/course.hpp"

#include <algorithm>
#include <charconv>

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;

constexpr std::string_view state_changes = "state", severity_changes = "severity";
constexpr std::size_t max_firing = 200, max_suspects = 100, max_episodes = 1'000, max_listed = 200,
                      max_changes = 500, max_roles = 50;

std::string possible(const Incident& incident) {
    const State from = incident.state;
    if (incident.merged_into) return fmt::format("to go on in {}", incident.merged_into->value);
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

/// `source`: of whoever opened it; correcting its times or title assesses nothing.
core::Result<> open(Incident& incident, const Event& event, const std::string& source) {
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
    if (body.severity && !is_machine_source(source))
        incident.response.severity_assessed_at = event.occurred_at;
    incident.episodes.push_back({incident.started_at, incident.detected_at, {}, {}, {}});
    return {};
}

core::Result<> acknowledge(Incident& incident, core::WallTime at) {
    if (incident.state != State::triage)
        return fail(Errc::conflict, "it is {}: only an incident in triage is acknowledged; possible is {}",
                    to_string(incident.state), possible(incident));
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
    if (to == incident.state)
        return fail(Errc::conflict, "it is already {}; possible is {}", to_string(to), possible(incident));
    if (std::ranges::find(next, to) == next.end())
        return fail(Errc::conflict, "it cannot go from {} to {}: possible is {}", to_string(incident.state),
                    to_string(to), possible(incident));
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

core::Result<> pin(Incident& incident, const EventBody& body) {
    std::uint64_t seq = 0;
    const auto read = std::from_chars(body.subject.data(), body.subject.data() + body.subject.size(), seq);
    if (read.ec != std::errc{} || read.ptr != body.subject.data() + body.subject.size() || seq == 0 ||
        seq > incident.version)
        return fail(Errc::invalid_argument, "subject: there is no event {} to pin", body.subject);
    std::erase(incident.pinned, seq);
    if (body.phase == "pinned" && incident.pinned.size() < max_listed) incident.pinned.push_back(seq);
    return {};
}

/// Somebody changed `what`. Two hands that set the same to the same do not disagree.
void remember(Incident& incident, const std::string& what, const Event& written, bool same) {
    auto last = incident.last_changes.find(what);
    if (last == incident.last_changes.end()) {
        if (incident.last_changes.size() < max_changes)
            incident.last_changes[what] = {written.seq, written.actor};
        return;
    }
    LastChange& change = last->second;
    // Whoever wrote: two windows of one person do not know of each other either.
    if (!same && written.based_on && change.seq > *written.based_on && incident.conflicts.size() < max_listed)
        incident.conflicts.push_back({written.seq, change.seq, what});
    change = {written.seq, written.actor};
}

core::Result<> assign(Incident& incident, const Event& event, const Event& written) {
    const EventBody& body = event.body;
    const auto holder = incident.roles.find(body.role);
    const bool held = holder != incident.roles.end();
    remember(incident, body.role, written, held ? holder->second == body.person : body.person.empty());
    if (body.person.empty()) {
        if (held) incident.roles.erase(holder);
        return {};
    }
    if (!held && incident.roles.size() >= max_roles)
        return fail(Errc::conflict, "it has {} roles already: free one first", max_roles);
    incident.roles[body.role] = body.person;
    if (body.role == "commander") first(incident.response.commander_assigned_at, event.occurred_at);
    return {};
}

}  // namespace

core::Result<> apply(Incident& incident, const Event& event, const Event& written) {
    const EventBody& body = event.body;
    if (auto ok = check_body(event.kind, body); !ok) return ok;
    if (event.occurred_at > event.recorded_at)
        return fail(Errc::invalid_argument, "occurred_at: {} is in the future",
                    core::format_rfc3339(event.occurred_at));
    if (event.kind == EventKind::opened) return open(incident, event, written.source);
    if (incident.version == 0) return fail(Errc::conflict, "an incident's journal begins with 'opened'");
    const bool ended = !is_open(incident.state);
    if (ended && event.kind == EventKind::severity && incident.state != State::resolved &&
        incident.state != State::post_incident)
        return fail(Errc::conflict, "it is {}: its severity stays as it is; possible is {}",
                    to_string(incident.state), possible(incident));
    if (incident.state == State::merged &&
        (event.kind == EventKind::assign || event.kind == EventKind::handover ||
         event.kind == EventKind::status_update))
        return fail(Errc::conflict, "it is merged into {}: write there", incident.merged_into->value);
    if (body.retracted) return {};
    switch (event.kind) {
        case EventKind::acknowledge:
            if (auto ok = acknowledge(incident, event.occurred_at); !ok) return ok;
            remember(incident, std::string(state_changes), written, false);
            break;
        case EventKind::state:
            if (auto ok = change_state(incident, event); !ok) return ok;
            remember(incident, std::string(state_changes), written, false);
            break;
        case EventKind::handover:
        case EventKind::assign:
            return assign(incident, event, written);
        case EventKind::severity:
            remember(incident, std::string(severity_changes), written, incident.severity == *body.severity);
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
            if ((body.phase == "ended" || body.phase == "moved") && at != firing.end()) firing.erase(at);
            if (body.phase == "firing" && at == firing.end() && firing.size() < max_firing)
                firing.push_back(body.subject);
            break;
        }
        case EventKind::relation: {
            const Relation relation{body.purpose, body.into};
            auto& all = incident.relations;
            if (std::ranges::find(all, relation) == all.end() && all.size() < max_listed)
                all.push_back(relation);
            break;
        }
        case EventKind::pin:
            return pin(incident, body);
        case EventKind::rollout:
        case EventKind::chaos:
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
            if (body.phase == "suspect" && incident.suspects.size() < max_suspects)
                incident.suspects.push_back({written.seq, std::string(to_string(event.kind)), body.subject,
                                             body.text, event.occurred_at});
            break;
        default:
            break;
    }
    return {};
}

void remember_correction(Incident& incident, const Event& written) {
    remember(incident, changed_by(written), written, false);
}

std::string changed_by(const Event& event) {
    if (event.supersedes) return fmt::format("event {}", *event.supersedes);
    switch (event.kind) {
        case EventKind::acknowledge:
        case EventKind::state:
            return std::string(state_changes);
        case EventKind::severity:
            return std::string(severity_changes);
        case EventKind::assign:
        case EventKind::handover:
            return event.body.role;
        default:
            return {};
    }
}

const LastChange* overtaken_by(const Incident& now, const Event& event) {
    if (!event.based_on) return nullptr;
    // The same wish a second time, as by a double click: there is nothing to keep.
    const bool fulfilled =
        event.kind == EventKind::acknowledge ? now.state != State::triage : event.body.state == now.state;
    for (const std::string& what : {changed_by(event), std::string(state_changes)}) {
        const auto last = now.last_changes.find(what);
        if (last != now.last_changes.end() && last->second.seq > *event.based_on &&
            !(fulfilled && last->second.actor == event.actor))
            return &last->second;
    }
    return nullptr;
}

}  // namespace qd::incidents
