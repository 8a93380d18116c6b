#include "app/pages/incidents/retime.hpp"

#include <algorithm>
#include <array>

#include "app/models/values.hpp"
#include "incidents/projection.hpp"

namespace qd::app {

using incidents::Event;
using incidents::EventKind;
using incidents::Incident;
using incidents::Measure;
using IncidentState = incidents::State;

namespace {

struct Name {
    const char* id;
    const char* label;
};
constexpr std::array<Name, 5> names{{{"started", "First impact"},
                                     {"detected", "Detected"},
                                     {"acknowledged", "Acknowledged"},
                                     {"mitigated", "Mitigated"},
                                     {"resolved", "Resolved"}}};

bool sets(const Event& event, MilestoneKind kind) {
    const auto state = event.body.state;
    switch (kind) {
        case MilestoneKind::started:
        case MilestoneKind::detected:
            return event.kind == EventKind::opened;
        case MilestoneKind::acknowledged:
            return event.kind == EventKind::acknowledge ||
                   (event.kind == EventKind::state && state == IncidentState::acknowledged);
        case MilestoneKind::mitigated:
            return event.kind == EventKind::state &&
                   (state == IncidentState::mitigated || state == IncidentState::monitoring);
        case MilestoneKind::resolved:
            return event.kind == EventKind::state && state == IncidentState::resolved;
    }
    return false;
}

const incidents::Episode& episodeOf(const Incident& incident, Measure measure) {
    return measure == Measure::mttd || measure == Measure::mtta ? incident.episodes.front()
                                                                : incident.episodes.back();
}

}  // namespace

QString milestoneId(MilestoneKind kind) {
    return QLatin1String(names[std::size_t(kind)].id);
}

std::optional<MilestoneKind> milestoneOf(const QString& id) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (id == QLatin1String(names[i].id)) return MilestoneKind(i);
    return std::nullopt;
}

QString milestoneLabel(MilestoneKind kind) {
    return QLatin1String(names[std::size_t(kind)].label);
}

std::optional<core::WallTime> milestoneAt(const Incident& incident, MilestoneKind kind) {
    switch (kind) {
        case MilestoneKind::started:
            return incident.started_at;
        case MilestoneKind::detected:
            return incident.detected_at;
        case MilestoneKind::acknowledged:
            return incident.acknowledged_at;
        case MilestoneKind::mitigated:
            return incident.mitigated_at;
        case MilestoneKind::resolved:
            return incident.resolved_at;
    }
    return std::nullopt;
}

core::Result<incidents::EventRequest> retimeRequest(const IncidentJournal& journal, const Incident& incident,
                                                    MilestoneKind kind, core::WallTime to,
                                                    const std::string& reason) {
    const auto at = milestoneAt(incident, kind);
    const Event* setter = nullptr;
    for (std::size_t row = 0; row < journal.size(); ++row) {
        const Event& event = journal.current(row);
        if (!sets(event, kind)) continue;
        if (event.kind == EventKind::opened || (at && event.occurred_at == *at)) setter = &event;
    }
    if (!at || setter == nullptr)
        return core::fail(core::Errc::not_found,
                          "{} was set by no event of its own: move the one that set it",
                          milestoneLabel(kind).toLower().toStdString());
    incidents::EventRequest request;
    request.kind = setter->kind;
    request.body = setter->body;
    request.supersedes = setter->seq;
    request.based_on = incident.version;
    request.source = "console";
    if (!reason.empty()) request.body.text = reason;
    if (setter->kind == EventKind::opened) {
        request.occurred_at = setter->occurred_at;
        request.body.started_at = kind == MilestoneKind::started ? to : incident.started_at;
        request.body.detected_at = kind == MilestoneKind::detected ? to : incident.detected_at;
        // The incident's reason to be is not the reason to correct its times.
        if (!reason.empty() && !setter->body.text.empty())
            request.body.text =
                setter->body.text + "\n" + milestoneLabel(kind).toStdString() + " corrected: " + reason;
    } else {
        request.occurred_at = to;
    }
    return request;
}

RetimePreview previewRetime(const IncidentJournal& journal, const Incident& incident, MilestoneKind kind,
                            core::WallTime to, core::WallTime now) {
    RetimePreview preview;
    for (const Measure measure : {Measure::mttd, Measure::mtta, Measure::mttm, Measure::mttr})
        preview.changes.push_back(
            {measure, incidents::time_to(measure, episodeOf(incident, measure)), std::nullopt});
    const auto request = retimeRequest(journal, incident, kind, to, {});
    if (!request) {
        preview.refusal = str(request.error().message);
        return preview;
    }
    Event event;
    event.seq = journal.recorded().size() + 1;
    event.kind = request->kind;
    event.occurred_at = *request->occurred_at;
    event.recorded_at = now;
    event.actor = "you";
    event.source = request->source;
    event.body = request->body;
    event.supersedes = request->supersedes;
    const auto after = incidents::extend(incident.id, journal.recorded(), incident, event);
    if (!after) {
        preview.refusal = str(after.error().message);
        return preview;
    }
    for (MeasureChange& change : preview.changes)
        change.after = incidents::time_to(change.measure, episodeOf(*after, change.measure));
    return preview;
}

}  // namespace qd::app
