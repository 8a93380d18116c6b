#pragma once
// What the gateway does with a viewer's request: whose it is, how much it may, which arm, from the cache or
// upstream.

#include <memory>
#include <optional>
#include <string>

#include "gateway/edge_cache.hpp"
#include "gateway/gateway.hpp"
#include "gateway/mirror.hpp"
#include "gateway/proxy.hpp"
#include "gateway/rate_limit.hpp"
#include "gateway/traffic_split.hpp"

namespace qd::gateway {

/// Thread-safe; everything passed outlives it.
class DataPlane {
public:
    struct Parts {
        const Options& options;
        Environment environment;
        UpstreamPool& pool;
        TrafficSplit& split;
        Proxy& proxy;
        Mirror& mirror;
        EdgeCache* cache;  // may be null
        GatewayMetrics& metrics;
    };

    explicit DataPlane(Parts parts);

    void add_routes(http::Server& server);

    /// The bearer's access: anonymous without one; an error for one that is not valid.
    core::Result<Access> access_of(const http::Request& request) const;

private:
    enum class Kind { api, media, removal, upload, beacon };
    struct Choice {
        Arm arm = Arm::stable;
        DrawnBy by = DrawnBy::none;
        std::string session{};
        std::shared_ptr<PlanInForce> plan{};  // that it was drawn under
        InFlight in_flight{};
    };
    struct Pending;  // a request that waits for its answer

    http::Handler handler(Kind kind);
    void handle(Kind kind, http::Request&& request, http::Responder&& responder);
    void serve_media(const std::shared_ptr<Pending>& pending);
    void pass_on(const std::shared_ptr<Pending>& pending, Kind kind);
    /// A report of how a session plays goes to the stable arm, whatever arm serves that session: what is
    /// wrong with a canary must not keep the word of it from coming in. It says which arm that is.
    void report(const std::shared_ptr<Pending>& pending);
    void mirror(const Pending& pending);
    void answer(Pending& pending, http::Response response, CacheResult result) const;

    core::Result<Choice> choose(const http::Request& request);
    std::optional<http::Response> limit(const http::Request& request, Kind kind);
    std::optional<http::Response> admit_upload(const http::Request& request);
    void purge_video(std::string_view id);

    Parts parts_;
    RateLimiter limiter_;
    const std::string served_by_;
};

}  // namespace qd::gateway
