#pragma once
// Where post-mortems are written. Everything is in their journal (<data>/db/postmortems.sqlite, a stream
// "postmortem/ID" per incident, chained by hash) before a call returns.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "postmortems/draft_event.hpp"
#include "postmortems/template.hpp"
#include "storage/event_log.hpp"
#include "telemetry/log.hpp"

namespace qd::postmortems {

/// Thread-safe.
class DraftDesk {
public:
    /// `log` and `clock` outlive it. A draft whose journal makes no sense is logged, left as it is and not
    /// shown; writing to it is refused with Errc::corrupt.
    static core::Result<std::unique_ptr<DraftDesk>> open(storage::EventLog& log, const core::Clock& clock,
                                                         telemetry::Log& messages,
                                                         std::vector<Template> templates);

    /// The first is the default. Those with a problem cannot be chosen.
    const std::vector<Template>& templates() const { return templates_; }
    /// As postmortems::find_template().
    core::Result<Template> find_template(std::string_view name) const;

    /// As the default template has it (version 0) where nobody has written yet.
    Draft get(const incidents::IncidentId& incident) const;
    /// Of get(), without its texts.
    ReviewState state(const incidents::IncidentId& incident) const;
    /// Those that somebody has written.
    std::vector<Draft> list() const;
    core::Result<std::vector<HistoryEntry>> history(const incidents::IncidentId& incident) const;
    /// One saved version, those that are part of an entry too. Errc::not_found.
    core::Result<HistoryEntry> saved(const incidents::IncidentId& incident, std::uint64_t seq) const;
    /// The tags of one incident, for learning from many.
    std::vector<Factor> factors(const incidents::IncidentId& incident) const;

    /// Who writes, and what version of the draft is expected (If-Match).
    struct Author {
        std::string name;
        std::optional<std::uint64_t> expected_version;
    };
    /// Errors of follow(); Errc::precondition_failed when the version is another one. The incident must
    /// exist: that is the caller's to know.
    core::Result<Draft> save(const incidents::IncidentId& incident, const SaveRequest& request,
                             const Author& author);
    /// Errc::conflict with what keeps it (guard()), unless overridden. `blocking` counts the findings that
    /// do.
    core::Result<Draft> move(const incidents::IncidentId& incident, const MoveRequest& request,
                             std::size_t blocking, const Author& author);
    core::Result<Draft> review(const incidents::IncidentId& incident, ReviewerRequest request,
                               const Author& author);
    core::Result<Draft> comment(const incidents::IncidentId& incident, const CommentRequest& request,
                                const Author& author);
    core::Result<Draft> resolve(const incidents::IncidentId& incident, std::uint64_t comment,
                                const ResolveRequest& request, const Author& author);
    core::Result<Draft> choose(const incidents::IncidentId& incident, std::string_view template_name,
                               const Author& author);
    core::Result<Draft> tag(const incidents::IncidentId& incident, const std::vector<Factor>& factors,
                            const Author& author);

private:
    DraftDesk(storage::EventLog& log, const core::Clock& clock, telemetry::Log& messages,
              std::vector<Template> templates)
        : log_(log), clock_(clock), messages_(messages), templates_(std::move(templates)) {}

    core::Result<> load();
    core::Result<std::vector<DraftEvent>> events_of(const incidents::IncidentId& incident) const;
    // With the lock held.
    Draft current(const incidents::IncidentId& incident) const;
    core::Result<Draft> write(const incidents::IncidentId& incident, DraftEvent event, const Author& author);

    storage::EventLog& log_;
    const core::Clock& clock_;
    telemetry::Log& messages_;
    const std::vector<Template> templates_;

    mutable std::mutex mutex_;
    std::map<std::string, Draft> drafts_;
    std::map<std::string, std::string> unreadable_;  // incident -> why
};

}  // namespace qd::postmortems
