#pragma once
// The durable queue of long work. Delivery is at least once: a job belongs to a worker for the time of a
// lease that it renews; when the worker dies, the lease runs out and another one gets the job. What a worker
// that lost its lease still says is refused.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::storage {

struct NewJob {
    std::string kind;     // "encode"
    std::string key;      // what it is about; (kind, key) is unique: enqueued twice, it is one job
    std::string payload;  // at most 64 KiB
    int priority = 0;     // higher first, then by age
    unsigned max_attempts = 3;
};

struct Job {
    std::uint64_t id = 0;
    std::string kind;
    std::string key;
    std::string payload;
    int priority = 0;
    unsigned attempt = 0;  // 1 for the first
    unsigned max_attempts = 0;
    std::uint64_t claim = 0;  // the number of this claim; what proves the lease

    /// The last attempt allowed ended without a word, such as a crash: report it and bury() the job, do not
    /// run it.
    bool exhausted() const { return attempt > max_attempts; }
};

enum class JobState { queued, running, done, dead };

std::string_view to_string(JobState state);

/// Thread-safe, and safe against other processes that have the same file open. Leases are measured by the
/// wall clock, the only one that processes share; a lease that ran out during a laptop's sleep is still good
/// as long as nobody else has claimed the job. Leases of at most 2 hours and delays of at most 10 minutes:
/// what is due later than that was written before the clock was set back, and is due now.
class JobQueue {
public:
    virtual ~JobQueue() = default;

    /// The job's id; that of the present one when (kind, key) is known, whatever its state.
    virtual core::Result<std::uint64_t> enqueue(const NewJob& job) = 0;
    /// The most urgent job that is due or whose lease ran out; nothing when there is none.
    virtual core::Result<std::optional<Job>> claim(std::string_view worker,
                                                   std::chrono::milliseconds lease) = 0;
    /// Renews. Errc::conflict when the lease was lost or the job removed: stop working on it.
    virtual core::Result<> heartbeat(const Job& job, std::chrono::milliseconds lease) = 0;
    /// Errc::conflict as in heartbeat(); done already by this claim is no error.
    virtual core::Result<> complete(const Job& job) = 0;
    /// Tries again later (1 s, doubling to 60 s) unless that was the last attempt. Returns queued or dead.
    virtual core::Result<JobState> fail(const Job& job, std::string_view reason) = 0;
    /// No further attempt.
    virtual core::Result<> bury(const Job& job, std::string_view reason) = 0;
    /// Hands the job back, to be claimed after `delay`; the attempt does not count.
    virtual core::Result<> release(const Job& job, std::chrono::milliseconds delay = {}) = 0;
    /// Takes the job out, running or not. None there is no error.
    virtual core::Result<> remove(std::string_view kind, std::string_view key) = 0;
    /// All four states. A job whose lease ran out counts as queued.
    virtual core::Result<std::map<JobState, std::uint64_t>> counts() const = 0;
};

/// SQLite. The folder must exist; `clock` must outlive the queue. The last 10,000 finished jobs are
/// remembered.
core::Result<std::unique_ptr<JobQueue>> open_job_queue(const std::filesystem::path& file,
                                                       const core::Clock& clock);

}  // namespace qd::storage
