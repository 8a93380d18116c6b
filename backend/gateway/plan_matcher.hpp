#pragma once
// The patterns of a traffic plan, compiled once when the plan is set. RE2 rather than std::regex: it is
// already a part of the house, matches in time linear in the text whatever somebody wrote, and bounds its own
// memory.

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "http/message.hpp"
#include "traffic/plan.hpp"

namespace re2 {
class RE2;
}

namespace qd::gateway {

/// Thread-safe once compiled.
class PlanMatcher {
public:
    /// Errc::invalid_argument with the expression and what is wrong with it.
    static core::Result<PlanMatcher> compile(const traffic::TrafficPlan& plan);
    PlanMatcher(PlanMatcher&&) noexcept;
    PlanMatcher& operator=(PlanMatcher&&) noexcept;
    ~PlanMatcher();

    /// Whether some header route fits.
    bool routes_to_canary(const http::Request& request) const;
    /// Whether a copy is due: GET and HEAD that some mirror takes. `turn` is another number for each request
    /// and decides which share of those that match is copied; turns in a row give the percentage exactly
    /// enough, in no pattern that the order of a session's requests could fall in with.
    bool mirrors(const http::Request& request, std::uint64_t turn) const;
    bool has_mirrors() const { return !mirrors_.empty(); }

private:
    struct Text;
    struct Header;
    struct Match;
    struct Mirror;

    PlanMatcher();
    static core::Result<Text> compile(const traffic::TextMatch& match);
    static core::Result<std::vector<Header>> compile(const std::vector<traffic::HeaderMatch>& headers);

    std::vector<std::vector<Header>> routes_;
    std::vector<Mirror> mirrors_;
};

}  // namespace qd::gateway
