#pragma once
// Reads the alerts and silences of each configured Alertmanager every so often: each by a thread of its own,
// so that one that hangs holds nobody up.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/executor.hpp"
#include "opsd/alert_desk.hpp"
#include "opsd/silence_desk.hpp"

namespace qd::opsd {

/// One entry of GET /alertmanagers.
struct AlertmanagerView {
    std::string name;
    std::string url;
    std::optional<core::WallTime> answered_at;
    std::string error;  // of the last reading; empty: it worked

    bool operator==(const AlertmanagerView&) const = default;
};

/// Thread-safe. Threads: "opsd-alertmgr" for each Alertmanager after start().
class AlertmanagerPoll {
public:
    /// All that is passed outlives it.
    AlertmanagerPoll(Context& context, Alertmanagers& peers, AlertDesk& alerts, SilenceDesk& silences);
    ~AlertmanagerPoll() { stop(); }

    void start();
    /// Ends what is being asked.
    void stop();
    /// Asks those whose time has come: what the threads do, for those who have none.
    void poll();
    bool has_threads() const { return started_; }

    std::vector<AlertmanagerView> list() const;

private:
    struct Polled {
        alertmanager::Client* client;
        std::mutex asking;
        std::optional<core::SteadyTime> asked_at;
        AlertmanagerView view;
        std::unique_ptr<core::Periodic> thread;
    };

    void poll_if_due(Polled& polled);
    core::Result<> read(alertmanager::Client& client);

    Context& context_;
    AlertDesk& alerts_;
    SilenceDesk& silences_;
    std::vector<std::unique_ptr<Polled>> polled_;
    std::atomic<bool> started_{false};
    mutable std::mutex mutex_;  // of the views
};

}  // namespace qd::opsd
