#pragma once
// What a gateway is told: where its arms live and how patient, generous and forgetful it is. Plain values.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "gateway/arm.hpp"
#include "http/server.hpp"
#include "http/service.hpp"

namespace qd::gateway {

/// One process that answers for an arm.
struct Upstream {
    Arm arm = Arm::stable;
    std::string instance;  // "api-1"; unique in a set
    std::string version;   // "v1"
    std::string address;   // "127.0.0.1:1234"

    bool operator==(const Upstream&) const = default;
};

/// What a bearer may do here; each level includes those before it.
enum class Access { anonymous, viewer, responder, release_manager, admin };

/// Checks a bearer token (without "Bearer "). An error refuses the request (401). Called on I/O threads: it
/// must not block. Thread-safe.
using Authenticate = std::function<core::Result<Access>(std::string_view token)>;

/// A client may spend `burst` requests at once and gets `per_hour` back evenly.
struct RateClass {
    double per_hour = 0;
    double burst = 0;
};

struct RateLimitOptions {
    bool enabled = false;           // the local site's viewers share one address
    RateClass anonymous{100, 100};  // the design's figures
    RateClass authenticated{1000, 1000};
    RateClass upload{60, 20};           // on top, for what changes something
    RateClass beacons{7'200, 600};      // instead, for what players report: ten watch behind one address
    std::size_t most_clients = 65'536;  // the longest unseen is forgotten beyond this
};

struct CacheOptions {
    std::filesystem::path folder;  // created and emptied at start; empty: nothing is cached
    std::uint64_t capacity_bytes = 512ull << 20;
    std::uint64_t object_limit_bytes = 64ull << 20;
    std::uint64_t memory_bytes = 32ull << 20;         // of small objects, on top of their files
    std::uint64_t memory_object_bytes = 64ull << 10;  // up to this size an object is small
    std::chrono::seconds longest_life{24 * 3600};     // caps max-age
};

/// Of copies for the canary.
struct MirrorOptions {
    std::size_t connections = 16;
    unsigned most_under_way = 64;  // those that wait for a connection included; beyond it copies are dropped
    std::chrono::milliseconds timeout{5'000};
};

struct HealthOptions {
    std::chrono::milliseconds interval{1'000};
    std::chrono::milliseconds timeout{900};
    unsigned failures_to_eject = 2;
    unsigned successes_to_admit = 1;
};

struct BreakerOptions {
    unsigned failures_to_open = 5;              // in a row
    std::chrono::milliseconds open_for{2'000};  // doubles with each failed probe, up to longest_open
    std::chrono::milliseconds longest_open{30'000};
};

struct Options {
    http::ServerOptions server;
    http::ServiceIdentity identity{"gateway", "v1", "stable", "gateway-1"};
    CacheOptions cache;
    RateLimitOptions rate_limit;
    HealthOptions health;
    BreakerOptions breaker;
    MirrorOptions mirror;
    double retry_budget = 0.2;  // retries per request, 0..1
    std::chrono::milliseconds connect_timeout{1'000};
    std::chrono::milliseconds upstream_timeout{15'000};
    std::chrono::milliseconds upload_timeout{600'000};
    std::uint64_t response_limit_bytes = 64ull << 20;
    std::uint64_t upload_limit_bytes = 4ull << 30;
    /// Empty: nobody is known, admin routes and forced arms are refused.
    Authenticate authenticate;
    /// Whether a request carries a valid signature of ours that covers ?arm=; may be empty.
    std::function<bool(const http::Request&)> signed_url;
};

}  // namespace qd::gateway
