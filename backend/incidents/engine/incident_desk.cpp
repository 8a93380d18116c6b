#include "incidents/engine/incident_desk.hpp"

#include <algorithm>

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::string_view opening = "open";
constexpr std::size_t max_overtaken_text = 16 << 10;

/// What became of a write that another hand was before.
Event overtaken(const Event& wanted, const LastChange& first, const core::Error& refusal,
                core::WallTime now) {
    Event event;
    event.kind = EventKind::overtaken;
    event.actor = wanted.actor;
    event.source = wanted.source;
    event.occurred_at = now;
    event.based_on = wanted.based_on;
    event.body.subject = std::string(to_string(wanted.kind));
    std::string why =
        fmt::format(" (wanted by {}, who had seen version {}; event {} by {} was first: {})", wanted.actor,
                    wanted.based_on.value_or(0), first.seq, first.actor, refusal.message);
    std::string what = describe(wanted);
    if (what.size() + why.size() > max_overtaken_text) {
        std::size_t end = max_overtaken_text - why.size();
        while (end > 0 && (static_cast<unsigned char>(what[end]) & 0xc0) == 0x80) --end;  // not within UTF-8
        what.resize(end);
    }
    event.body.text = what + why;
    return event;
}

std::string source_of(EventKind kind) {
    if (kind == EventKind::chaos) return "chaos";
    return kind == EventKind::rollout ? "rollouts" : "changes";
}

}  // namespace

std::string scoped_key(const Author& author, std::string_view what) {
    if (author.idempotency_key.empty()) return {};
    return fmt::format("{}\n{}\n{}", author.actor, what, author.idempotency_key);
}

IncidentDesk::IncidentDesk(storage::EventLog& log, const core::Clock& clock, telemetry::Log& messages,
                           DeskOptions options)
    : journal_(log),
      log_(log),
      clock_(clock),
      messages_(messages),
      options_(std::move(options)),
      recent_(options_.suspect_reach) {}

core::Result<std::unique_ptr<IncidentDesk>> IncidentDesk::open(storage::EventLog& log,
                                                               const core::Clock& clock,
                                                               telemetry::Log& messages,
                                                               DeskOptions options) {
    std::unique_ptr<IncidentDesk> desk(new IncidentDesk(log, clock, messages, std::move(options)));
    if (auto ok = desk->load(); !ok) return Failure(ok.error());
    return desk;
}

void IncidentDesk::add_listener(Listener listener) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
}

Event IncidentDesk::machine_event(EventKind kind, std::string source, core::WallTime at) const {
    Event event;
    event.kind = kind;
    event.actor = source;
    event.source = std::move(source);
    // Clocks of other processes may run ahead a little.
    event.occurred_at = std::min(at, clock_.now());
    return event;
}

Event IncidentDesk::human_event(EventKind kind, const Author& author) const {
    Event event;
    event.kind = kind;
    event.actor = author.actor;
    event.source = is_machine_source(author.source) ? "api" : author.source;
    event.occurred_at = clock_.now();
    return event;
}

std::optional<Written> IncidentDesk::repeated(const std::string& key) const {
    const auto known = keys_.find(key);
    if (key.empty() || known == keys_.end()) return std::nullopt;
    const auto incident = incidents_.find(known->second.incident.value);
    if (incident == incidents_.end()) return std::nullopt;
    auto event = journal_.read(known->second.incident, known->second.seq);
    if (!event) return std::nullopt;
    return Written{incident->second, std::move(*event), true};
}

core::Result<Written> IncidentDesk::open_incident(const OpenRequest& request, const Author& author) {
    Changes changes;
    {
        const std::lock_guard lock(mutex_);
        if (auto before = repeated(scoped_key(author, opening))) return *before;
        Event event = human_event(EventKind::opened, author);
        const core::WallTime now = event.occurred_at;
        event.body.title = request.title;
        event.body.service = request.service;
        event.body.severity = request.severity;
        event.body.text = request.text;
        event.body.started_at = request.started_at.value_or(now);
        event.body.detected_at = now;
        const auto id = create(std::move(event), scoped_key(author, opening), changes);
        if (!id) return Failure(id.error());
        // A journal of one event is an incident already: suspects that cannot be written are only logged.
        if (auto ok = add_suspects(incidents_[id->value], request.started_at.value_or(now), changes); !ok)
            messages_.warning("suspects were not noted",
                              {{"incident", id->value}, {"reason", ok.error().message}});
    }
    tell(changes);
    return Written{changes.back().incident, changes.front().event, false};
}

core::Result<Written> IncidentDesk::write(const IncidentId& id, const EventRequest& request,
                                          const Author& author) {
    Changes changes;
    {
        const std::lock_guard lock(mutex_);
        const std::string key = scoped_key(author, id.value);
        if (auto before = repeated(key)) return *before;
        const auto found = incidents_.find(id.value);
        if (found == incidents_.end()) return fail(Errc::not_found, "there is no incident {}", id.value);
        const Incident& incident = found->second;
        if (author.expected_version && *author.expected_version != incident.version)
            return fail(Errc::precondition_failed, "{} is at version {}, not {}: another hand was first",
                        id.value, incident.version, *author.expected_version);
        const std::string& source = request.source.empty() ? author.source : request.source;
        if (is_machine_source(source))
            return fail(Errc::invalid_argument, "source: '{}' is reserved", source);
        if (!is_human(request.kind) && !(request.kind == EventKind::opened && request.supersedes))
            return fail(Errc::invalid_argument, "kind: '{}' is not for people to write",
                        to_string(request.kind));
        if (request.based_on && *request.based_on > incident.version)
            return fail(Errc::invalid_argument, "based_on: {} is only at version {}", id.value,
                        incident.version);
        Event event = human_event(request.kind, author);
        event.source = source;
        event.occurred_at = request.occurred_at.value_or(event.occurred_at);
        event.body = request.body;
        event.supersedes = request.supersedes;
        event.based_on = request.based_on;
        const bool merges = event.kind == EventKind::state && event.body.state == State::merged;
        auto done = merges && !event.supersedes ? merge_into_another(id, event, key, changes)
                                                : commit(id, event, key, changes);
        if (!done && done.error().code == Errc::conflict)
            if (const LastChange* first = overtaken_by(incident, event))
                done = commit(id, overtaken(event, *first, done.error(), clock_.now()), key, changes);
        if (!done) return Failure(done.error());
    }
    tell(changes);
    return Written{changes.back().incident, changes.back().event, false};
}

core::Result<Written> IncidentDesk::record(const IncidentId& id, EventKind kind, EventBody body,
                                           std::string actor, std::string source,
                                           std::optional<core::WallTime> occurred_at) {
    Changes changes;
    {
        const std::lock_guard lock(mutex_);
        Event event = machine_event(kind, std::move(source), occurred_at.value_or(clock_.now()));
        event.actor = std::move(actor);
        event.body = std::move(body);
        if (auto ok = commit(id, std::move(event), {}, changes); !ok) return Failure(ok.error());
    }
    tell(changes);
    return Written{changes.back().incident, changes.back().event, false};
}

void IncidentDesk::remember(const MachineNote& note) {
    const std::lock_guard lock(mutex_);
    recent_.remember(note);
}

void IncidentDesk::on_machine(const MachineNote& note) {
    Changes changes;
    {
        const std::lock_guard lock(mutex_);
        recent_.remember(note);
        Draft all;
        const auto warn = [this](const std::string& incident, const core::Error& error) {
            messages_.warning("a machine's event was not noted",
                              {{"incident", incident}, {"reason", error.message}});
        };
        for (const auto& [id, incident] : incidents_) {
            if (!is_open(incident.state)) continue;
            Event event = machine_event(note.kind, source_of(note.kind), note.at);
            if (!note.actor.empty()) event.actor = note.actor;
            event.body.subject = note.subject;
            event.body.phase = note.phase;
            event.body.text = note.text;
            if (note.phase == "verdict" && !note.observation.empty())
                event.body.text += " " + note.observation;
            if (auto ok = plan(all, incident.id, std::move(event)); !ok) warn(id, ok.error());
        }
        if (!all.steps.empty())
            if (auto ok = commit(std::move(all), changes); !ok) warn("all", ok.error());
    }
    tell(changes);
}

void IncidentDesk::tell(const Changes& changes) {
    std::vector<Listener> listeners;
    {
        const std::lock_guard lock(mutex_);
        listeners = listeners_;
    }
    for (const Change& change : changes)
        for (const Listener& listener : listeners)
            if (listener) listener(change.incident, change.event);
}

}  // namespace qd::incidents
