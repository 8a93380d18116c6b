#include "telemetry/metrics.hpp"

#include <fmt/format.h>
#include <prometheus/text_serializer.h>

#include "core/command_line.hpp"
#include "telemetry/process_stats.hpp"

namespace qd::telemetry {
namespace {

void append_process_metrics(std::string& out) {
    const ProcessStats stats = read_process_stats();
    const auto append = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
        out += fmt::format("# HELP {} {}\n# TYPE {} {}\n{} {}\n", name, help, name, type, name, value);
    };
    append("process_cpu_seconds_total", "counter", "User and system CPU time spent, in seconds.",
           stats.cpu_s);
    append("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", stats.resident_bytes);
    append("process_open_fds", "gauge", "Number of open file descriptors.", stats.open_fds);
    append("process_start_time_seconds", "gauge", "Start of the process since the epoch, in seconds.",
           fmt::format("{:.2f}", stats.started_at_s));
}

}  // namespace

Metrics::Metrics() : registry_(std::make_shared<::prometheus::Registry>()) {}

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    return ::prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    return ::prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& bounds, const Labels& labels) {
    return ::prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, bounds);
}

void Metrics::on_collect(std::function<void()> refresh) {
    const std::lock_guard lock(mutex_);
    refreshers_.push_back(std::move(refresh));
}

std::string Metrics::expose() const {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& refresh : refreshers_) refresh();
    }
    std::string text = ::prometheus::TextSerializer().Serialize(registry_->Collect());
    append_process_metrics(text);
    return text;
}

const std::vector<double>& latency_buckets() {
    static const std::vector<double> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15,
                                            0.2,   0.3,    0.5,   0.75, 1,     2,    5,   10};
    return bounds;
}

void publish_build_info(Metrics& metrics, const std::string& program, const std::string& version_label) {
    metrics
        .gauge(program + "_build_info", "Which build runs; always 1.",
               {{"version", version_label}, {"revision", std::string(core::version())}})
        .Set(1);
}

}  // namespace qd::telemetry
