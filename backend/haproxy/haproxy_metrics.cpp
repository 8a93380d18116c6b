#include "haproxy/haproxy_metrics.hpp"

#include <algorithm>

#include "haproxy/runtime_socket.hpp"

namespace qd::haproxy {
namespace {

/// A HAProxy that was started anew counts from 0: then all of its counters are news.
AnswerCounts news(const AnswerCounts& now, const AnswerCounts& before) {
    if (now.answered < before.answered || now.failed < before.failed || now.unanswered < before.unanswered)
        return now;
    return {now.answered - before.answered, now.failed - before.failed, now.unanswered - before.unanswered};
}

}  // namespace

core::Result<> HaproxyMetrics::sample() {
    const std::lock_guard one(sampling_);
    const auto text = ask(options_.socket, "show stat", options_.timeout);
    if (!text) return core::Failure(text.error());
    auto counted = parse_stat(*text, options_.backend);
    if (!counted) return core::Failure(counted.error());
    Sample sample{clock_.steady_now(), {}};
    {
        const std::lock_guard lock(mutex_);
        if (!samples_.empty()) sample.arms = samples_.back().arms;
    }
    std::size_t arm = 0;
    for (const auto* servers : {&options_.stable, &options_.canary, &options_.baseline}) {
        for (const std::string& server : *servers) {
            const auto now = counted->find(server);
            if (now == counted->end())
                return core::fail(core::Errc::not_found, "HAProxy's backend '{}' has no server '{}'",
                                  options_.backend, server);
            if (!now->second.answers)
                return core::fail(core::Errc::unprocessable,
                                  "HAProxy counts no answers in the backend '{}': it is not in mode http",
                                  options_.backend);
            const auto before = last_.find(server);
            if (before == last_.end()) continue;
            const AnswerCounts more = news(*now->second.answers, *before->second.answers);
            sample.arms[arm].requests += more.answered + more.unanswered;
            sample.arms[arm].errors += more.failed + more.unanswered;
        }
        ++arm;
    }
    last_ = std::move(*counted);
    const std::lock_guard lock(mutex_);
    samples_.push_back(sample);
    if (samples_.size() > most_samples) samples_.pop_front();
    return {};
}

std::optional<rollouts::ArmWindow> HaproxyMetrics::counts(core::WallTime now,
                                                          std::chrono::milliseconds window, double) {
    const core::SteadyTime to = clock_.steady_now() - (clock_.now() - now);
    const std::lock_guard lock(mutex_);
    const auto first = std::ranges::lower_bound(samples_, to - window, {}, &Sample::at);
    auto last = std::ranges::upper_bound(samples_, to, {}, &Sample::at);
    if (last == samples_.begin() || first == samples_.end() || first >= --last) return std::nullopt;
    const auto between = [&](std::size_t arm) {
        rollouts::ArmCounts counts;
        counts.requests = last->arms[arm].requests - first->arms[arm].requests;
        counts.errors = last->arms[arm].errors - first->arms[arm].errors;
        return counts;
    };
    rollouts::ArmWindow counted{between(0), between(1), std::nullopt,
                                std::chrono::duration<double>(last->at - first->at).count()};
    if (const auto baseline = between(2); baseline.requests > 0) counted.baseline = baseline;
    return counted;
}

}  // namespace qd::haproxy
