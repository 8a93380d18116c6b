#pragma once
// What a router is to do with traffic while versions differ: what a rollout asks for, and what the local
// gateway or another router does. Precedence for a request: header routes in their order, then the cookie,
// then the weights. Manifest and segments of a session take the same way. Plain values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace qd::traffic {

inline constexpr std::size_t longest_rollout = 128, longest_text = 256;  // bytes
inline constexpr std::size_t most_routes = 8, most_mirrors = 4, most_matches = 8;

enum class MatchKind : std::uint8_t { exact, prefix, regex };

/// A text to compare with. A regular expression (RE2's syntax) must match the whole, as in Argo Rollouts. At
/// most 256 bytes.
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
    std::string cookie{};                      // its name
    std::vector<MirrorRoute> mirrors{};        // at most 4, names differ

    bool operator==(const TrafficPlan&) const = default;
};

/// The limits above. Regular expressions are not compiled here. Errc::invalid_argument.
core::Result<> validate(const TrafficPlan& plan);

}  // namespace qd::traffic
