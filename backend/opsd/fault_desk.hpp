#pragma once
// Faults on the site's processes: handed to each process that matches, taken back, and followed to their end.
// Each process ends its faults by itself, whatever becomes of opsd.

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "chaos/fault.hpp"
#include "opsd/context.hpp"
#include "opsd/site_directory.hpp"

namespace qd::opsd {

/// Thread-safe. Calls block for as long as the processes take to answer (at most 2 s).
class FaultDesk {
public:
    /// A fault was applied (`phase` "applied") or is over ("ended", "removed"); called without a lock.
    using Listener =
        std::function<void(const chaos::Fault&, const std::string& phase, const std::string& actor)>;

    FaultDesk(Context& context, SiteDirectory& directory) : context_(context), directory_(directory) {}
    void on_change(Listener listener) { listener_ = std::move(listener); }

    /// Begins it on every process that matches. Errc::not_found when none does, Errc::conflict when that id
    /// is active, and the first process's own words when none took it. A kill ends the matching processes at
    /// once (gateway, api, worker and viewers only: never opsd itself, nor a process that is not the site's).
    core::Result<chaos::Fault> apply(chaos::Fault fault, const std::string& actor);
    /// Errc::not_found when it is not active.
    core::Result<> remove(const chaos::FaultId& id, const std::string& actor);
    /// What is active now.
    std::vector<chaos::Fault> active() const;
    /// What has ended since this opsd started, the latest last; at most 200.
    std::vector<chaos::Fault> past() const;

    /// Once a second: ends what is over, learns which faults new processes were born with, and hands active
    /// faults to processes that have come (back) since. Returns at once; the work is done on the context's
    /// executor.
    void tick();

private:
    struct Active {
        chaos::Fault fault;
        std::map<std::string, std::int64_t> on;  // instance -> the pid that has it
        bool beginning = false;                  // apply() is handing it out, and nobody else
    };

    bool matches(const chaos::Fault& fault, const site::ProcessInfo& process) const;
    core::Result<> send(const site::ProcessInfo& process, const chaos::Fault& fault);
    core::Result<chaos::Fault> kill(chaos::Fault fault, const std::string& actor);
    void tell(const chaos::Fault& fault, const std::string& phase, const std::string& actor);
    void catch_up();
    void learn(const site::ProcessInfo& process);

    Context& context_;
    SiteDirectory& directory_;
    Listener listener_;
    mutable std::mutex mutex_;
    std::map<std::string, Active> active_;
    std::deque<chaos::Fault> past_;
    std::map<std::string, std::int64_t> met_;  // instance -> the pid whose faults are known
    bool catching_up_ = false;
};

}  // namespace qd::opsd
