#pragma once
// The worker: claims jobs one at a time and runs them (see encode_run.hpp), and tidies up in between.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "services/encode_run.hpp"

namespace qd::services {

/// Threads: one named "worker"; while a job runs, one named "encode" and those that media::encode starts.
/// Metrics: media_jobs{state} (of the whole queue, looked up at each exposition) and
/// media_encode_seconds_total.
class EncodeWorker {
public:
    /// `metrics` must outlive the worker, and no exposition may run once the worker is gone.
    EncodeWorker(const Origin& origin, EncodeOptions options, telemetry::Metrics& metrics);
    ~EncodeWorker();
    EncodeWorker(const EncodeWorker&) = delete;
    EncodeWorker& operator=(const EncodeWorker&) = delete;

    void start();
    /// Hands a running job back to the queue and returns when its encoder has stopped. Idempotent.
    void stop();
    /// Nothing wrong, or why no jobs can be claimed.
    core::Result<> ready() const;

private:
    void loop(std::stop_token stop);
    /// False when there was nothing to do.
    bool work_once(std::stop_token stop);

    const Origin origin_;
    const EncodeOptions options_;
    telemetry::Counter& encode_seconds_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    core::Result<> state_;
    std::jthread thread_;
};

}  // namespace qd::services
