#include "http/service.hpp"

#include <map>
#include <shared_mutex>
#include <tuple>

#include "core/clock.hpp"

namespace qd::http {
namespace {

using telemetry::Labels;

bool is_probe(std::string_view route) {
    return route == "/metrics" || route == "/livez" || route == "/readyz" || route == "/-/healthy" ||
           route == "/-/ready";
}

std::string status_text(unsigned status) {
    return status == 0 ? "aborted" : std::to_string(status);
}

/// Looks a metric up once per route, method and code and keeps it. Thread-safe.
class RequestMetrics {
public:
    RequestMetrics(telemetry::Metrics& metrics, const ServiceIdentity& identity, const std::string& prefix)
        : metrics_(metrics),
          labels_{{"service", identity.service}, {"version", identity.version}, {"role", identity.role}},
          requests_name_(prefix + "_http_requests_total"),
          duration_name_(prefix + "_http_request_duration_seconds") {}

    void observe(const Completion& completion) {
        const Pair pair = find(completion);
        pair.requests->Increment();
        if (completion.status != 0) pair.duration->Observe(core::Seconds(completion.duration).count());
    }

private:
    struct Pair {
        telemetry::Counter* requests;
        telemetry::Histogram* duration;
    };
    // Routes live as long as the server: their address tells them apart without reading the text.
    using Key = std::tuple<const char*, Method, unsigned>;

    Pair find(const Completion& completion) {
        const Key key{completion.route.data(), completion.request->method, completion.status};
        {
            const std::shared_lock lock(mutex_);
            if (const auto at = known_.find(key); at != known_.end()) return at->second;
        }
        Labels labels = labels_;
        labels["route"] = completion.route;
        labels["method"] = to_string(completion.request->method);
        auto& duration =
            metrics_.histogram(duration_name_, "From the head read to the last byte written, in seconds.",
                               telemetry::latency_buckets(), labels);
        labels["code"] = status_text(completion.status);
        auto& requests = metrics_.counter(requests_name_, "Requests by what they were answered.", labels);
        const std::unique_lock lock(mutex_);
        return known_.emplace(key, Pair{&requests, &duration}).first->second;
    }

    telemetry::Metrics& metrics_;
    const Labels labels_;
    const std::string requests_name_, duration_name_;
    std::shared_mutex mutex_;
    std::map<Key, Pair> known_;
};

void write_access_line(telemetry::Log& log, const Completion& completion) {
    using telemetry::LogLevel;
    const Request& request = *completion.request;
    const LogLevel level = is_probe(completion.route) ? LogLevel::debug : LogLevel::info;
    const auto said = [&completion](std::string_view name) {
        return completion.response ? completion.response->get(name) : std::string_view();
    };
    log.write(level, "request",
              {{"method", to_string(request.method)},
               {"path", request.path},
               {"route", completion.route},
               {"status", completion.status},
               {"sent_bytes", completion.sent_bytes},
               {"duration_ms", double(completion.duration.count() / 1000) / 1000.0},
               {"first_byte_ms", double(completion.to_first_byte.count() / 1000) / 1000.0},
               {"aborted", completion.aborted},
               {"request_id", request.request_id},
               {"trace_id", request.trace.trace_id},
               {"span_id", request.trace.span_id},
               {"client", request.remote_address},
               {"arm", said("X-Quarterdeck-Arm")},
               {"arm_by", said("X-Quarterdeck-Arm-By")},
               {"cache", said("X-Cache")},
               {"attempts", said("X-Attempts")},
               {"served_by", said("X-Served-By")}});
}

}  // namespace

void add_service_endpoints(Server& server, telemetry::Metrics& metrics, telemetry::Log& log,
                           const ServiceIdentity& identity, std::function<core::Result<>()> ready,
                           const std::string& metric_prefix) {
    // On a worker: collecting reads /proc and asks the owners of gauges.
    server.route_blocking(Method::get, "/metrics", [&metrics](const Request&) {
        return Response::text(200, metrics.expose(), "text/plain; version=0.0.4; charset=utf-8");
    });
    for (const char* path : {"/-/healthy", "/livez"}) {
        server.route(Method::get, path, [](Request&&, Responder&& responder) {
            responder.send(Response::text(200, "healthy\n"));
        });
    }
    for (const char* path : {"/-/ready", "/readyz"}) {
        server.route_blocking(Method::get, path, [ready](const Request& request) {
            const core::Result<> state = ready ? ready() : core::Result<>{};
            return state ? Response::text(200, "ready\n")
                         : problem(503, state.error().message, request.request_id);
        });
    }
    const auto request_metrics = std::make_shared<RequestMetrics>(metrics, identity, metric_prefix);
    server.on_complete([request_metrics, &log](const Completion& completion) {
        request_metrics->observe(completion);
        write_access_line(log, completion);
    });
}

}  // namespace qd::http
