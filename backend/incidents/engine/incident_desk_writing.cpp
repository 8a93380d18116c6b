// The desk's part that brings events into the journal, and the journal back into the desk.

#include <algorithm>

#include "incidents/engine/incident_desk.hpp"
#include "incidents/engine/journal_check.hpp"

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::size_t max_keys = 10'000, search_batch = 5'000;

/// A correction of how it was opened says only what it changes; the rest stays.
void fill_from(const EventBody& before, EventBody& body) {
    if (body.title.empty()) body.title = before.title;
    if (body.service.empty()) body.service = before.service;
    if (body.text.empty()) body.text = before.text;
    if (body.subject.empty()) body.subject = before.subject;
    if (!body.severity) body.severity = before.severity;
    if (!body.started_at) body.started_at = before.started_at;
    if (!body.detected_at) body.detected_at = before.detected_at;
}

}  // namespace

core::Result<> IncidentDesk::load() {
    const auto mark = open_search();
    if (!mark) return Failure(mark.error());
    std::vector<IncidentSearch::Told> told;
    std::uint64_t position = mark->position;
    const auto flush = [&](const std::string& hash) {
        if (!search_) return;
        if (auto ok = search_->add(told, {position, hash}); !ok) {
            messages_.error("the search index cannot be written", {{"reason", ok.error().message}});
            search_.reset();
        }
        told.clear();
    };
    IncidentId id;
    auto replayed = replay_all(journal_, [&](const JournalRow& row) {
        if (id.value != row.id) id = IncidentId(std::string(row.id));
        const bool unseen = row.position > position;
        position = std::max(position, row.position);
        if (!row.entry) return;
        index(id, **row.entry);
        if (!search_ || !unseen) return;
        told.push_back(IncidentSearch::told(row.id, (*row.entry)->event));
        if (told.size() == search_batch) flush({});  // no journal's hash: an interrupted index is begun again
    });
    if (!replayed) return Failure(replayed.error());
    if (position > mark->position) {
        const auto last = log_.read_all(position - 1, 1);
        if (!last) return Failure(last.error());
        flush(last->empty() ? std::string() : last->front().hash);
    }
    for (auto& [name, incident] : *replayed) {
        last_number_ = std::max(last_number_, number_of(name));
        if (incident) {
            incidents_[name] = std::move(*incident);
            continue;
        }
        messages_.error("an incident's journal cannot be replayed",
                        {{"incident", name}, {"reason", incident.error().message}});
        std::erase_if(alerts_, [&](const auto& home) { return home.second.incident.value == name; });
    }
    return {};
}

core::Result<SearchMark> IncidentDesk::open_search() {
    if (options_.search_file.empty()) return SearchMark{};
    auto opened = IncidentSearch::open(options_.search_file);
    if (!opened) {
        messages_.error("the search index cannot be opened: incidents are listed, not searched",
                        {{"reason", opened.error().message}});
        return SearchMark{};
    }
    search_ = std::move(*opened);
    auto mark = search_->mark();
    if (!mark) return mark;
    const auto row = mark->position > 0 ? log_.read_all(mark->position - 1, 1)
                                        : core::Result<std::vector<storage::LoggedEvent>>{};
    if (!row) return Failure(row.error());
    const bool ours =
        !row->empty() && row->front().position == mark->position && row->front().hash == mark->hash;
    if (ours) return mark;
    if (auto cleared = search_->clear(); !cleared) return Failure(cleared.error());
    return SearchMark{};
}

void IncidentDesk::index(const IncidentId& id, const JournalEntry& entry) {
    const Event& event = entry.event;
    const bool of_alert = event.kind == EventKind::alert || event.kind == EventKind::opened;
    if (of_alert && !event.body.subject.empty() && !event.supersedes && event.body.phase != "moved")
        alerts_[event.body.subject] = {id, event.body.phase == "ended"};
    if (entry.idempotency_key.empty()) return;
    if (!keys_.try_emplace(entry.idempotency_key, Remembered{id, event.seq}).second) return;
    keys_in_order_.push_back(entry.idempotency_key);
    if (keys_in_order_.size() > max_keys) {
        keys_.erase(keys_in_order_.front());
        keys_in_order_.pop_front();
    }
}

core::Result<Incident> IncidentDesk::planned(const Draft& draft, const IncidentId& id) const {
    if (const auto at = draft.after.find(id.value); at != draft.after.end()) return at->second;
    if (const auto at = incidents_.find(id.value); at != incidents_.end()) return at->second;
    return fail(Errc::not_found, "there is no incident {}", id.value);
}

core::Result<Incident> IncidentDesk::checked(const Incident& now, Event& event) const {
    if (!event.supersedes) return extend(now.id, {}, now, event);
    if (is_told_only(event.kind)) {
        const auto target = journal_.read(now.id, *event.supersedes);
        if (target) return follow_correction(now, *target, event);
        if (target.error().code != Errc::not_found) return Failure(target.error());
        return fail(Errc::invalid_argument, "supersedes: there is no earlier event {}", *event.supersedes);
    }
    const auto before = journal_.read(now.id);
    if (!before) return Failure(before.error());
    if (event.kind == EventKind::opened) {
        const auto last = std::ranges::find_if(before->rbegin(), before->rend(), [](const Event& each) {
            return each.kind == EventKind::opened;
        });
        if (last != before->rend()) fill_from(last->body, event.body);
    }
    return extend(now.id, *before, now, event);
}

core::Result<> IncidentDesk::plan(Draft& draft, const IncidentId& id, Event event, std::string key) const {
    auto now = planned(draft, id);
    if (!now) {
        if (event.kind != EventKind::opened) return Failure(now.error());
        now = Incident{};
        now->id = id;
    }
    event.seq = now->version + 1;
    event.recorded_at = clock_.now();
    // The clock may be set back between a machine's look at it and this one; people are told instead.
    if (is_machine_source(event.source)) event.occurred_at = std::min(event.occurred_at, event.recorded_at);
    auto after = checked(*now, event);
    if (!after) return Failure(after.error());
    draft.after[id.value] = *after;
    draft.steps.push_back({std::move(*after), {std::move(event), std::move(key)}});
    return {};
}

core::Result<> IncidentDesk::commit(Draft draft, Changes& changes) {
    std::vector<JournalAppend> appends;
    for (const Draft::Step& step : draft.steps) {
        auto at = std::ranges::find(appends, step.incident.id, &JournalAppend::id);
        if (at == appends.end()) at = appends.insert(appends.end(), JournalAppend{step.incident.id, {}});
        at->entries.push_back(step.entry);
    }
    const auto written = journal_.append(appends);
    if (!written) return Failure(written.error());
    for (auto& [id, incident] : draft.after) {
        last_number_ = std::max(last_number_, number_of(id));
        incidents_[id] = std::move(incident);
    }
    for (const Draft::Step& step : draft.steps) index(step.incident.id, step.entry);
    make_searchable(draft.steps, written->back());
    for (Draft::Step& step : draft.steps)
        changes.push_back({std::move(step.incident), std::move(step.entry.event)});
    return {};
}

core::Result<> IncidentDesk::commit(const IncidentId& id, Event event, std::string key, Changes& changes) {
    Draft one;
    if (auto ok = plan(one, id, std::move(event), std::move(key)); !ok) return ok;
    return commit(std::move(one), changes);
}

void IncidentDesk::make_searchable(const std::vector<Draft::Step>& steps, const storage::LoggedEvent& last) {
    if (!search_) return;
    std::vector<IncidentSearch::Told> told;
    for (const Draft::Step& step : steps)
        told.push_back(IncidentSearch::told(step.incident.id.value, step.entry.event));
    const auto added = search_->add(told, {last.position, last.hash});
    if (added) return;
    // With a gap it must not go on: the next start makes up for what it lacks.
    messages_.error("the search index cannot be written: incidents are not searched until a restart",
                    {{"reason", added.error().message}});
    search_.reset();
}

IncidentId IncidentDesk::next_id() const {
    return IncidentId(fmt::format("INC-{}", last_number_ + 1));
}

core::Result<IncidentId> IncidentDesk::create(Event opened, std::string key, Changes& changes) {
    IncidentId id = next_id();
    if (auto ok = commit(id, std::move(opened), std::move(key), changes); !ok) return Failure(ok.error());
    return id;
}

}  // namespace qd::incidents
