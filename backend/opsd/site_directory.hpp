#pragma once
// Which processes there are: the supervisor's list, asked each second by a thread of its own, so that a
// supervisor that hangs holds nobody up; and the configuration's fixed targets.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "opsd/options.hpp"
#include "site/control_client.hpp"

namespace qd::opsd {

struct Directory {
    std::vector<site::ProcessInfo> processes;
    bool supervised = false;  // the supervisor has answered within the last seconds
    std::string error;        // what was wrong with its last answer
    bool operator==(const Directory&) const = default;
};

/// Thread-safe. Thread: "opsd-site", only with a supervisor.
class SiteDirectory {
public:
    /// A list older than this is still used (the processes may well run on), but not called fresh.
    static constexpr std::chrono::seconds fresh_for{5};

    SiteDirectory(const Options& options, const core::Clock& clock);

    void start();
    void stop() { periodic_.reset(); }
    /// Asks the supervisor now and waits for its answer.
    core::Result<> refresh();

    Directory now() const;
    /// The way to the supervisor; nothing without one.
    const std::optional<site::ControlClient>& control() const { return control_; }

private:
    const core::Clock& clock_;
    std::vector<site::ProcessInfo> fixed_;
    std::optional<site::ControlClient> control_;  // for starts and stops
    std::optional<site::ControlClient> listing_;  // impatient

    mutable std::mutex mutex_;
    std::vector<site::ProcessInfo> listed_;
    std::optional<core::SteadyTime> listed_at_;
    std::string error_;
    std::unique_ptr<core::Periodic> periodic_;
};

}  // namespace qd::opsd
