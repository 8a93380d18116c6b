#include "opsd/postmortem_reader.hpp"

#include <algorithm>

#include "opsd/postmortem_figures.hpp"
#include "postmortems/compile.hpp"
#include "postmortems/figures_codec.hpp"

namespace qd::opsd {
namespace {

using core::Failure;
using incidents::State;

/// Whether one is owed, or written.
bool is_listed(const incidents::Incident& incident, std::uint64_t draft_version) {
    if (draft_version != 0) return true;
    return !is_open(incident.state) && incident.state != State::cancelled && incident.state != State::merged;
}

}  // namespace

std::size_t blocking(const std::vector<postmortems::Finding>& findings) {
    return std::size_t(std::ranges::count(findings, true, &postmortems::Finding::blocking));
}

core::Result<ReadPostmortem> PostmortemReader::read(const incidents::IncidentId& id) const {
    auto incident = desk_.get(id);
    if (!incident) return Failure(incident.error());
    const auto events = desk_.timeline(id);
    if (!events) return Failure(events.error());
    ReadPostmortem read;
    read.figures = measure_figures(context_, *incident, *events);
    const auto kept = figures_.latest(id);
    if (!kept) return Failure(kept.error());
    if (*kept) postmortems::add_kept(read.figures, **kept);
    read.document = postmortems::compile(*incident, *events, read.figures);
    read.incident = std::move(*incident);
    read.draft = drafts_.get(id);
    read.actions = actions_.of(id);
    return read;
}

core::Result<> PostmortemReader::keep_figures(const ReadPostmortem& read) const {
    return figures_.keep(read.incident.id, read.figures);
}

postmortems::View PostmortemReader::view(const ReadPostmortem& read) const {
    const postmortems::Material material = read.material();
    postmortems::View view;
    view.draft = read.draft;
    view.title = read.incident.title;
    view.severity = read.incident.severity;
    view.incident_state = read.incident.state;
    view.journal_version = read.incident.version;
    view.due = postmortems::due_of(read.incident);
    view.overdue = postmortems::is_overdue(view.due, read.draft.state, context_.clock().now());
    view.findings = postmortems::check(material);
    view.blocks = postmortems::blocks_of(material);
    view.detached = postmortems::detached_of(material);
    view.proposals = postmortems::open_proposals(read.document, read.actions);
    view.actions = read.actions;
    return view;
}

core::Result<PostmortemReader::Counted> PostmortemReader::count(const incidents::Incident& incident,
                                                                std::uint64_t draft_version) const {
    const std::uint64_t revision = actions_.revision_of(incident.id);
    {
        const std::lock_guard lock(mutex_);
        const auto known = counted_.find(incident.id.value);
        if (known != counted_.end() && known->second.incident == incident.version &&
            known->second.draft == draft_version && known->second.actions == revision)
            return known->second;
    }
    const auto whole = read(incident.id);
    if (!whole) return Failure(whole.error());
    const auto findings = postmortems::check(whole->material());
    const Counted counted{incident.version, draft_version, revision, findings.size(), blocking(findings)};
    const std::lock_guard lock(mutex_);
    counted_[incident.id.value] = counted;
    return counted;
}

core::Result<std::vector<postmortems::Listing>> PostmortemReader::list() const {
    const core::WallTime now = context_.clock().now();
    std::map<std::string, postmortems::Draft> written;
    for (postmortems::Draft& draft : drafts_.list()) {
        const std::string id = draft.incident.value;
        written.emplace(id, std::move(draft));
    }
    struct Row {
        incidents::Incident incident;
        postmortems::Draft draft;
        postmortems::Due due;
        bool overdue;
    };
    std::vector<Row> rows;
    for (incidents::Incident& incident : desk_.list()) {
        const auto known = written.find(incident.id.value);
        if (!is_listed(incident, known == written.end() ? 0 : known->second.version)) continue;
        Row row{std::move(incident), {}, {}, false};
        if (known != written.end()) row.draft = known->second;
        row.due = postmortems::due_of(row.incident);
        row.overdue = postmortems::is_overdue(row.due, row.draft.state, now);
        rows.push_back(std::move(row));
    }
    std::ranges::stable_sort(rows, [](const Row& a, const Row& b) {
        if (a.overdue != b.overdue) return a.overdue;
        return a.incident.detected_at > b.incident.detected_at;
    });
    if (rows.size() > max_listed) rows.erase(rows.begin() + max_listed, rows.end());
    std::vector<postmortems::Listing> listings;
    for (const Row& row : rows) {
        const auto counted = count(row.incident, row.draft.version);
        if (!counted) return Failure(counted.error());
        postmortems::Listing listing;
        listing.incident = row.incident.id;
        listing.title = row.incident.title;
        listing.severity = row.incident.severity;
        listing.incident_state = row.incident.state;
        listing.state = row.draft.state;
        listing.template_name =
            row.draft.version == 0 ? drafts_.templates().front().name : row.draft.template_name;
        listing.author = row.draft.author;
        listing.due = row.due;
        listing.overdue = row.overdue;
        listing.findings = counted->findings;
        listing.blocking = counted->blocking;
        listing.open_comments = postmortems::open_comments(row.draft);
        listing.conflicts = postmortems::open_conflicts(row.draft);
        for (const postmortems::Factor& factor : row.draft.factors) listing.factors.push_back(factor.tag);
        listing.version = row.draft.version;
        listing.updated_at = row.draft.version == 0 ? row.incident.updated_at : row.draft.updated_at;
        listings.push_back(std::move(listing));
    }
    return listings;
}

std::size_t PostmortemReader::overdue() const {
    const core::WallTime now = context_.clock().now();
    std::size_t late = 0;
    for (const incidents::Incident& incident : desk_.list()) {
        if (!is_listed(incident, 0)) continue;
        const postmortems::Due due = postmortems::due_of(incident);
        if (postmortems::is_overdue(due, drafts_.state(incident.id), now)) ++late;
    }
    return late;
}

}  // namespace qd::opsd
