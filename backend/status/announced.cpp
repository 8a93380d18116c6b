#include "status/announced.hpp"

#include <algorithm>
#include <set>

#include "status/audience.hpp"
#include "status/draft.hpp"

namespace qd::status {
namespace {

using incidents::Event;
using incidents::EventKind;
using incidents::Incident;
using incidents::State;

std::string_view word_of(State from, State to) {
    if (incidents::is_reopening(from, to)) return "reopened";
    if (to == State::resolved) return "resolved";
    if (to == State::cancelled) return "cancelled";
    if (to == State::merged) return "merged";
    return {};
}

/// Where the incident stands while its journal is walked through.
struct Walk {
    incidents::Severity severity = incidents::Severity::sev3;
    incidents::Severity worst = incidents::Severity::sev4;
    State state = State::triage;
};

std::string_view told_as(const Event& event, const Walk& before) {
    switch (event.kind) {
        case EventKind::opened:
            return event.supersedes ? "" : "opened";
        case EventKind::severity:
            return event.body.severity && *event.body.severity < before.severity ? "severity" : "";
        case EventKind::state:
            return event.body.state ? word_of(before.state, *event.body.state) : "";
        case EventKind::status_update:
            return is_audience(event.body.purpose) ? "status_update" : "";
        default:
            return {};
    }
}

void step(Walk& walk, const Event& event) {
    if (event.body.severity) walk.severity = *event.body.severity;
    walk.worst = std::min(walk.worst, walk.severity);
    if (event.kind == EventKind::state && event.body.state) walk.state = *event.body.state;
    if (event.kind == EventKind::acknowledge && walk.state == State::triage) walk.state = State::acknowledged;
}

Announced made(const Incident& incident, const Event& event, std::string_view word, const Walk& before,
               const Walk& after) {
    Announced told;
    told.event = word;
    told.id = fmt::format("{}/{}/{}", incident.id.value, word, event.seq);
    told.seq = event.seq;
    told.occurred_at = event.occurred_at;
    told.recorded_at = event.recorded_at;
    told.severity = after.severity;
    told.worst = after.worst;
    told.actor = event.actor;
    told.text = event.body.text;
    if (word == "status_update") {
        told.audience = event.body.purpose;
        told.title = headline(incident, told.audience);
        if (told.audience == customers) told.actor.clear();
        return told;
    }
    std::string phrase(word);
    if (word == "severity") {
        phrase = "is more severe now";
        told.text = fmt::format("{} after {}: {}.{}{}", incidents::to_string(after.severity),
                                incidents::to_string(before.severity), incidents::meaning(after.severity),
                                event.body.text.empty() ? "" : "\n", event.body.text);
    } else if (word == "opened") {
        told.text = fmt::format("{}\nService: {}. Users affected since {}.", event.body.text,
                                incident.service, clock_words(incident.started_at));
        if (event.body.text.empty()) told.text.erase(0, 1);
    } else if (word == "merged") {
        phrase = "merged into " + event.body.into;
    }
    told.title = fmt::format("{} {} {}: {}", incidents::to_string(after.severity), incident.id.value, phrase,
                             incident.title);
    return told;
}

}  // namespace

std::vector<Announced> announced(const Incident& incident, std::span<const Event> events) {
    std::set<std::uint64_t> taken_back;
    for (const Event& event : events)
        if (event.supersedes && event.body.retracted) taken_back.insert(*event.supersedes);
    std::vector<Announced> all;
    Walk walk;
    for (const Event& event : events) {
        const Walk before = walk;
        step(walk, event);
        if (event.supersedes || taken_back.contains(event.seq)) continue;
        if (const std::string_view word = told_as(event, before); !word.empty())
            all.push_back(made(incident, event, word, before, walk));
    }
    return all;
}

}  // namespace qd::status
