// The desk's part that turns alerts into incidents.

#include <algorithm>

#include "incidents/clocks.hpp"
#include "incidents/engine/incident_desk.hpp"

namespace qd::incidents {
namespace {

using core::Failure;

/// The worse of what the objective's owners gave the row and what the measured impact suggests.
SeverityAdvice severity_for(const slo::Alert& alert, const ImpactReading& impact) {
    SeverityAdvice advice = advise_severity(impact);
    const auto given = Severity(int(alert.severity));
    const std::string clause = fmt::format("the row that fired is {}", to_string(given));
    if (given < advice.severity) {
        advice.severity = given;
        advice.reasons.insert(advice.reasons.begin(), clause);
    } else {
        advice.reasons.push_back(clause);
    }
    return advice;
}

std::string sentence(std::string text) {
    if (!text.ends_with('.')) text += '.';
    return text;
}

bool share_a_suspect(const Incident& incident, const std::vector<RecentChanges::Suspicion>& suspicions) {
    return std::ranges::any_of(suspicions, [&](const RecentChanges::Suspicion& suspicion) {
        return std::ranges::any_of(incident.suspects, [&](const Suspect& suspect) {
            return suspect.kind == to_string(suspicion.kind) && suspect.subject == suspicion.subject;
        });
    });
}

}  // namespace

Incident* IncidentDesk::home_for(const slo::Alert& alert, std::string& why) {
    const core::WallTime now = clock_.now();
    Incident* resolved = nullptr;
    Incident* correlated = nullptr;
    const auto suspicions = recent_.suspects(alert.started_at);
    for (auto& [id, incident] : incidents_) {
        const bool same = incident.service == alert.service;
        if (is_open(incident.state)) {
            if (same &&
                (!incident.firing_alerts.empty() || now - incident.updated_at <= options_.group_window)) {
                why = "the same service";
                return &incident;
            }
            if (now - incident.detected_at <= options_.correlation_window &&
                share_a_suspect(incident, suspicions))
                correlated = &incident;
        } else if (same && incident.state == State::resolved && incident.resolved_at &&
                   *incident.resolved_at <= now && now - *incident.resolved_at <= options_.reopen_window) {
            // Not one resolved in what is the future since the clock was set back: no time fits its journal.
            resolved = &incident;
        }
    }
    if (correlated != nullptr) {
        why = "the same suspect, at the same time";
        return correlated;
    }
    if (resolved != nullptr) why = "the same service, resolved a moment ago";
    return resolved;
}

core::Result<> IncidentDesk::add_suspects(Incident& incident, core::WallTime impact, Changes& changes) {
    for (const auto& suspicion : recent_.suspects(impact)) {
        const bool known = std::ranges::any_of(incident.suspects, [&](const Suspect& suspect) {
            return suspect.kind == to_string(suspicion.kind) && suspect.subject == suspicion.subject;
        });
        if (known) continue;
        Event event = machine_event(suspicion.kind, "desk", suspicion.at);
        event.body.subject = suspicion.subject;
        event.body.phase = "suspect";
        event.body.text = suspicion.reasoning;
        if (auto ok = commit(incident, std::move(event), {}, changes); !ok) return ok;
    }
    return {};
}

core::Result<IncidentId> IncidentDesk::place(const slo::Alert& alert, const ImpactReading& impact,
                                             Changes& changes) {
    const SeverityAdvice advice = severity_for(alert, impact);
    std::string why;
    Incident* home = home_for(alert, why);
    if (home == nullptr) {
        Event event = machine_event(EventKind::opened, "slo", clock_.now());
        event.body.title = alert.slo_title + " burns its error budget";
        event.body.service = alert.service;
        event.body.severity = advice.severity;
        event.body.text = sentence(alert.reason) + " " + advice.text() + ".";
        event.body.subject = alert.id.value;
        event.body.detected_at = event.occurred_at;
        event.body.started_at = std::min(impact.impact_since.value_or(alert.started_at), event.occurred_at);
        return create(std::move(event), {}, changes);
    }
    if (!is_open(home->state)) {
        Event reopened = machine_event(EventKind::state, "slo", clock_.now());
        reopened.body.state = State::investigating;
        reopened.body.text = "an alert fires again: " + alert.reason;
        if (auto ok = commit(*home, std::move(reopened), {}, changes); !ok) return Failure(ok.error());
    }
    Event event = machine_event(EventKind::alert, "slo", alert.started_at);
    event.body.subject = alert.id.value;
    event.body.phase = "firing";
    event.body.text = fmt::format("{} (joined: {})", alert.reason, why);
    if (auto ok = commit(*home, std::move(event), {}, changes); !ok) return Failure(ok.error());
    // What a person has assessed is not overruled, only a machine's own guess.
    if (advice.severity < home->severity && !home->response.severity_assessed_at) {
        Event raised = machine_event(EventKind::severity, "slo", clock_.now());
        raised.body.severity = advice.severity;
        raised.body.text = advice.text();
        if (auto ok = commit(*home, std::move(raised), {}, changes); !ok) return Failure(ok.error());
    }
    return home->id;
}

core::Result<std::optional<Incident>> IncidentDesk::on_alert(const slo::Alert& alert,
                                                             const ImpactReading& impact) {
    Changes changes;
    std::optional<Incident> now;
    {
        const std::lock_guard lock(mutex_);
        const auto known = alerts_.find(alert.id.value);
        const bool ended = alert.state == slo::AlertState::ended;
        if (known == alerts_.end()) {
            if (ended) return std::nullopt;  // its beginning was never told: nothing was opened for it
            const auto id = place(alert, impact, changes);
            if (!id) return Failure(id.error());
            if (auto ok = add_suspects(incidents_[id->value], alert.started_at, changes); !ok)
                messages_.warning("suspects were not noted",
                                  {{"incident", id->value}, {"reason", ok.error().message}});
            now = incidents_[id->value];
        } else {
            const auto found = incidents_.find(known->second.incident.value);
            if (found == incidents_.end()) return std::nullopt;
            if (ended && !known->second.ended) {
                Event event = machine_event(EventKind::alert, "slo", alert.ended_at.value_or(clock_.now()));
                event.body.subject = alert.id.value;
                event.body.phase = "ended";
                event.body.text = fmt::format("{}: the alert has ended after {}", alert.slo_title,
                                              format_duration(event.occurred_at - alert.started_at));
                if (auto ok = commit(found->second, std::move(event), {}, changes); !ok)
                    return Failure(ok.error());
            }
            now = found->second;
        }
    }
    tell(changes);
    return now;
}

}  // namespace qd::incidents
