#include "gateway/gateway.hpp"

#include <optional>

#include "gateway/admin.hpp"
#include "gateway/data_plane.hpp"
#include "gateway/health_checker.hpp"
#include "traffic/plan_codec.hpp"

namespace qd::gateway {
namespace {

using http::Method;
using http::Request;
using http::Response;

/// What viewers ask for, as opposed to what keeps the process in order.
bool is_traffic(std::string_view route) {
    return route.starts_with("/api") || route.starts_with("/media") || route == "unmatched";
}

}  // namespace

struct Gateway::Impl {
    Impl(Options o, Environment e)
        : options(std::move(o)),
          environment(e),
          server(options.server),
          pool(options.health, options.breaker),
          split(environment.clock.now()),
          metrics(environment.metrics),
          client(std::make_unique<http::Client>()),
          cache(options.cache.folder.empty() ? nullptr
                                             : std::make_shared<EdgeCache>(options.cache, environment.clock)),
          proxy(*client, pool, metrics, environment.clock, options),
          mirror(pool, environment.metrics, environment.clock, options),
          data_plane({options, environment, pool, split, proxy, mirror, cache.get(), metrics}) {
        data_plane.add_routes(server);
        add_admin_routes();
        http::add_service_endpoints(
            server, environment.metrics, environment.log, options.identity, [this]() -> core::Result<> {
                if (pool.has_healthy(Arm::stable)) return {};
                return core::fail(core::Errc::unavailable, "no upstream of the stable arm is healthy");
            });
        server.on_complete([this](const http::Completion& completion) { count(completion); });
        if (cache) {
            auto& bytes =
                environment.metrics.gauge("edge_cache_bytes", "Bytes that the edge cache holds in files.");
            environment.metrics.on_collect([&bytes, weak = std::weak_ptr(cache)] {
                if (const auto alive = weak.lock()) bytes.Set(double(alive->bytes()));
            });
        }
    }

    void count(const http::Completion& completion) {
        if (!is_traffic(completion.route)) return;
        std::optional<Arm> arm;
        if (completion.response) arm = parse_arm(completion.response->get("X-Quarterdeck-Arm"));
        metrics.responded(arm.value_or(Arm::stable), completion);
    }

    /// An admin's request, or the refusal.
    core::Result<> authorize(const Request& request) const {
        const auto access = data_plane.access_of(request);
        if (!access) return tl::unexpected(access.error());
        if (*access == Access::anonymous)
            return core::fail(core::Errc::unauthenticated, "this takes an admin's bearer token");
        if (*access < Access::admin)
            return core::fail(core::Errc::permission_denied, "this takes the role admin");
        return {};
    }

    void admin(Method method, const std::string& path,
               std::function<core::Result<std::string>(const Request&)> act) {
        const http::RouteOptions route_options{
            .memory_limit_bytes = 256 << 10, .body_limit_bytes = 256 << 10, .admit = {}};
        server.route(
            method, path,
            [this, act](Request&& request, http::Responder&& responder) {
                core::Result<std::string> json = core::fail(core::Errc::internal, "not asked yet");
                if (auto allowed = authorize(request); allowed)
                    json = act(request);
                else
                    json = tl::unexpected(allowed.error());
                responder.send(json ? Response::json(200, std::move(*json))
                                    : http::problem(json.error(), request.request_id));
            },
            route_options);
    }

    void add_admin_routes() {
        const auto upstreams = [this] { return to_json(pool.status(environment.clock.steady_now())); };
        admin(Method::get, "/-/upstreams", [upstreams](const Request&) { return upstreams(); });
        admin(Method::put, "/-/upstreams",
              [this, upstreams](const Request& request) -> core::Result<std::string> {
                  auto parsed = parse_upstreams(request.body);
                  if (!parsed) return tl::unexpected(parsed.error());
                  if (auto set = set_upstreams(std::move(*parsed)); !set) return tl::unexpected(set.error());
                  return upstreams();
              });
        admin(Method::get, "/-/split", [this](const Request&) { return to_json(split.status()); });
        admin(Method::put, "/-/split", [this](const Request& request) -> core::Result<std::string> {
            auto parsed = traffic::parse_plan(request.body);
            if (!parsed) return tl::unexpected(parsed.error());
            if (auto set = set_split(std::move(*parsed)); !set) return tl::unexpected(set.error());
            return to_json(split.status());
        });
    }

    core::Result<> set_upstreams(std::vector<Upstream> upstreams) {
        const std::size_t count = upstreams.size();
        auto set = pool.set(std::move(upstreams));
        if (!set) return set;
        environment.log.info("upstreams replaced", {{"count", count}});
        return {};
    }

    core::Result<> set_split(traffic::TrafficPlan wanted) {
        const auto before = split.current();
        auto set = split.set(std::move(wanted), environment.clock.now());
        const auto now = split.current();
        if (!set || now == before) return set;
        environment.log.info("split changed", {{"rollout", now->plan().rollout},
                                               {"canary_weight", now->plan().canary_weight},
                                               {"baseline_weight", now->plan().baseline_weight},
                                               {"header_routes", now->plan().header_routes.size()},
                                               {"mirrors", now->plan().mirrors.size()}});
        return {};
    }

    const Options options;
    const Environment environment;
    http::Server server;
    UpstreamPool pool;
    TrafficSplit split;
    GatewayMetrics metrics;
    std::unique_ptr<http::Client> client;
    /// Of its own: checks must not queue behind requests to an upstream that is only slow.
    std::unique_ptr<http::Client> health_client;
    std::shared_ptr<EdgeCache> cache;
    Proxy proxy;
    Mirror mirror;
    DataPlane data_plane;
    std::optional<HealthChecker> health;
    bool running = false;
};

Gateway::Gateway(Options options, Environment environment)
    : impl_(std::make_unique<Impl>(std::move(options), environment)) {}

Gateway::~Gateway() {
    stop();
}

http::Server& Gateway::server() {
    return impl_->server;
}

core::Result<> Gateway::start() {
    if (impl_->cache)
        if (auto opened = impl_->cache->open(); !opened)
            return core::fail_with_context("the edge cache", opened.error());
    const auto& spool = impl_->options.server.spool_folder;
    if (!spool.empty())
        if (auto made = core::make_directories(spool); !made)
            return core::fail_with_context("the spool", made.error());
    if (auto started = impl_->server.start(); !started) return started;
    impl_->health_client = std::make_unique<http::Client>(
        http::Client::Options{.max_connections_per_host = 2, .max_connections = 256});
    impl_->health.emplace(impl_->pool, *impl_->health_client, impl_->options.health);
    impl_->running = true;
    return {};
}

void Gateway::stop(std::chrono::milliseconds grace) {
    if (!impl_->running) return;
    impl_->running = false;
    impl_->server.stop(grace);
    impl_->health.reset();
    impl_->health_client.reset();
    impl_->mirror.stop();
    impl_->client.reset();  // what is still under way ends as cancelled
}

std::string Gateway::address() const {
    return impl_->server.address();
}

core::Result<> Gateway::set_upstreams(std::vector<Upstream> upstreams) {
    return impl_->set_upstreams(std::move(upstreams));
}

core::Result<> Gateway::set_split(traffic::TrafficPlan plan) {
    return impl_->set_split(std::move(plan));
}

}  // namespace qd::gateway
