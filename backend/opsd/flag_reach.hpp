#pragma once
// How far the flags have come: asks the site's processes for the revision that is in force in them.

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "opsclient/flags.hpp"
#include "opsd/context.hpp"
#include "opsd/site_directory.hpp"

namespace qd::opsd {

/// Thread-safe. Asking is done on the context's executor.
class FlagReach {
public:
    /// Both outlive this.
    FlagReach(Context& context, const SiteDirectory& directory) : context_(context), directory_(directory) {}
    /// Called, without a lock, when all processes have reached a revision that was expected.
    void on_reached(std::function<void(std::uint64_t revision)> listener) { listener_ = std::move(listener); }

    /// A revision has just been written: asks again and again until every process has it, for 10 s at most.
    void expect(std::uint64_t revision);
    /// Once a second: looks every ten seconds, whatever was expected.
    void tick();

    std::vector<opsclient::FlagProcess> processes() const;
    opsclient::FlagReach of(std::uint64_t revision) const;
    /// Who pins this flag: instance -> variant.
    std::map<std::string, std::string> pinned(const std::string& flag) const;

private:
    struct Seen {
        opsclient::FlagProcess process;
        std::map<std::string, std::string> pins;  // that are in force
    };
    struct Expected {
        std::uint64_t revision;
        core::SteadyTime since;
    };

    void look_soon(std::chrono::milliseconds delay);  // with the lock held
    void look();
    std::vector<Seen> ask() const;
    bool all_have(std::uint64_t revision) const;  // with the lock held

    Context& context_;
    const SiteDirectory& directory_;
    std::function<void(std::uint64_t)> listener_;
    mutable std::mutex mutex_;
    std::vector<Seen> seen_;
    std::deque<Expected> expected_;            // the oldest first
    std::map<std::uint64_t, double> after_s_;  // by revision; the latest 1,000
    bool looking_ = false;                     // a look is under way or about to be
    unsigned ticks_ = 0;
};

}  // namespace qd::opsd
