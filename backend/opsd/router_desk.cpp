#include "opsd/router_desk.hpp"

#include <algorithm>

namespace qd::opsd {
namespace {

constexpr const char* known_limits =
    "HAProxy: how long answers take is not measured, and versions are deployed by somebody else";

/// As the site's own figures are counted, as far as a router knows them.
timeseries::ArmCounts counts_of(haproxy::HaproxyMetrics& metrics, std::string_view arm, core::WallTime from,
                                core::WallTime to) {
    timeseries::ArmCounts counts;
    const auto window = metrics.counts(to, to - from, 0);
    if (!window) return counts;
    const rollouts::ArmCounts of = arm == "stable"   ? window->stable
                                   : arm == "canary" ? window->canary
                                                     : window->baseline.value_or(rollouts::ArmCounts{});
    counts.covered_s = std::int64_t(window->covered_s);
    counts.total = of.requests;
    counts.good = of.requests - std::min(of.requests, of.errors);
    return counts;
}

}  // namespace

RouterDesk::Edge::Edge(const haproxy::Options& options, const std::vector<prometheus::SourceOptions>& sources,
                       http::Client& client, const core::Clock& clock)
    : name(options.name),
      router(options, clock),
      runner(options),
      metrics(options, clock),
      source(
          client, clock,
          [this](std::string_view arm, core::WallTime from, core::WallTime to) {
              return counts_of(metrics, arm, from, to);
          },
          sources) {}

RouterDesk::RouterDesk(const std::vector<haproxy::Options>& routers,
                       const std::vector<prometheus::SourceOptions>& sources, http::Client& client,
                       const core::Clock& clock, telemetry::Log& log)
    : log_(log) {
    for (const haproxy::Options& options : routers)
        edges_.push_back(std::make_unique<Edge>(options, sources, client, clock));
}

std::map<std::string, rollouts::Drivers> RouterDesk::drivers() const {
    std::map<std::string, rollouts::Drivers> drivers;
    for (const auto& edge : edges_)
        drivers[edge->name] = {&edge->router, &edge->runner, &edge->metrics, known_limits, &edge->source};
    return drivers;
}

core::Result<> RouterDesk::check(const rollouts::Specification& specification) const {
    for (const auto& edge : edges_)
        if (edge->name == specification.driver) return edge->runner.check(specification);
    return {};
}

std::vector<DriverState> RouterDesk::states() const {
    const std::lock_guard lock(mutex_);
    std::vector<DriverState> states;
    for (const auto& edge : edges_) states.push_back({edge->name, "haproxy", edge->trouble, known_limits});
    return states;
}

void RouterDesk::start() {
    for (const auto& edge : edges_)
        edge->sampling = std::make_unique<core::Periodic>(std::chrono::seconds(1), "opsd-router",
                                                          [this, &edge = *edge] { sample(edge); });
}

void RouterDesk::stop() {
    for (const auto& edge : edges_) {
        edge->source.stop();
        edge->sampling.reset();
    }
}

void RouterDesk::sample() {
    for (const auto& edge : edges_) sample(*edge);
}

void RouterDesk::sample(Edge& edge) {
    const auto sampled = edge.metrics.sample();
    const std::string trouble = sampled ? std::string() : sampled.error().message;
    {
        const std::lock_guard lock(mutex_);
        if (edge.trouble == trouble) return;
        edge.trouble = trouble;
    }
    if (trouble.empty())
        log_.info("a router answers", {{"router", edge.name}});
    else
        log_.warning("a router is not counted", {{"router", edge.name}, {"reason", trouble}});
}

}  // namespace qd::opsd
