#pragma once
// Joins incidents with the outbox: what is told of them to the world outside, what became of it, and what is
// overdue.
//
// Whatever the journal holds is told from the journal: an event that was recorded within the last hour is put
// into the outbox, which knows what it has already. So nothing is lost between the journal and the outbox
// when the process is killed, and nothing is told twice. A status update goes out wherever it was written, as
// long as its purpose is an audience.

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "incidents/engine/incident_desk.hpp"
#include "notify/notifier.hpp"
#include "opsd/context.hpp"
#include "status/announced.hpp"
#include "status/settings.hpp"

namespace qd::opsd {

/// An update as it would be written now.
struct StatusDraft {
    std::string audience;
    std::string title;  // the line above the text, where a destination has one
    std::string text;
    std::vector<notify::Destination> destinations;
    std::optional<core::WallTime> last_update_at;
    std::optional<core::WallTime> next_update_due;  // may be past; nothing: none is owed
    std::optional<std::chrono::minutes> interval;
    std::uint64_t based_on = 0;  // the incident's version
};

struct StatusPosted {
    incidents::Written written;
    std::vector<notify::Destination> destinations;  // those it was queued for
};

/// An audience that is owed updates of an open incident.
struct StatusOwed {
    incidents::IncidentId incident;
    std::string audience;
    std::optional<core::WallTime> last_update_at;
    core::WallTime due;
};

/// Thread-safe. tick() runs on one thread, each second.
class StatusDesk {
public:
    StatusDesk(Context& context, incidents::IncidentDesk& incidents, notify::Notifier& notifier,
               notify::Outbox& outbox, status::Settings settings);

    /// An incident has changed; cheap, it is looked at by the next tick().
    void touch(const incidents::IncidentId& id, const incidents::Event& event);
    /// Tells what is to be told, notes what became of updates in their incidents, reminds of those that are
    /// overdue (each due time once).
    void tick();

    /// Errc::not_found, Errc::invalid_argument (no such audience), Errc::too_large.
    core::Result<StatusDraft> draft(const incidents::IncidentId& id, const std::string& audience) const;
    /// Writes the update into the journal and queues it. Errors of IncidentDesk::write(), and
    /// Errc::invalid_argument for an audience there is not.
    core::Result<StatusPosted> post(const incidents::IncidentId& id, const std::string& audience,
                                    const std::string& text, std::optional<std::uint64_t> based_on,
                                    const incidents::Author& author);
    /// Stakeholders always, others when a destination is theirs or they have been told before; the earliest
    /// due first.
    std::vector<StatusOwed> owed() const;

    const status::Settings& settings() const { return settings_; }
    /// Those whom an update of the worst severity would reach.
    std::vector<notify::Destination> destinations_of(std::string_view audience) const;

private:
    /// What is known of an open incident without reading its journal again.
    struct Followed {
        incidents::Severity worst = incidents::Severity::sev4;
        std::map<std::string, core::WallTime, std::less<>> last_update;  // by audience
    };

    core::Result<std::vector<status::Announced>> look_at(const incidents::IncidentId& id);
    core::Result<> tell(const incidents::IncidentId& id);
    void tell_outcomes();
    core::Result<> tell_outcome(const notify::Entry& entry);
    void remind();
    void publish_outbox();
    std::optional<std::chrono::minutes> interval(std::string_view audience,
                                                 incidents::Severity severity) const;

    Context& context_;
    incidents::IncidentDesk& incidents_;
    notify::Notifier& notifier_;
    notify::Outbox& outbox_;
    const status::Settings settings_;
    std::atomic<bool> outbox_changed_{true};

    mutable std::mutex mutex_;
    std::set<std::string> touched_;
    std::map<std::string, Followed> followed_;
    std::set<std::string> reminded_;  // ids of reminders; ticks only
};

}  // namespace qd::opsd
