#pragma once
// What a router of traffic is to do for a rollout: plain values, the same for the local gateway and for others.
// Precedence for a request: header routes in their order, then the cookie, then the weights. Manifest and
// segments of a session take the same way.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qd::rollouts {

enum class MatchKind { exact, prefix, regex };

/// A text to compare with. Regular expressions match the whole, as in Argo Rollouts; at most 256 bytes.
struct TextMatch {
    MatchKind kind = MatchKind::exact;
    std::string value;

    bool operator==(const TextMatch&) const = default;
};

struct HeaderMatch {
    std::string header;
    TextMatch value;

    bool operator==(const HeaderMatch&) const = default;
};

/// Requests that have all of these headers go to the canary whatever the weight.
struct HeaderRoute {
    std::string name;
    std::vector<HeaderMatch> match;  // at most 8

    bool operator==(const HeaderRoute&) const = default;
};

struct RequestMatch {
    std::optional<TextMatch> method, path;
    std::vector<HeaderMatch> headers;

    bool operator==(const RequestMatch&) const = default;
};

/// Copies of such requests are sent to the canary as well; nobody waits for what it answers.
struct MirrorRoute {
    std::string name;
    std::vector<RequestMatch> match;     // any of them; none: every request
    std::optional<unsigned> percentage;  // of those that match, 0..100

    bool operator==(const MirrorRoute&) const = default;
};

/// session: by a hash of rollout and session, so that a higher weight only adds sessions. round_robin: smooth
/// weighted round robin over requests.
enum class SplitMode { session, round_robin };

struct TrafficPlan {
    std::string rollout;           // whose plan it is; at most 128 bytes
    double canary_weight = 0;      // percent, 0..100
    double baseline_weight = 0;    // percent; both together at most 100
    SplitMode mode = SplitMode::session;
    std::vector<HeaderRoute> header_routes;  // at most 8, names differ
    std::string cookie;
    std::vector<MirrorRoute> mirrors;  // at most 4, names differ

    bool operator==(const TrafficPlan&) const = default;
};

/// What a router counted since `plan` came into force.
struct RouterCounts {
    std::optional<std::uint64_t> stable_requests, canary_requests, baseline_requests;  // drawn by weight
    std::optional<std::uint64_t> stable_sessions, canary_sessions, baseline_sessions;  // different ones seen
    std::optional<std::uint64_t> forced_requests;                  // by header, cookie or a person
    std::optional<std::uint64_t> mirrored, mirrors_dropped;        // copies sent, and not sent for want of room
    std::optional<std::uint64_t> canary_in_flight;                 // requests that the canary arm is answering now

    bool operator==(const RouterCounts&) const = default;
};

}  // namespace qd::rollouts
