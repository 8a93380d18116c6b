#pragma once
// Events for tests, a second apart unless told otherwise.

#include <QTest>

#include "incidents/projection.hpp"

namespace qd::test {

inline core::WallTime at_second(int second) {
    return core::WallTime(std::chrono::hours(480'000)) + std::chrono::seconds(second);
}

class JournalBuilder {
public:
    std::vector<incidents::Event> events;

    incidents::Event next(incidents::EventKind kind, int second) const {
        incidents::Event event;
        event.seq = events.size() + 1;
        event.kind = kind;
        event.occurred_at = event.recorded_at = at_second(second);
        event.actor = "anna";
        event.source = "console";
        return event;
    }
    JournalBuilder& opened(int started, int detected) {
        incidents::Event event = next(incidents::EventKind::opened, detected);
        event.source = "slo";
        event.actor = "slo";
        event.body.title = "Availability of playback burns its error budget";
        event.body.service = "gateway";
        event.body.severity = incidents::Severity::sev3;
        event.body.text = "14 of 612 requests failed";
        event.body.subject = "playback.10s-60s.1";
        event.body.started_at = at_second(started);
        event.body.detected_at = at_second(detected);
        return add(event);
    }
    JournalBuilder& acknowledge(int second) { return add(next(incidents::EventKind::acknowledge, second)); }
    JournalBuilder& state(incidents::State state, int second, std::string into = {}) {
        incidents::Event event = next(incidents::EventKind::state, second);
        event.body.state = state;
        event.body.into = std::move(into);
        return add(event);
    }
    JournalBuilder& assign(std::string role, std::string person, int second) {
        incidents::Event event = next(incidents::EventKind::assign, second);
        event.body.role = std::move(role);
        event.body.person = std::move(person);
        return add(event);
    }
    JournalBuilder& text(incidents::EventKind kind, std::string text, int second) {
        incidents::Event event = next(kind, second);
        event.body.text = std::move(text);
        return add(event);
    }
    JournalBuilder& machine(incidents::EventKind kind, std::string subject, std::string phase,
                            std::string text, int second, std::string actor = "engine") {
        incidents::Event event = next(kind, second);
        event.actor = std::move(actor);
        event.source = "rollouts";
        event.body.subject = std::move(subject);
        event.body.phase = std::move(phase);
        event.body.text = std::move(text);
        return add(event);
    }
    JournalBuilder& add(incidents::Event event) {
        events.push_back(std::move(event));
        return *this;
    }
    core::Result<incidents::Incident> replay() const {
        return incidents::replay(incidents::IncidentId("INC-1"), events);
    }
    /// The incident, or a failed test.
    incidents::Incident incident() const {
        const auto incident = replay();
        if (!incident) QTest::qFail(incident.error().message.c_str(), __FILE__, __LINE__);
        return incident.value_or(incidents::Incident{});
    }
};

}  // namespace qd::test
