#pragma once
// A Prometheus-compatible HTTP API as a source: Prometheus, Thanos, Mimir, VictoriaMetrics. As YAML says; the
// keys that say how it is reached are those of http/access.hpp:
//
//   sources:
//     - name: production
//       url: https://prometheus.example.org/prometheus   # /api/v1/… is put behind it
//       token_file: /etc/quarterdeck/prometheus.token
//       headers: {X-Scope-OrgID: video}
//       slow_s: 1                                        # 0.05 to 60
//       poll_s: 1                                        # how often its counters are read: 1 to 15
//       max_series: 10000                                # of one answer; more is refused: 1 to 10,000
//
// Queries go by POST, as forms: selectors may be longer than a URL.

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/access.hpp"
#include "http/interruptible.hpp"
#include "prometheus/answer.hpp"
#include "prometheus/range_plan.hpp"
#include "prometheus/source_state.hpp"

namespace qd::prometheus {

struct SourceOptions {
    std::string name;  // 1-64 of a-z 0-9 and '-'
    http::Access access;
    SourceLimits limits;
    std::chrono::seconds poll{1};
    std::size_t max_series = AnswerLimits{}.series;

    bool operator==(const SourceOptions&) const = default;
};

/// The list under `key`, at most 50, names unique. `reader` keeps the first error with its line.
std::vector<SourceOptions> read_sources(core::ConfigReader& reader, const std::string& key = "sources");

/// Thread-safe. The calls block until the answer or the timeout: never on the client's thread.
class Source {
public:
    /// `client` and `clock` outlive it.
    Source(SourceOptions options, http::Client& client, const core::Clock& clock);

    /// At `at`, or at the source's own now. Errors: those of decode_answer(), and unavailable, timeout,
    /// unauthenticated, permission_denied or config of the transfer.
    core::Result<Answer> instant(std::string_view query, std::optional<core::WallTime> at = std::nullopt);
    /// Errc::invalid_argument when `range` has more than max_points: see plan_range().
    core::Result<Answer> range(std::string_view query, const RangeQuery& range);

    /// Ends what is being asked, and every later question, with Errc::cancelled.
    void stop() { calls_.stop(); }

    SourceState state() const;
    const SourceOptions& options() const { return options_; }

private:
    core::Result<Answer> ask(std::string_view path, std::string form, ResultType expected);
    void note(const Asked& asked);

    const SourceOptions options_;
    http::Interruptible calls_;
    const core::Clock& clock_;
    mutable std::mutex mutex_;
    SourceState state_;
};

}  // namespace qd::prometheus
