#include "incidents/engine/incident_desk.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::size_t max_keys = 10'000;
constexpr std::string_view id_prefix = "INC-";

/// Sources that only the machinery writes under.
bool is_reserved(std::string_view source) {
    constexpr std::array<std::string_view, 4> reserved{"slo", "rollouts", "chaos", "desk"};
    return std::ranges::find(reserved, source) != reserved.end();
}

std::uint64_t number_of(const IncidentId& id) {
    std::uint64_t number = 0;
    if (id.value.starts_with(id_prefix))
        std::from_chars(id.value.data() + id_prefix.size(), id.value.data() + id.value.size(), number);
    return number;
}

/// A key is one person's own, for one incident or for opening one: `what`.
std::string scoped(const Author& author, std::string_view what) {
    if (author.idempotency_key.empty()) return {};
    return fmt::format("{}\n{}\n{}", author.actor, what, author.idempotency_key);
}

constexpr std::string_view opening = "open";

}  // namespace

IncidentDesk::IncidentDesk(storage::EventLog& log, const core::Clock& clock, telemetry::Log& messages,
                           DeskOptions options)
    : journal_(log), clock_(clock), messages_(messages), options_(options), recent_(options.suspect_reach) {}

core::Result<std::unique_ptr<IncidentDesk>> IncidentDesk::open(storage::EventLog& log,
                                                               const core::Clock& clock,
                                                               telemetry::Log& messages,
                                                               DeskOptions options) {
    std::unique_ptr<IncidentDesk> desk(new IncidentDesk(log, clock, messages, options));
    if (auto ok = desk->load(); !ok) return Failure(ok.error());
    return desk;
}

core::Result<> IncidentDesk::load() {
    const auto ids = journal_.incidents();
    if (!ids) return Failure(ids.error());
    for (const IncidentId& id : *ids) {
        last_number_ = std::max(last_number_, number_of(id));
        const auto entries = journal_.read(id);
        std::vector<Event> events;
        if (entries)
            for (const JournalEntry& entry : *entries) events.push_back(entry.event);
        auto incident = entries ? replay(id, events) : Failure(entries.error());
        if (!incident) {
            messages_.error("an incident's journal cannot be replayed",
                            {{"incident", id.value}, {"reason", incident.error().message}});
            continue;
        }
        for (const JournalEntry& entry : *entries) index(id, entry);
        incidents_[id.value] = std::move(*incident);
    }
    return {};
}

void IncidentDesk::index(const IncidentId& id, const JournalEntry& entry) {
    const Event& event = entry.event;
    if (!event.body.subject.empty() && (event.kind == EventKind::alert || event.kind == EventKind::opened))
        alerts_[event.body.subject] = {id, event.body.phase == "ended"};
    if (entry.idempotency_key.empty()) return;
    if (!keys_.try_emplace(entry.idempotency_key, Remembered{id, event.seq}).second) return;
    keys_in_order_.push_back(entry.idempotency_key);
    if (keys_in_order_.size() > max_keys) {
        keys_.erase(keys_in_order_.front());
        keys_in_order_.pop_front();
    }
}

void IncidentDesk::set_listener(Listener listener) {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
}

core::Result<std::vector<Event>> IncidentDesk::events_of(const IncidentId& id) const {
    auto entries = journal_.read(id);
    if (!entries) return Failure(entries.error());
    std::vector<Event> events;
    events.reserve(entries->size());
    for (JournalEntry& entry : *entries) events.push_back(std::move(entry.event));
    return events;
}

core::Result<> IncidentDesk::commit(Incident& incident, Event event, const std::string& key,
                                    Changes& changes) {
    event.seq = incident.version + 1;
    event.recorded_at = clock_.now();
    // The clock may be set back between a machine's look at it and this one; people are told instead.
    if (is_reserved(event.source)) event.occurred_at = std::min(event.occurred_at, event.recorded_at);
    std::vector<Event> before;
    if (event.supersedes) {
        auto events = events_of(incident.id);
        if (!events) return Failure(events.error());
        before = std::move(*events);
    }
    auto after = extend(incident.id, before, incident, event);
    if (!after) return Failure(after.error());
    const JournalEntry entry{event, key};
    if (auto ok = journal_.append(incident.id, {entry}); !ok) return ok;
    incident = std::move(*after);
    index(incident.id, entry);
    changes.push_back({incident, std::move(event)});
    return {};
}

core::Result<IncidentId> IncidentDesk::create(Event opened, const std::string& key, Changes& changes) {
    Incident fresh;
    fresh.id = IncidentId(fmt::format("{}{}", id_prefix, last_number_ + 1));
    if (auto ok = commit(fresh, std::move(opened), key, changes); !ok) return Failure(ok.error());
    ++last_number_;
    const IncidentId id = fresh.id;
    incidents_[id.value] = std::move(fresh);
    return id;
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

std::optional<Written> IncidentDesk::repeated(const std::string& key) const {
    const auto known = keys_.find(key);
    if (key.empty() || known == keys_.end()) return std::nullopt;
    const auto events = events_of(known->second.incident);
    const auto incident = incidents_.find(known->second.incident.value);
    if (!events || incident == incidents_.end() || events->size() < known->second.seq) return std::nullopt;
    return Written{incident->second, (*events)[known->second.seq - 1], true};
}

core::Result<Written> IncidentDesk::open_incident(const OpenRequest& request, const Author& author) {
    Changes changes;
    {
        const std::lock_guard lock(mutex_);
        if (auto before = repeated(scoped(author, opening))) return *before;
        const core::WallTime now = clock_.now();
        Event event;
        event.kind = EventKind::opened;
        event.actor = author.actor;
        event.source = is_reserved(author.source) ? "api" : author.source;
        event.occurred_at = now;
        event.body.title = request.title;
        event.body.service = request.service;
        event.body.severity = request.severity;
        event.body.text = request.text;
        event.body.started_at = request.started_at.value_or(now);
        event.body.detected_at = now;
        const auto id = create(std::move(event), scoped(author, opening), changes);
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
        if (auto before = repeated(scoped(author, id.value))) return *before;
        const auto found = incidents_.find(id.value);
        if (found == incidents_.end()) return fail(Errc::not_found, "there is no incident {}", id.value);
        Incident& incident = found->second;
        if (author.expected_version && *author.expected_version != incident.version)
            return fail(Errc::precondition_failed, "{} is at version {}, not {}: another hand was first",
                        id.value, incident.version, *author.expected_version);
        const std::string& source = request.source.empty() ? author.source : request.source;
        if (is_reserved(source)) return fail(Errc::invalid_argument, "source: '{}' is reserved", source);
        if (!is_human(request.kind) && !(request.kind == EventKind::opened && request.supersedes))
            return fail(Errc::invalid_argument, "kind: '{}' is not for people to write",
                        to_string(request.kind));
        if (request.body.state == State::merged && !incidents_.contains(request.body.into))
            return fail(Errc::invalid_argument, "into: there is no incident {}", request.body.into);
        Event event;
        event.kind = request.kind;
        event.actor = author.actor;
        event.source = source;
        event.occurred_at = request.occurred_at.value_or(clock_.now());
        event.body = request.body;
        event.supersedes = request.supersedes;
        if (auto ok = commit(incident, std::move(event), scoped(author, id.value), changes); !ok)
            return Failure(ok.error());
    }
    tell(changes);
    return Written{changes.back().incident, changes.back().event, false};
}

void IncidentDesk::on_machine(const MachineNote& note) {
    Changes changes;
    {
        const std::lock_guard lock(mutex_);
        recent_.remember(note);
        for (auto& [id, incident] : incidents_) {
            if (!is_open(incident.state)) continue;
            Event event =
                machine_event(note.kind, note.kind == EventKind::chaos ? "chaos" : "rollouts", note.at);
            if (!note.actor.empty()) event.actor = note.actor;
            event.body.subject = note.subject;
            event.body.phase = note.phase;
            event.body.text = note.text;
            if (note.phase == "verdict" && !note.observation.empty())
                event.body.text += " " + note.observation;
            if (auto ok = commit(incident, std::move(event), {}, changes); !ok)
                messages_.warning("a machine's event was not noted",
                                  {{"incident", id}, {"reason", ok.error().message}});
        }
    }
    tell(changes);
}

core::Result<Incident> IncidentDesk::get(const IncidentId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = incidents_.find(id.value);
    if (found == incidents_.end()) return fail(Errc::not_found, "there is no incident {}", id.value);
    return found->second;
}

std::vector<Incident> IncidentDesk::list() const {
    std::vector<Incident> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, incident] : incidents_) all.push_back(incident);
    }
    std::ranges::sort(all, [](const Incident& a, const Incident& b) {
        if (is_open(a.state) != is_open(b.state)) return is_open(a.state);
        return std::pair(a.detected_at, number_of(a.id)) > std::pair(b.detected_at, number_of(b.id));
    });
    return all;
}

core::Result<std::vector<Event>> IncidentDesk::timeline(const IncidentId& id) const {
    const std::lock_guard lock(mutex_);
    return events_of(id);
}

std::optional<Incident> IncidentDesk::worst_open(Severity at_least) const {
    const std::lock_guard lock(mutex_);
    std::optional<Incident> worst;
    for (const auto& [id, incident] : incidents_)
        if (is_open(incident.state) && incident.severity <= at_least &&
            (!worst || incident.severity < worst->severity))
            worst = incident;
    return worst;
}

void IncidentDesk::tell(const Changes& changes) {
    Listener listener;
    {
        const std::lock_guard lock(mutex_);
        listener = listener_;
    }
    if (!listener) return;
    for (const Change& change : changes) listener(change.incident, change.event);
}

}  // namespace qd::incidents
