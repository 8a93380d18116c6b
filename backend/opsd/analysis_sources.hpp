#pragma once
// What the metrics of analysis templates are measured with: any Prometheus, and the site's own counters by
// arm.
//
//   prometheus  `address` is empty (the first of opsd's `sources`), the name or URL of one of them, or
//   another
//               http(s) URL, which is asked without credentials. The value is "[0.97,1]" for an instant
//               vector, "0.97" for a scalar, "[]" where no series matches, as Argo Rollouts writes it.
//   site        `query` is error_ratio, slow_ratio (above 0.2 s), stall_ratio, picture_difference, picture_ssim (0..1),
//               latency_p95 or startup_p95 (seconds) of the arm, over the metric's interval (15 s to 1 h;
//               without one 60 s). An arm that had no traffic is an error with the reason: no figure is made
//               up.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "prometheus/source.hpp"
#include "rollouts/analysis_source.hpp"
#include "timeseries/arm_counts.hpp"

namespace qd::opsd {

/// Thread-safe. measure() blocks as long as a Prometheus takes, at most its timeout.
class AnalysisSources final : public rollouts::MetricSource {
public:
    static constexpr std::size_t max_addresses = 32;  // beside the configured ones
    static constexpr std::size_t max_series = 100;    // of one answer

    /// What an arm did between two times; thread-safe.
    using CountsOf =
        std::function<timeseries::ArmCounts(std::string_view arm, core::WallTime from, core::WallTime to)>;

    /// `client` and `clock` outlive it.
    AnalysisSources(http::Client& client, const core::Clock& clock, CountsOf counts,
                    std::vector<prometheus::SourceOptions> configured)
        : client_(client), clock_(clock), counts_(std::move(counts)), configured_(std::move(configured)) {}

    core::Result<std::string> measure(const rollouts::MetricSpec& metric, core::WallTime now) override;
    /// Ends what is being asked, and every later question.
    void stop();

private:
    core::Result<std::shared_ptr<prometheus::Source>> source_at(const std::string& address);
    core::Result<std::string> ask_prometheus(const rollouts::MetricProvider& provider);
    core::Result<std::string> read_site(const rollouts::MetricSpec& metric, core::WallTime now) const;

    http::Client& client_;
    const core::Clock& clock_;
    const CountsOf counts_;
    const std::vector<prometheus::SourceOptions> configured_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<prometheus::Source>> sources_;  // by address
    bool stopped_ = false;
};

}  // namespace qd::opsd
