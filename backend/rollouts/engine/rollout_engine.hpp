#pragma once
// Drives rollouts: through their steps each second, by people's actions at once. Every decision is in the
// audit before it takes effect, so that a restart goes on exactly where it was; what runs and what the router
// does is compared with what the audit wants and put right again and again.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "rollouts/drivers.hpp"
#include "rollouts/engine/audit_journal.hpp"
#include "rollouts/engine/tracked_rollout.hpp"
#include "telemetry/log.hpp"

namespace qd::rollouts {

/// All of it outlives the engine. The executor has threads that may block, and is stopped before the engine
/// goes.
struct EngineParts {
    storage::EventLog& log;
    const core::Clock& clock;
    core::Executor& executor;
    telemetry::Log& messages;
    TrafficSplitter& splitter;
    VersionRunner& runner;
    ArmMetrics& metrics;
};

struct EngineOptions {
    std::chrono::milliseconds tick{1'000};
    std::chrono::milliseconds read_split_every{2'000};
    /// Open requests end in so long before canaries without traffic are stopped.
    std::chrono::milliseconds drain{5'000};
    std::chrono::milliseconds retry_instances_after{5'000};
    std::chrono::milliseconds observe_over{30'000};  // the observed weight, at most
    std::chrono::milliseconds verdict_rows_apart{5'000};
};

struct EngineHooks {
    /// After a change and each second while a rollout is under way. Called without a lock.
    std::function<void(const Rollout&)> on_change;
    /// Each audit row with its sentence.
    std::function<void(const Rollout&, const AuditEvent&, const std::string& text)> on_audit;
    /// Why no rollout may start now (an open SEV1 or SEV2 incident); nothing: it may.
    std::function<std::optional<std::string>()> freeze;
};

struct RolloutAuthor {
    std::string actor;
    std::optional<std::uint64_t> expected_version;  // If-Match
    std::string idempotency_key;                    // of this action on this rollout, or of the start
};

/// Thread-safe. Calls that write may block for as long as the splitter does (seconds).
class RolloutEngine {
public:
    /// Replays the audit. A rollout whose audit makes no sense is logged and left out.
    static core::Result<std::unique_ptr<RolloutEngine>> open(EngineParts parts, EngineHooks hooks,
                                                             EngineOptions options = {});
    ~RolloutEngine() { stop(); }

    /// Ticks on the executor until stop().
    void run();
    void stop() { stopping_ = true; }
    /// One look at everything; run() does this each second.
    void tick();

    /// Errc::conflict while another rollout is under way or `freeze` says so (unless overridden), or when the
    /// target is already stable; Errc::unavailable when the runner does not answer.
    core::Result<Rollout> start(const StartRequest& request, const RolloutAuthor& author);
    /// Errc::conflict with the reason, Errc::not_found, Errc::precondition_failed. An abort returns once the
    /// router has been told (or could not be reached: the engine goes on trying).
    core::Result<Rollout> act(const RolloutId& id, Action action, const std::string& reason,
                              const RolloutAuthor& author);

    core::Result<Rollout> get(const RolloutId& id) const;
    /// The latest first.
    std::vector<Rollout> list() const;

private:
    struct Told {
        Rollout rollout;
        std::optional<AuditEvent> event;
        std::string text;
    };
    using News = std::vector<Told>;

    RolloutEngine(EngineParts parts, EngineHooks hooks, EngineOptions options);
    core::Result<> load();
    void schedule();

    // With mutex_ held.
    core::Result<> commit(TrackedRollout& rollout, AuditRow row, News& news);
    core::Result<> record(TrackedRollout& rollout, AuditKind kind, std::string reason, News& news);
    TrackedRollout* find(const RolloutId& id);
    TrackedRollout* latest() { return rollouts_.empty() ? nullptr : rollouts_.back().get(); }
    void remember_key(const std::string& key, const RolloutId& id);
    std::optional<Rollout> repeated(const std::string& key);
    void confirm_split(TrackedRollout& rollout, News& news);
    void take_steps(TrackedRollout& rollout, News& news);
    void take_verdict(TrackedRollout& rollout, Verdict verdict, News& news);
    void act_on_failure(TrackedRollout& rollout, News& news);
    void say_trouble(TrackedRollout& rollout, const std::string& trouble, News& news);

    // Without; each takes the locks it needs.
    void read_split(News& news);
    void apply_split(News& news);
    void judge_now(News& news);
    void put_instances_right();
    void tell(const News& news);

    const EngineParts parts_;
    const EngineHooks hooks_;
    const EngineOptions options_;
    AuditJournal journal_;

    std::mutex split_mutex_;  // held over calls of the splitter that write; taken before mutex_
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<TrackedRollout>> rollouts_;  // in the order of their starts
    std::unordered_map<std::string, RolloutId> keys_;
    std::optional<core::WallTime> split_read_at_;
    std::optional<core::WallTime> instances_tried_at_;
    std::uint64_t last_number_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> ticking_{false};
    std::atomic<bool> instances_busy_{false};
};

}  // namespace qd::rollouts
