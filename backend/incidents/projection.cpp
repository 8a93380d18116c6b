#include "incidents/projection.hpp"

#include <algorithm>

#include "incidents/course.hpp"

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;

void stamp(Incident& incident, const Event& event) {
    incident.version = event.seq;
    incident.updated_at = event.recorded_at;
}

bool correctable(EventKind kind) {
    return kind == EventKind::opened || is_human(kind);
}

core::Result<> check_target(const Event& target, const Event& next) {
    if (target.kind != next.kind || !correctable(next.kind))
        return fail(Errc::conflict, "supersedes: event {} is '{}' and cannot be corrected by '{}'",
                    target.seq, to_string(target.kind), to_string(next.kind));
    return {};
}

/// A journal, and one more event that may come after it.
struct Rows {
    std::span<const Event> events;
    const Event* next = nullptr;

    std::size_t size() const { return events.size() + (next != nullptr ? 1 : 0); }
    const Event& operator[](std::size_t i) const { return i < events.size() ? events[i] : *next; }
};

/// For each event the one whose body and time count for it; nullptr for those that supersede.
core::Result<std::vector<const Event*>> current_versions(const Rows& rows) {
    std::vector<const Event*> current(rows.size(), nullptr);
    std::vector<std::size_t> root(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Event& event = rows[i];
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
        if (auto ok = check_target(rows[*event.supersedes - 1], event); !ok) return core::Failure(ok.error());
        root[i] = root[*event.supersedes - 1];
        current[root[i]] = &event;
    }
    return current;
}

core::Result<Incident> replay_rows(const IncidentId& id, const Rows& rows) {
    if (rows.size() == 0) return fail(Errc::not_found, "incident {} has no journal", id.value);
    if (rows.size() > max_events)
        return fail(Errc::too_large, "an incident has at most {} events", max_events);
    const auto current = current_versions(rows);
    if (!current) return core::Failure(current.error());
    Incident incident;
    incident.id = id;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Event& written = rows[i];
        const Event* version = (*current)[i];
        if (version == nullptr) {
            if (auto ok = check_body(written.kind, written.body); !ok) return core::Failure(ok.error());
            remember_correction(incident, written);
            stamp(incident, written);
            continue;
        }
        if (auto ok = apply(incident, *version, written); !ok) {
            if (version == &written) return core::Failure(ok.error());
            return core::fail_with_context(
                fmt::format("with event {} in the place of {}", version->seq, written.seq), ok.error());
        }
        stamp(incident, written);
    }
    return incident;
}

core::Result<> check_next(const Incident& incident, const Event& next) {
    if (next.seq == incident.version + 1) return {};
    return fail(Errc::corrupt, "event {} cannot follow event {}", next.seq, incident.version);
}

/// A correction that changes nothing but what is read.
core::Result<> correct(Incident& incident, const Event& next) {
    if (auto ok = check_body(next.kind, next.body); !ok) return ok;
    if (next.occurred_at > next.recorded_at)
        return fail(Errc::invalid_argument, "occurred_at: {} is in the future",
                    core::format_rfc3339(next.occurred_at));
    remember_correction(incident, next);
    stamp(incident, next);
    return {};
}

}  // namespace

core::Result<Incident> replay(const IncidentId& id, std::span<const Event> events) {
    return replay_rows(id, {events, nullptr});
}

core::Result<Incident> follow(const Incident& incident, const Event& next) {
    if (next.supersedes) return fail(Errc::invalid_argument, "supersedes: needs the whole journal");
    if (auto ok = check_next(incident, next); !ok) return core::Failure(ok.error());
    Incident after = incident;
    if (auto ok = apply(after, next, next); !ok) return core::Failure(ok.error());
    stamp(after, next);
    return after;
}

core::Result<Incident> extend(const IncidentId& id, std::span<const Event> events, const Incident& now,
                              const Event& next) {
    if (now.version >= max_events)
        return fail(Errc::too_large, "an incident has at most {} events", max_events);
    return next.supersedes ? replay_rows(id, {events, &next}) : follow(now, next);
}

bool is_told_only(EventKind kind) {
    return kind == EventKind::note || kind == EventKind::evidence;
}

core::Result<Incident> follow_correction(const Incident& incident, const Event& target, const Event& next) {
    if (incident.version >= max_events)
        return fail(Errc::too_large, "an incident has at most {} events", max_events);
    if (auto ok = check_next(incident, next); !ok) return core::Failure(ok.error());
    if (auto ok = check_target(target, next); !ok) return core::Failure(ok.error());
    Incident after = incident;
    if (auto ok = correct(after, next); !ok) return core::Failure(ok.error());
    return after;
}

Replay::Replay(IncidentId id) {
    incident_.id = std::move(id);
}

core::Result<> Replay::add(const Event& next) {
    if (needs_all_ || failed_) return {};
    failed_ = true;
    if (auto ok = check_next(incident_, next); !ok) return ok;
    if (next.seq > max_events) return fail(Errc::too_large, "an incident has at most {} events", max_events);
    if (!next.supersedes) {
        if (auto ok = apply(incident_, next, next); !ok) return ok;
        stamp(incident_, next);
    } else if (is_told_only(next.kind) && *next.supersedes > 0 && *next.supersedes < next.seq &&
               kinds_[*next.supersedes - 1] == next.kind) {
        if (auto ok = correct(incident_, next); !ok) return ok;
    } else {
        needs_all_ = true;
    }
    kinds_.push_back(next.kind);
    failed_ = false;
    return {};
}

std::vector<Event> effective(std::span<const Event> events) {
    auto current = current_versions({events, nullptr});
    if (!current) return {events.begin(), events.end()};  // never made by replay(): shown as it is
    std::erase_if(*current, [](const Event* event) { return event == nullptr || event->body.retracted; });
    std::ranges::sort(*current, [](const Event* a, const Event* b) {
        return std::pair(a->occurred_at, a->seq) < std::pair(b->occurred_at, b->seq);
    });
    std::vector<Event> shown;
    shown.reserve(current->size());
    for (const Event* event : *current) shown.push_back(*event);
    return shown;
}

}  // namespace qd::incidents
