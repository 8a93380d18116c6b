#include "opsd/analysis_sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "opsd/rollout_routes.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::fail;
using core::Failure;
using std::chrono::milliseconds;

constexpr milliseconds shortest_window{15'000}, longest_window{3'600'000}, usual_window{60'000};
constexpr double slow_s = 0.2;

std::string number_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

core::Result<double> ratio(double part, double whole, const std::string& arm, milliseconds window,
                           std::string_view what) {
    if (whole <= 0)
        return fail(Errc::unavailable, "the {} arm had no {} in the last {} s", arm, what,
                    window.count() / 1000);
    return part / whole;
}

core::Result<double> p95(const std::vector<timeseries::BucketCount>& buckets, const std::string& arm,
                         milliseconds window, std::string_view what) {
    const double value = timeseries::quantile_s(buckets, 0.95);
    if (value < 0)
        return fail(Errc::unavailable, "the {} arm had no {} in the last {} s", arm, what,
                    window.count() / 1000);
    return value;
}

core::Result<double> figure(const timeseries::ArmCounts& counts, const rollouts::MetricProvider& provider,
                            milliseconds window) {
    const auto& [kind, address, query, arm] = provider;
    // A router counts answers, and knows no times.
    if (counts.total > 0 && counts.latency_s.empty() && (query == "slow_ratio" || query == "latency_p95"))
        return fail(Errc::unavailable, "the latency of the {} arm is not measured", arm);
    if (query == "error_ratio")
        return ratio(double(counts.total - std::min(counts.good, counts.total)), double(counts.total), arm,
                     window, "requests");
    if (query == "slow_ratio") {
        const auto judged = judged_counts(counts, slow_s);
        return ratio(double(judged.slow), double(judged.timed), arm, window, "requests");
    }
    if (query == "stall_ratio") return ratio(counts.stall_s, counts.watch_s, arm, window, "viewers");
    if (query == "latency_p95") return p95(counts.latency_s, arm, window, "requests");
    if (query == "startup_p95") return p95(counts.startup_s, arm, window, "starts of a play");
    if (query == "picture_difference")
        return ratio(double(counts.different_pictures), double(counts.pictures), arm, window,
                     "pictures compared with the stable path's");
    if (query == "picture_ssim")
        return ratio(counts.ssim_sum, double(counts.scored_pictures), arm, window,
                     "pictures compared with the stable path's");
    return fail(Errc::invalid_argument,
                "the site has no figure '{}': it has error_ratio, slow_ratio, stall_ratio, latency_p95, "
                "startup_p95, picture_difference and picture_ssim",
                query);
}

core::Result<std::string> value_of(const prometheus::Answer& answer) {
    std::vector<double> values;
    for (const prometheus::Series& series : answer.series)
        if (!series.samples.empty()) values.push_back(series.samples.back().value);
    if (answer.type == prometheus::ResultType::scalar) {
        if (values.size() != 1) return fail(Errc::corrupt, "the answer holds no value");
        return number_text(values[0]);
    }
    std::string text = "[";
    for (const double value : values) text += (text.size() > 1 ? "," : "") + number_text(value);
    return text + "]";
}

}  // namespace

core::Result<std::shared_ptr<prometheus::Source>> AnalysisSources::source_at(const std::string& address) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return fail(Errc::cancelled, "opsd is ending");
    if (const auto known = sources_.find(address); known != sources_.end()) return known->second;
    auto options = std::ranges::find_if(configured_, [&](const prometheus::SourceOptions& each) {
        return address.empty() || each.name == address || each.access.url == address;
    });
    std::optional<prometheus::SourceOptions> other;
    if (options == configured_.end()) {
        if (address.empty())
            return fail(
                Errc::config,
                "no Prometheus is known: name one under `sources` in opsd's configuration, or give the "
                "metric an address");
        if (!address.starts_with("http://") && !address.starts_with("https://"))
            return fail(Errc::invalid_argument, "'{}' is neither the name of a source nor an http(s) URL",
                        address);
        if (sources_.size() >= max_addresses + configured_.size())
            return fail(Errc::too_large, "more than {} addresses of Prometheus are used", max_addresses);
        other.emplace();
        other->name = "analysis";
        other->access.url = address;
        while (other->access.url.ends_with('/')) other->access.url.pop_back();
    }
    auto wanted = other ? *other : *options;
    wanted.max_series = std::min(wanted.max_series, max_series);
    auto source = std::make_shared<prometheus::Source>(std::move(wanted), client_, clock_);
    sources_.emplace(address, source);
    return source;
}

core::Result<std::string> AnalysisSources::ask_prometheus(const rollouts::MetricProvider& provider) {
    const auto source = source_at(provider.address);
    if (!source) return Failure(source.error());
    const auto answer = (*source)->instant(provider.query);
    if (!answer) return Failure(answer.error());
    return value_of(*answer);
}

core::Result<std::string> AnalysisSources::read_site(const rollouts::MetricSpec& metric,
                                                     core::WallTime now) const {
    const auto window = std::clamp(metric.interval.value_or(usual_window), shortest_window, longest_window);
    const auto counts = counts_(metric.provider.arm, now - window, now);
    const auto value = figure(counts, metric.provider, window);
    if (!value) return Failure(value.error());
    return fmt::format("[{}]", number_text(*value));
}

core::Result<std::string> AnalysisSources::measure(const rollouts::MetricSpec& metric, core::WallTime now) {
    if (metric.provider.kind == rollouts::MetricProvider::Kind::prometheus)
        return ask_prometheus(metric.provider);
    return read_site(metric, now);
}

void AnalysisSources::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (const auto& [address, source] : sources_) source->stop();
}

}  // namespace qd::opsd
