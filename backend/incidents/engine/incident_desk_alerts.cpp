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

Incident* IncidentDesk::home_for(const ExternalAlert& alert, std::string& why) {
    const core::WallTime now = clock_.now();
    Incident* resolved = nullptr;
    Incident* correlated = nullptr;
    const auto suspicions = recent_.suspects(alert.started_at, alert.service);
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

core::Result<> IncidentDesk::add_suspects(const Incident& incident, core::WallTime impact, Changes& changes) {
    for (const auto& suspicion : recent_.suspects(impact, incident.service)) {
        const bool known = std::ranges::any_of(incident.suspects, [&](const Suspect& suspect) {
            return suspect.kind == to_string(suspicion.kind) && suspect.subject == suspicion.subject;
        });
        if (known) continue;
        Event event = machine_event(suspicion.kind, "desk", suspicion.at);
        event.body.subject = suspicion.subject;
        event.body.phase = "suspect";
        event.body.text = suspicion.reasoning;
        if (auto ok = commit(incident.id, std::move(event), {}, changes); !ok) return ok;
    }
    return {};
}

core::Result<IncidentId> IncidentDesk::place(const Signal& signal, Changes& changes) {
    const ExternalAlert& alert = signal.alert;
    std::string why;
    Incident* home = home_for(alert, why);
    if (home == nullptr) {
        Event event = machine_event(EventKind::opened, alert.source, clock_.now());
        event.body.title = signal.headline;
        event.body.service = alert.service;
        event.body.severity = signal.advice.severity;
        event.body.text = sentence(alert.reason) + " " + signal.advice.text() + ".";
        event.body.subject = alert.id;
        event.body.detected_at = event.occurred_at;
        event.body.started_at = std::min(signal.impact_since, event.occurred_at);
        return create(std::move(event), {}, changes);
    }
    // All or nothing: a reopening whose alert is refused would be one without a reason.
    Draft draft;
    if (!is_open(home->state)) {
        Event reopened = machine_event(EventKind::state, alert.source, clock_.now());
        reopened.body.state = State::investigating;
        reopened.body.text = "an alert fires again: " + alert.reason;
        if (auto ok = plan(draft, home->id, std::move(reopened)); !ok) return Failure(ok.error());
    }
    Event event = machine_event(EventKind::alert, alert.source, alert.started_at);
    event.body.subject = alert.id;
    event.body.phase = "firing";
    event.body.text = fmt::format("{} (joined: {})", alert.reason, why);
    if (auto ok = plan(draft, home->id, std::move(event)); !ok) return Failure(ok.error());
    // What a person has assessed is not overruled, only a machine's own guess.
    const Incident& now = draft.after.at(home->id.value);
    if (signal.advice.severity < now.severity && !now.response.severity_assessed_at) {
        Event raised = machine_event(EventKind::severity, alert.source, clock_.now());
        raised.body.severity = signal.advice.severity;
        raised.body.text = signal.advice.text();
        if (auto ok = plan(draft, home->id, std::move(raised)); !ok) return Failure(ok.error());
    }
    if (auto ok = commit(std::move(draft), changes); !ok) return Failure(ok.error());
    return home->id;
}

core::Result<> IncidentDesk::note_end(const ExternalAlert& alert, const IncidentId& incident,
                                      Changes& changes) {
    Event event = machine_event(EventKind::alert, alert.source, *alert.ended_at);
    event.body.subject = alert.id;
    event.body.phase = "ended";
    event.body.text = fmt::format("{}: the alert has ended after {}", alert.title,
                                  format_duration(event.occurred_at - alert.started_at));
    return commit(incident, std::move(event), {}, changes);
}

core::Result<std::optional<Incident>> IncidentDesk::take(const Signal& signal) {
    const ExternalAlert& alert = signal.alert;
    Changes changes;
    std::optional<Incident> now;
    {
        const std::lock_guard lock(mutex_);
        const auto known = alerts_.find(alert.id);
        if (known == alerts_.end()) {
            if (alert.ended_at) return std::nullopt;  // its beginning was never told: nothing was opened
            const auto id = place(signal, changes);
            if (!id) return Failure(id.error());
            if (auto ok = add_suspects(incidents_[id->value], alert.started_at, changes); !ok)
                messages_.warning("suspects were not noted",
                                  {{"incident", id->value}, {"reason", ok.error().message}});
            now = incidents_[id->value];
        } else {
            const auto found = incidents_.find(known->second.incident.value);
            if (found == incidents_.end()) return std::nullopt;
            if (alert.ended_at && !known->second.ended)
                if (auto ok = note_end(alert, found->second.id, changes); !ok) return Failure(ok.error());
            now = found->second;
        }
    }
    tell(changes);
    return now;
}

core::Result<std::optional<Incident>> IncidentDesk::on_alert(const slo::Alert& alert,
                                                             const ImpactReading& impact) {
    Signal signal{{alert.id.value, alert.slo_title, alert.service, Severity(int(alert.severity)),
                   alert.reason, alert.started_at, std::nullopt, "slo"},
                  alert.slo_title + " burns its error budget",
                  severity_for(alert, impact),
                  impact.impact_since.value_or(alert.started_at)};
    if (alert.state == slo::AlertState::ended) signal.alert.ended_at = alert.ended_at.value_or(clock_.now());
    return take(signal);
}

core::Result<std::optional<Incident>> IncidentDesk::on_external(const ExternalAlert& alert) {
    return take({alert, alert.title, {alert.severity, {"the alert's own label says so"}}, alert.started_at});
}

}  // namespace qd::incidents
