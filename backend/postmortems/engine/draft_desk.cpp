#include "postmortems/engine/draft_desk.hpp"

#include <algorithm>

#include "postmortems/material.hpp"

namespace qd::postmortems {
namespace {

using core::Errc;
using core::fail;
using core::Failure;
using core::Result;
using incidents::IncidentId;

constexpr std::string_view draft_streams = "postmortem/";

std::string draft_stream(const IncidentId& incident) {
    return std::string(draft_streams) + incident.value;
}

}  // namespace

Result<std::unique_ptr<DraftDesk>> DraftDesk::open(storage::EventLog& log, const core::Clock& clock,
                                                   telemetry::Log& messages,
                                                   std::vector<Template> templates) {
    if (templates.empty()) templates = builtin_templates();
    for (const Template& each : templates)
        if (!each.problem.empty())
            messages.error("a template of post-mortems cannot be used", {{"reason", each.problem}});
    std::unique_ptr<DraftDesk> desk(new DraftDesk(log, clock, messages, std::move(templates)));
    if (auto loaded = desk->load(); !loaded) return Failure(loaded.error());
    return desk;
}

Result<> DraftDesk::load() {
    const auto names = storage::all_streams(log_, draft_streams);
    if (!names) return Failure(names.error());
    for (const std::string& name : *names) {
        const IncidentId incident(name.substr(draft_streams.size()));
        const auto events = events_of(incident);
        auto draft = events ? replay(incident, *events) : Failure(events.error());
        if (draft) {
            drafts_[incident.value] = std::move(*draft);
            continue;
        }
        messages_.error("a post-mortem's journal cannot be replayed",
                        {{"incident", incident.value}, {"reason", draft.error().message}});
        unreadable_[incident.value] = draft.error().message;
    }
    return {};
}

Result<std::vector<DraftEvent>> DraftDesk::events_of(const IncidentId& incident) const {
    const auto rows = storage::read_whole(log_, draft_stream(incident));
    if (!rows) return Failure(rows.error());
    std::vector<DraftEvent> events;
    for (const storage::LoggedEvent& row : *rows) {
        const auto kind = parse_draft_event_kind(row.kind);
        auto event = kind ? decode_draft_event(*kind, row.body)
                          : fail(Errc::corrupt, "there is no kind '{}'", row.kind.substr(0, 60));
        if (!event)
            return fail(Errc::corrupt, "the post-mortem of {}, row {}: {}", incident.value, row.seq,
                        event.error().message);
        event->seq = row.seq;
        events.push_back(std::move(*event));
    }
    return events;
}

Result<Template> DraftDesk::find_template(std::string_view name) const {
    return postmortems::find_template(templates_, name);
}

Draft DraftDesk::current(const IncidentId& incident) const {
    const auto known = drafts_.find(incident.value);
    return known == drafts_.end() ? fresh_draft(incident, templates_.front()) : known->second;
}

Draft DraftDesk::get(const IncidentId& incident) const {
    const std::lock_guard lock(mutex_);
    return current(incident);
}

ReviewState DraftDesk::state(const IncidentId& incident) const {
    const std::lock_guard lock(mutex_);
    const auto known = drafts_.find(incident.value);
    return known == drafts_.end() ? ReviewState::draft : known->second.state;
}

std::vector<Draft> DraftDesk::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Draft> drafts;
    for (const auto& [id, draft] : drafts_) drafts.push_back(draft);
    return drafts;
}

Result<std::vector<HistoryEntry>> DraftDesk::history(const IncidentId& incident) const {
    const auto events = events_of(incident);
    if (!events) return Failure(events.error());
    return postmortems::history(*events);
}

Result<HistoryEntry> DraftDesk::saved(const IncidentId& incident, std::uint64_t seq) const {
    const auto events = events_of(incident);
    if (!events) return Failure(events.error());
    if (seq == 0 || seq > events->size())
        return fail(Errc::not_found, "the post-mortem of {} has no version {}", incident.value, seq);
    return entry_of((*events)[seq - 1]);
}

std::vector<Factor> DraftDesk::factors(const IncidentId& incident) const {
    const std::lock_guard lock(mutex_);
    const auto known = drafts_.find(incident.value);
    return known == drafts_.end() ? std::vector<Factor>() : known->second.factors;
}

Result<Draft> DraftDesk::write(const IncidentId& incident, DraftEvent event, const Author& author) {
    if (const auto broken = unreadable_.find(incident.value); broken != unreadable_.end())
        return fail(Errc::corrupt, "the post-mortem of {} cannot be read: {}", incident.value,
                    broken->second);
    const auto known = drafts_.find(incident.value);
    Draft draft;
    draft.incident = incident;
    if (known != drafts_.end()) draft = known->second;
    if (author.expected_version && *author.expected_version != draft.version)
        return fail(Errc::precondition_failed, "the post-mortem is at version {}, not {}", draft.version,
                    *author.expected_version);
    event.actor = author.name;
    event.at = clock_.now();
    std::vector<DraftEvent> events;
    if (draft.version == 0 && event.kind != DraftEventKind::chosen) {
        DraftEvent first;
        first.kind = DraftEventKind::chosen;
        first.actor = author.name;
        first.at = event.at;
        first.form = templates_.front();
        events.push_back(std::move(first));
    }
    events.push_back(std::move(event));
    std::vector<storage::NewEvent> rows;
    Draft after = draft;
    for (DraftEvent& each : events) {
        each.seq = after.version + 1;
        auto next = follow(after, each);
        if (!next) return Failure(next.error());
        after = std::move(*next);
        rows.push_back({std::string(to_string(each.kind)), encode(each)});
    }
    auto written = log_.append(draft_stream(incident), std::move(rows), draft.version);
    if (!written) return Failure(written.error());
    drafts_[incident.value] = after;
    return after;
}

Result<Draft> DraftDesk::save(const IncidentId& incident, const SaveRequest& request, const Author& author) {
    const std::lock_guard lock(mutex_);
    const Draft draft = current(incident);
    const Section* section = find_section(draft, request.section);
    // Saving what is there already is no version.
    if (section != nullptr && request.settles.empty() && section->current.text == request.text) return draft;
    if (section != nullptr)
        for (const SectionVersion& kept : section->conflicts)
            if (kept.seq == request.based_on && kept.author == author.name && kept.text == request.text)
                return draft;
    DraftEvent event;
    event.kind = DraftEventKind::section;
    event.save = request;
    return write(incident, std::move(event), author);
}

Result<Draft> DraftDesk::move(const IncidentId& incident, const MoveRequest& request, std::size_t blocking,
                              const Author& author) {
    const std::lock_guard lock(mutex_);
    const Draft draft = current(incident);
    DraftEvent event;
    event.kind = DraftEventKind::state;
    event.move = request;
    const std::string kept = guard(draft, request.state, blocking);
    const auto ways = successors(draft.state);
    if (!kept.empty() && !request.override_guards && std::ranges::find(ways, request.state) != ways.end())
        return fail(Errc::conflict, "{}; mend that, or override it with a reason", kept);
    event.move.override_guards = request.override_guards && !kept.empty();
    return write(incident, std::move(event), author);
}

Result<Draft> DraftDesk::review(const IncidentId& incident, ReviewerRequest request, const Author& author) {
    const std::lock_guard lock(mutex_);
    if (request.person.empty()) request.person = author.name;
    DraftEvent event;
    event.kind = DraftEventKind::reviewer;
    event.review = std::move(request);
    return write(incident, std::move(event), author);
}

Result<Draft> DraftDesk::comment(const IncidentId& incident, const CommentRequest& request,
                                 const Author& author) {
    const std::lock_guard lock(mutex_);
    DraftEvent event;
    event.kind = DraftEventKind::comment;
    event.comment = request;
    return write(incident, std::move(event), author);
}

Result<Draft> DraftDesk::resolve(const IncidentId& incident, std::uint64_t comment,
                                 const ResolveRequest& request, const Author& author) {
    const std::lock_guard lock(mutex_);
    DraftEvent event;
    event.kind = DraftEventKind::resolve;
    event.comment_id = comment;
    event.resolve = request;
    return write(incident, std::move(event), author);
}

Result<Draft> DraftDesk::choose(const IncidentId& incident, std::string_view template_name,
                                const Author& author) {
    auto chosen = find_template(template_name);
    if (!chosen) return Failure(chosen.error());
    const std::lock_guard lock(mutex_);
    DraftEvent event;
    event.kind = DraftEventKind::chosen;
    event.form = std::move(*chosen);
    return write(incident, std::move(event), author);
}

Result<Draft> DraftDesk::tag(const IncidentId& incident, const std::vector<Factor>& factors,
                             const Author& author) {
    const std::lock_guard lock(mutex_);
    DraftEvent event;
    event.kind = DraftEventKind::factors;
    event.factors = factors;
    return write(incident, std::move(event), author);
}

}  // namespace qd::postmortems
