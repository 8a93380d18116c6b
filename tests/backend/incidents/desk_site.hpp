#pragma once
// A desk for tests, on a journal and a search index of its own.

#include <QTemporaryDir>
#include <QTest>

#include "incidents/engine/incident_desk.hpp"
#include "support/fake_clock.hpp"
#include "telemetry/log.hpp"

namespace qd::test {

/// A desk on a journal in a folder of its own; reopen() is what a restart does.
struct DeskSite {
    using Incident = incidents::Incident;
    using Event = incidents::Event;
    using EventKind = incidents::EventKind;
    using EventRequest = incidents::EventRequest;
    using IncidentDesk = incidents::IncidentDesk;

    QTemporaryDir folder;
    FakeClock clock;
    std::unique_ptr<storage::EventLog> log;
    std::unique_ptr<IncidentDesk> desk;
    std::mutex telling;  // listeners are called on the writers' threads
    std::vector<std::pair<Incident, Event>> told;

    DeskSite() { reopen(); }

    void reopen() {
        desk.reset();
        log.reset();
        auto opened = storage::open_event_log(folder.filePath("journal.sqlite").toStdString(), clock);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        log = std::move(*opened);
        auto made =
            IncidentDesk::open(*log, clock, telemetry::null_log(),
                               {.search_file = folder.filePath("incident_search.sqlite").toStdString()});
        if (!made) qFatal("%s", made.error().message.c_str());
        desk = std::move(*made);
        desk->add_listener([this](const Incident& incident, const Event& event) {
            const std::lock_guard lock(telling);
            told.emplace_back(incident, event);
        });
    }

    slo::Alert alert(const std::string& slo, const std::string& service,
                     slo::Severity severity = slo::Severity::sev3) {
        slo::Alert alert;
        alert.slo_id = slo::SloId(slo);
        alert.slo_title = "Objective " + slo;
        alert.service = service;
        alert.severity = severity;
        alert.started_at = clock.now();
        alert.id = slo::AlertId(slo + ".10s-60s." + std::to_string(clock.now().time_since_epoch().count()));
        alert.reason = "14 of 612 requests failed in 60 s";
        return alert;
    }
    Incident fire(const slo::Alert& alert, const incidents::ImpactReading& impact = {}) {
        const auto incident = desk->on_alert(alert, impact);
        if (!incident || !*incident) qFatal("the alert found no home");
        return **incident;
    }
    incidents::MachineNote canary(const std::string& phase, bool in_effect, const std::string& text) {
        return {EventKind::rollout, "RO-1", phase, text, "engine", clock.now(), in_effect, {}};
    }
    EventRequest state(incidents::State state) {
        EventRequest request;
        request.kind = EventKind::state;
        request.body.state = state;
        return request;
    }
    EventRequest note(const std::string& text) {
        EventRequest request;
        request.body.text = text;
        return request;
    }
    Incident write(const incidents::IncidentId& id, const EventRequest& request,
                   const incidents::Author& author = {.actor = "anna"}) {
        const auto written = desk->write(id, request, author);
        if (!written) qFatal("%s", written.error().message.c_str());
        return written->incident;
    }
};

inline incidents::EventRequest acknowledge() {
    incidents::EventRequest request;
    request.kind = incidents::EventKind::acknowledge;
    return request;
}

}  // namespace qd::test
