#pragma once
// What comes to opsd from outside and what keeps it quiet, put together: alerts, silences, changes. Routes:
//
//   POST /api/v1/alertmanager/webhook?source=NAME   role responder; Alertmanager's webhook, version 4
//        -> {"taken","known","ours"}; what is not 2xx is to be sent again. Without `source`: the one whose
//        URL is the message's externalURL, or the only one that is configured, else "webhook".
//   GET  /api/v1/alertmanagers -> items {"name","url","answered_at" or null,"error" or null}
//   GET  /api/v1/alerts/all    -> items of silences/codec.hpp: ours and others', the firing ones first
//   GET  /api/v1/silences, POST /api/v1/silences, POST /api/v1/silences/{id}/extend?source=
//        {"ends_at" or "duration_s" (from its present end),"reason"}, DELETE
//        /api/v1/silences/{id}?source=&reason=
//   GET  /api/v1/changes?limit=&cursor=, POST /api/v1/changes: see change_desk.hpp
//
// Events: silence, foreign_alert, alertmanager, change.

#include <memory>

#include "opsd/alert_desk.hpp"
#include "opsd/alertmanager_poll.hpp"
#include "opsd/change_desk.hpp"
#include "opsd/options.hpp"
#include "opsd/silence_desk.hpp"

namespace qd::opsd {

class Intake {
public:
    struct Parts {
        Context& context;
        incidents::IncidentDesk& incidents;
        const SiteDirectory& directory;
        AlertDesk::OwnAlerts own_alerts;
        const Options& options;
    };
    /// All of `parts` outlives it. Opens <data>/db/silences.sqlite and intake.sqlite.
    static core::Result<std::unique_ptr<Intake>> open(Parts parts);

    void start() { poll_->start(); }
    void stop() { poll_->stop(); }
    /// Each second, on the ticking thread.
    void tick();

    AlertDesk& alerts() { return *alerts_; }
    SilenceDesk& silences() { return *silences_; }
    const SilenceDesk& silences() const { return *silences_; }
    ChangeDesk& changes() { return *changes_; }
    const AlertmanagerPoll& poll() const { return *poll_; }
    /// Which Alertmanager sent this.
    std::string source_of(const std::string& named, const alertmanager::Webhook& webhook) const;

private:
    explicit Intake(const SiteDirectory& directory) : directory_(directory) {}

    const SiteDirectory& directory_;
    std::unique_ptr<IntakeFile> file_;
    std::unique_ptr<silences::SilenceStore> store_;
    Alertmanagers peers_;
    std::unique_ptr<SilenceDesk> silences_;
    std::unique_ptr<AlertDesk> alerts_;
    std::unique_ptr<ChangeDesk> changes_;
    std::unique_ptr<AlertmanagerPoll> poll_;
};

/// The routes above; writing takes role responder. The intake outlives the server.
void add_intake_routes(http::Server& server, Context& context, Intake& intake);

}  // namespace qd::opsd
