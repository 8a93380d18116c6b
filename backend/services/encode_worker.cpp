#include "services/encode_worker.hpp"

#include "core/executor.hpp"
#include "services/housekeeping.hpp"

namespace qd::services {
namespace {

using namespace std::chrono_literals;

constexpr auto poll_period = 250ms;
constexpr auto retry_period = 1'000ms;
constexpr auto tidy_period = 60s;

}  // namespace

EncodeWorker::EncodeWorker(const Origin& origin, EncodeOptions options, telemetry::Metrics& metrics)
    : origin_(origin),
      options_(std::move(options)),
      encode_seconds_(metrics.counter("media_encode_seconds_total",
                                      "Time spent encoding, failures included, in "
                                      "seconds.")) {
    std::map<storage::JobState, telemetry::Gauge*> gauges;
    for (const auto state : {storage::JobState::queued, storage::JobState::running, storage::JobState::done,
                             storage::JobState::dead})
        gauges[state] = &metrics.gauge("media_jobs", "Encoding jobs of the site by their state.",
                                       {{"state", std::string(storage::to_string(state))}});
    metrics.on_collect([&jobs = origin_.jobs, gauges] {
        const auto counts = jobs.counts();
        if (!counts) return;
        for (const auto& [state, gauge] : gauges) gauge->Set(double(counts->at(state)));
    });
}

EncodeWorker::~EncodeWorker() {
    stop();
}

void EncodeWorker::start() {
    thread_ = std::jthread([this](std::stop_token stop) { loop(stop); });
}

void EncodeWorker::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

core::Result<> EncodeWorker::ready() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void EncodeWorker::loop(std::stop_token stop) {
    core::name_this_thread("worker");
    auto tidy_at = origin_.clock.steady_now();
    while (!stop.stop_requested()) {
        if (origin_.clock.steady_now() >= tidy_at) {
            tidy_up(origin_);
            tidy_at = origin_.clock.steady_now() + tidy_period;
        }
        if (work_once(stop)) continue;
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, state_ ? poll_period : retry_period, [] { return false; });
    }
}

bool EncodeWorker::work_once(std::stop_token stop) {
    const auto job = origin_.jobs.claim(options_.worker, options_.lease);
    {
        const std::lock_guard lock(mutex_);
        const bool was_well = state_.has_value();
        state_ = job ? core::Result<>() : core::Failure(job.error());
        if (was_well && !job) origin_.log.error("no job can be claimed", {{"reason", job.error().message}});
    }
    if (!job || !*job) return false;
    if ((*job)->kind != encode_job) {
        static_cast<void>(origin_.jobs.bury(**job, "this worker knows no such kind of job"));
        return true;
    }
    EncodeRun(origin_, options_, encode_seconds_, **job).run(stop);
    std::error_code ignored;
    for (const char* leftover : {"title", "staged"})
        std::filesystem::remove_all(options_.work_folder / leftover, ignored);
    return true;
}

}  // namespace qd::services
