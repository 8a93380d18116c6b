#pragma once
// A process of a site as far as opsd sees it: metrics to scrape, and faults to take.

#include <QtTest>
#include <memory>

#include "chaos/fault_filter.hpp"
#include "core/executor.hpp"
#include "http/server.hpp"
#include "telemetry/metrics.hpp"

namespace qd::test {

class FakeProcess {
public:
    FakeProcess(std::string role, std::string version, std::string instance, const core::Clock& clock)
        : server_(http::ServerOptions{}),
          filter_(std::make_shared<chaos::FaultFilter>(
              chaos::Identity{std::move(role), std::move(version), std::move(instance)}, clock, random_,
              pool_)) {
        server_.route_blocking(http::Method::get, "/metrics", [this](const http::Request&) {
            return silent ? http::problem(503, "silent", "") : http::Response::text(200, metrics.expose());
        });
        server_.route_blocking(http::Method::get, "/-/ready",
                               [](const http::Request&) { return http::Response::text(200, "ready"); });
        server_.route_blocking(http::Method::get, "/-/flags", [this](const http::Request&) {
            const std::lock_guard lock(split_mutex_);
            return flags_.empty() ? http::problem(404, "none", "") : http::Response::json(200, flags_);
        });
        server_.route_blocking(http::Method::put, "/-/split", [this](const http::Request& request) {
            const std::lock_guard lock(split_mutex_);
            splits_.push_back(request.body);
            return http::Response::empty(204);
        });
        server_.add_filter(filter_);
        chaos::add_fault_routes(server_, filter_, [this](const http::Request& request) -> core::Result<> {
            last_authorization = std::string(request.headers.get("Authorization"));
            return {};
        });
        const auto started = server_.start();
        if (!started) qFatal("%s", started.error().message.c_str());
    }
    ~FakeProcess() {
        pool_.stop();
        server_.stop(std::chrono::milliseconds(100));
    }

    std::string address() const { return server_.address(); }
    std::vector<chaos::Fault> faults() const { return filter_->active(); }
    /// The bodies of PUT /-/split, as they came.
    std::vector<std::string> splits() const {
        const std::lock_guard lock(split_mutex_);
        return splits_;
    }

    /// What it answers to GET /-/flags; nothing: 404.
    void tell_flags(std::string status) {
        const std::lock_guard lock(split_mutex_);
        flags_ = std::move(status);
    }

    /// `bad` of `n` answers to playback requests by an arm.
    void answer(const std::string& arm, int n, int bad) {
        counter(arm, "200").Increment(n - bad);
        counter(arm, "503").Increment(bad);
        auto& latency =
            metrics.histogram("gateway_request_duration_seconds", "d", telemetry::latency_buckets(),
                              {{"arm", arm}, {"route", "/api/v1/stream/:id"}});
        for (int i = 0; i < n; ++i) latency.Observe(0.02);
    }

    telemetry::Metrics metrics;
    std::atomic<bool> silent{false};
    std::string last_authorization;

private:
    telemetry::Counter& counter(const std::string& arm, const std::string& code) {
        return metrics.counter("gateway_responses_total", "r",
                               {{"arm", arm}, {"code", code}, {"route", "/media/{path...}"}});
    }

    mutable std::mutex split_mutex_;
    std::vector<std::string> splits_;
    std::string flags_;
    core::SeededRandom random_{1};
    core::ThreadPool pool_{1, "faults"};
    http::Server server_;
    std::shared_ptr<chaos::FaultFilter> filter_;
};

}  // namespace qd::test
