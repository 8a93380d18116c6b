#pragma once
// One list of silences: our own, and those of each configured Alertmanager as it was read last. Whatever
// becomes of one is written into the open incidents whose alerts it matches.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alertmanager/client.hpp"
#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "silences/engine/silence_store.hpp"

namespace qd::opsd {

using Alertmanagers = std::vector<std::unique_ptr<alertmanager::Client>>;

/// Thread-safe. Everything that is passed outlives the desk.
class SilenceDesk {
public:
    /// The alerts that fire now, with the incidents that have them.
    using FiringAlerts = std::function<std::vector<silences::Alert>()>;

    /// `warn_ahead`: so long before a silence ends that still matches a firing alert, it is told.
    SilenceDesk(Context& context, incidents::IncidentDesk& incidents, silences::SilenceStore& store,
                Alertmanagers& peers, std::chrono::milliseconds warn_ahead);
    void set_alerts(FiringAlerts alerts) { alerts_ = std::move(alerts); }

    /// Active ones first, then those to come, then expired ones; the one that ends first before others.
    std::vector<silences::ListedSilence> list() const;
    /// In the source that it names. Errc::invalid_argument for a source that is not configured, errors of
    /// SilenceStore and of alertmanager::Client. Blocks for an Alertmanager's answer.
    core::Result<silences::Silence> create(silences::Silence silence, const std::string& actor);
    /// `source` empty: the first that has such an id. In an Alertmanager the answer's id may be another.
    core::Result<silences::Silence> extend(const silences::SilenceId& id, const std::string& source,
                                           core::WallTime ends_at, const std::string& reason,
                                           const std::string& actor);
    core::Result<silences::Silence> expire(const silences::SilenceId& id, const std::string& source,
                                           const std::string& reason, const std::string& actor);

    /// The active silences that keep this alert quiet: ours for every alert, an Alertmanager's for its own.
    std::vector<silences::SilencedBy> silencing(const silences::Alert& alert) const;

    /// An Alertmanager's silences, as they were when it was asked, at `asked_at`.
    void took(const std::string& source, const std::vector<silences::Silence>& now, core::WallTime asked_at);
    /// Each second: notes those that have ended, and warns of those that are about to.
    void tick();

private:
    struct Entry {
        silences::Silence silence;
        silences::Matching matching;
        silences::SilenceState told;  // the state that has been noted
        core::WallTime changed_at{};  // by us: older answers of its Alertmanager do not know of it
    };
    using Entries = std::map<std::pair<std::string, std::string>, Entry>;  // by source and id

    core::Result<silences::Silence> find(const silences::SilenceId& id, const std::string& source) const;
    alertmanager::Client* peer(const std::string& source) const;
    void put(const silences::Silence& silence);
    /// After an answer: what is kept follows the Alertmanager, without noting it a second time.
    void replace(const silences::Silence& before, const silences::Silence& after);
    void note(const silences::Silence& silence, std::string_view phase, const std::string& actor,
              const std::string& text);
    bool was_warned(const incidents::IncidentId& incident, const silences::Silence& silence) const;

    Context& context_;
    incidents::IncidentDesk& incidents_;
    silences::SilenceStore& store_;
    Alertmanagers& peers_;
    const std::chrono::milliseconds warn_ahead_;
    FiringAlerts alerts_;

    mutable std::mutex mutex_;
    Entries entries_;
    std::set<std::string> read_;                               // sources that were read once
    std::set<std::pair<std::string, core::WallTime>> warned_;  // source/id and the end it was about
};

}  // namespace qd::opsd
