// The desk's part that joins incidents and takes them apart. Whatever concerns two journals is one
// transaction: a process that is killed leaves both as they were, or both as they are to be.

#include <algorithm>
#include <set>

#include "incidents/engine/incident_desk.hpp"

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::size_t max_relations = 200;
constexpr std::string_view parent_kind = "parent", child_kind = "child";

const std::string* parent_of(const Incident& incident) {
    const auto at = std::ranges::find(incident.relations, parent_kind, &Relation::kind);
    return at == incident.relations.end() ? nullptr : &at->other;
}

core::Result<> may_take_in(const Incident& survivor) {
    if (survivor.merged_into)
        return fail(Errc::conflict, "into: {} is itself merged into {}: merge into that one",
                    survivor.id.value, survivor.merged_into->value);
    if (survivor.state == State::closed || survivor.state == State::cancelled)
        return fail(Errc::conflict, "into: {} is {}: reopen it first, or merge the other way round",
                    survivor.id.value, to_string(survivor.state));
    return {};
}

/// What is told of an incident without steering it can be told of another one too.
bool can_be_copied(EventKind kind) {
    switch (kind) {
        case EventKind::note:
        case EventKind::link:
        case EventKind::evidence:
        case EventKind::attachment:
        case EventKind::runbook:
        case EventKind::silence:
        case EventKind::delivery:
            return true;
        default:
            return is_change(kind);
    }
}

core::Result<std::vector<Event>> events_named(const std::vector<Event>& journal,
                                              const std::vector<std::uint64_t>& seqs) {
    const std::set<std::uint64_t> wanted(seqs.begin(), seqs.end());
    std::vector<Event> found;
    for (const std::uint64_t seq : wanted) {
        if (seq == 0 || seq > journal.size())
            return fail(Errc::invalid_argument, "events: there is no event {}", seq);
        const Event& event = journal[seq - 1];
        if (!can_be_copied(event.kind))
            return fail(
                Errc::invalid_argument,
                "events: {} is '{}', which belongs to the course of this incident; possible are notes, "
                "links, evidence, files, changes and what was done (alerts are named as alerts)",
                seq, to_string(event.kind));
    }
    for (const Event& event : effective(journal))
        if (wanted.contains(event.seq)) found.push_back(event);
    if (found.size() != wanted.size())
        return fail(Errc::invalid_argument,
                    "events: one of them was corrected or taken back: name the event that is shown now");
    return found;
}

/// When users were first affected by an alert, as its incident tells it.
std::optional<core::WallTime> impact_of(const std::vector<Event>& journal, const std::string& alert) {
    for (const Event& event : journal) {
        if (event.body.subject != alert) continue;
        if (event.kind == EventKind::alert) return event.occurred_at;
        if (event.kind == EventKind::opened) return event.body.started_at.value_or(event.occurred_at);
    }
    return std::nullopt;
}

std::string reason_or(const std::string& reason, std::string otherwise) {
    return reason.empty() ? otherwise : reason;
}

}  // namespace

core::Result<> IncidentDesk::plan_moved_alerts(Draft& draft, const IncidentId& from, const IncidentId& to,
                                               const std::vector<std::string>& alerts,
                                               const Author& author) const {
    for (const std::string& alert : alerts) {
        Event leaves = machine_event(EventKind::alert, "desk", clock_.now());
        leaves.actor = author.actor;
        leaves.body.subject = alert;
        leaves.body.phase = "moved";
        leaves.body.text = fmt::format("Alert {} goes on in {}.", alert, to.value);
        Event comes = leaves;
        comes.body.phase = "firing";
        comes.body.text = fmt::format("Alert {} came over from {}.", alert, from.value);
        if (auto ok = plan(draft, from, std::move(leaves)); !ok) return ok;
        if (auto ok = plan(draft, to, std::move(comes)); !ok) return ok;
    }
    return {};
}

core::Result<> IncidentDesk::merge_into_another(const IncidentId& id, Event merged, const std::string& key,
                                                Changes& changes) {
    const IncidentId into(merged.body.into);
    Draft both;
    const auto source = planned(both, id);
    if (!source) return Failure(source.error());
    if (id != into && !source->merged_into) {
        const auto survivor = planned(both, into);
        if (!survivor) return fail(Errc::invalid_argument, "into: there is no incident {}", into.value);
        if (auto ok = may_take_in(*survivor); !ok) return ok;
        Event relation = machine_event(EventKind::relation, "desk", clock_.now());
        relation.actor = merged.actor;
        relation.body.into = id.value;
        relation.body.purpose = "merged_from";
        relation.body.text = merged.body.text;
        if (auto ok = plan(both, into, std::move(relation)); !ok) return ok;
        if (auto ok = plan_moved_alerts(both, id, into, source->firing_alerts, {.actor = merged.actor}); !ok)
            return ok;
    }
    if (auto ok = plan(both, id, std::move(merged), key); !ok) return ok;
    return commit(std::move(both), changes);
}

core::Result<Incident> IncidentDesk::merge(const IncidentId& id, const MergeRequest& request,
                                           const Author& author) {
    EventRequest event;
    event.kind = EventKind::state;
    event.body.state = State::merged;
    event.body.into = request.into.value;
    event.body.text = request.reason;
    auto written = write(id, event, author);
    if (!written) return Failure(written.error());
    return std::move(written->incident);
}

core::Result<> IncidentDesk::plan_copies(Draft& draft, const IncidentId& to,
                                         const std::vector<Event>& copied) const {
    for (Event event : copied) {
        event.supersedes.reset();
        event.based_on.reset();
        if (auto ok = plan(draft, to, std::move(event)); !ok) return ok;
    }
    return {};
}

core::Result<Incident> IncidentDesk::split(const IncidentId& id, const SplitRequest& request,
                                           const Author& author) {
    Changes changes;
    Incident made;
    {
        const std::lock_guard lock(mutex_);
        const std::string key = scoped_key(author, "split " + id.value);
        if (auto before = repeated(key)) return std::move(before->incident);
        Draft both;
        const auto source = planned(both, id);
        if (!source) return Failure(source.error());
        if (author.expected_version && *author.expected_version != source->version)
            return fail(Errc::precondition_failed, "{} is at version {}, not {}: another hand was first",
                        id.value, source->version, *author.expected_version);
        if (source->merged_into)
            return fail(Errc::conflict, "{} is merged into {}: split that one", id.value,
                        source->merged_into->value);
        const auto journal = journal_.read(id);
        if (!journal) return Failure(journal.error());
        const auto copied = events_named(*journal, request.events);
        if (!copied) return Failure(copied.error());
        std::optional<core::WallTime> began;
        const auto at = [&began](core::WallTime time) { began = began ? std::min(*began, time) : time; };
        for (const Event& event : *copied) at(event.occurred_at);
        for (const std::string& alert : request.alerts) {
            if (std::ranges::find(source->firing_alerts, alert) == source->firing_alerts.end())
                return fail(Errc::invalid_argument, "alerts: {} does not fire in {}", alert, id.value);
            at(impact_of(*journal, alert).value_or(source->started_at));
        }
        const std::string reason = reason_or(request.reason, "it is another problem");
        const IncidentId fresh = next_id();
        Event opened = machine_event(EventKind::opened, "desk", clock_.now());
        opened.actor = author.actor;
        opened.body.title = request.title;
        opened.body.service = request.service.empty() ? source->service : request.service;
        opened.body.severity = source->severity;
        opened.body.text = fmt::format("split from {}: {}", id.value, reason);
        opened.body.started_at = began.value_or(source->started_at);
        opened.body.detected_at = std::max(*opened.body.started_at, source->detected_at);
        Event relation = opened;
        relation.kind = EventKind::relation;
        relation.body = {.text = reason, .into = id.value, .purpose = "split_from"};
        if (auto ok = plan(both, fresh, std::move(opened), key); !ok) return Failure(ok.error());
        if (auto ok = plan(both, fresh, relation); !ok) return Failure(ok.error());
        relation.body.into = fresh.value;
        relation.body.purpose = "split_into";
        if (auto ok = plan(both, id, std::move(relation)); !ok) return Failure(ok.error());
        if (auto ok = plan_copies(both, fresh, *copied); !ok) return Failure(ok.error());
        if (auto ok = plan_moved_alerts(both, id, fresh, request.alerts, author); !ok)
            return Failure(ok.error());
        made = both.after[fresh.value];
        if (auto ok = commit(std::move(both), changes); !ok) return Failure(ok.error());
    }
    tell(changes);
    return made;
}

core::Result<> IncidentDesk::check_relation(const Incident& child, const Incident& parent) const {
    if (child.id == parent.id)
        return fail(Errc::conflict, "incident: {} cannot be part of itself", child.id.value);
    for (const Incident* each : {&child, &parent}) {
        if (each->merged_into)
            return fail(Errc::conflict, "{} is merged into {}: relate that one", each->id.value,
                        each->merged_into->value);
        if (each->relations.size() >= max_relations)
            return fail(Errc::conflict, "{} has {} relations already", each->id.value, max_relations);
    }
    if (const std::string* other = parent_of(child))
        return fail(Errc::conflict, "{} is part of {} already: it has one parent", child.id.value, *other);
    const Incident* above = &parent;
    for (std::size_t steps = 0; above != nullptr && steps <= incidents_.size(); ++steps) {
        if (above->id == child.id)
            return fail(Errc::conflict, "{} is itself part of {}: that would be a circle", parent.id.value,
                        child.id.value);
        const std::string* next = parent_of(*above);
        const auto found = next == nullptr ? incidents_.end() : incidents_.find(*next);
        above = found == incidents_.end() ? nullptr : &found->second;
    }
    return {};
}

core::Result<Incident> IncidentDesk::relate(const IncidentId& id, const RelationRequest& request,
                                            const Author& author) {
    Changes changes;
    Incident now;
    {
        const std::lock_guard lock(mutex_);
        Draft both;
        const auto self = planned(both, id);
        if (!self) return Failure(self.error());
        const auto other = planned(both, request.other);
        if (!other)
            return fail(Errc::invalid_argument, "incident: there is no incident {}", request.other.value);
        const Relation wanted{request.kind, request.other.value};
        if (std::ranges::find(self->relations, wanted) != self->relations.end()) return *self;
        if (author.expected_version && *author.expected_version != self->version)
            return fail(Errc::precondition_failed, "{} is at version {}, not {}: another hand was first",
                        id.value, self->version, *author.expected_version);
        const bool above = request.kind == parent_kind;
        if (!above && request.kind != child_kind)
            return fail(Errc::invalid_argument, "kind: 'parent' or 'child'");
        if (auto ok = check_relation(above ? *self : *other, above ? *other : *self); !ok)
            return Failure(ok.error());
        Event relation = human_event(EventKind::relation, author);
        relation.body = {.text = request.reason, .into = request.other.value, .purpose = request.kind};
        Event back = relation;
        back.body.into = id.value;
        back.body.purpose = above ? child_kind : parent_kind;
        if (auto ok = plan(both, request.other, std::move(back)); !ok) return Failure(ok.error());
        if (auto ok = plan(both, id, std::move(relation)); !ok) return Failure(ok.error());
        now = both.after[id.value];
        if (auto ok = commit(std::move(both), changes); !ok) return Failure(ok.error());
    }
    tell(changes);
    return now;
}

}  // namespace qd::incidents
