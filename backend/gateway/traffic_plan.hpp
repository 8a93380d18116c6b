#pragma once
// What the gateway is told to do with traffic while versions differ: plain values, their JSON, and the arm
// that a session draws. Pure. The JSON is that of a rollout's traffic plan; a test keeps both readers in
// step.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "gateway/arm.hpp"

namespace qd::gateway {

enum class MatchKind : std::uint8_t { exact, prefix, regex };

/// A text to compare with. A regular expression (RE2's syntax) must match the whole. At most 256 bytes.
struct TextMatch {
    MatchKind kind = MatchKind::exact;
    std::string value{};

    bool operator==(const TextMatch&) const = default;
};

struct HeaderMatch {
    std::string header{};  // its name, in any case
    TextMatch value{};

    bool operator==(const HeaderMatch&) const = default;
};

/// Requests that have all of these headers go to the canary whatever the weight.
struct HeaderRoute {
    std::string name{};
    std::vector<HeaderMatch> match{};  // 1..8

    bool operator==(const HeaderRoute&) const = default;
};

struct RequestMatch {
    std::optional<TextMatch> method{}, path{};
    std::vector<HeaderMatch> headers{};  // at most 8

    bool operator==(const RequestMatch&) const = default;
};

/// Copies of such requests go to the canary as well; nobody waits for what it answers.
struct MirrorRoute {
    std::string name{};
    std::vector<RequestMatch> match{};     // at most 8, any of them; none: every request
    std::optional<unsigned> percentage{};  // of those that match, 0..100

    bool operator==(const MirrorRoute&) const = default;
};

enum class SplitMode : std::uint8_t {
    session,      // by a hash of rollout and session: nothing is kept, a higher weight only adds sessions
    round_robin,  // smooth weighted round robin over sessions as they come; each keeps what it drew
};

struct TrafficPlan {
    std::string rollout{};       // whose plan it is; another rollout draws other sessions; at most 128 bytes
    double canary_weight = 0;    // percent, 0..100
    double baseline_weight = 0;  // percent; both together at most 100
    SplitMode mode = SplitMode::session;
    std::vector<HeaderRoute> header_routes{};  // at most 8, names differ
    std::string cookie{};                      // its name; values: see arm_of_cookie
    std::vector<MirrorRoute> mirrors{};        // at most 4, names differ

    bool operator==(const TrafficPlan&) const = default;
};

/// The session's arm by hash. The canary has the places from 0 up, the baseline those from 1 down: a higher
/// weight of either takes sessions from stable alone, and no session changes between canary and baseline.
Arm choose_arm(const TrafficPlan& plan, std::string_view session);

/// What the plan's cookie asks for: "always" or "canary", "never" or "stable", "baseline"; nothing for
/// others.
std::optional<Arm> arm_of_cookie(std::string_view value);

/// {"rollout", "canary_weight", "baseline_weight", "mode": "session"|"round_robin", "cookie",
///  "header_routes": [{"name", "match": [{"header", "exact"|"prefix"|"regex": text}]}],
///  "mirrors": [{"name", "percentage", "match": [{"method": {…}, "path": {…}, "headers": […]}]}]}
/// Errc::invalid_argument names the member, Errc::too_large beyond 256 KiB; unknown members are ignored.
core::Result<TrafficPlan> parse_traffic_plan(std::string_view json);
/// Members that say nothing are left out.
nlohmann::json to_json_value(const TrafficPlan& plan);
/// The limits above, for plans that came another way. Regular expressions are not compiled here.
core::Result<> validate(const TrafficPlan& plan);

}  // namespace qd::gateway
