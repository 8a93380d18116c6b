#pragma once
// Drives rollouts: through their steps each second, by people's actions at once. Every decision is in the
// audit before it takes effect, so that a restart goes on exactly where it was; what runs and what the router
// does is compared with what the audit wants and put right again and again. Nothing is taken as done before
// the router has been read to do it. While a freeze forbids it, no step gives the new version more traffic by
// itself, unless somebody went on in spite of that very freeze.
//
// When the wall clock jumps by more than 2 s against the steady one, the times of what is under way move with
// it (a row of kind clock): no step is cut short or drawn out. While opsd is down the wall clock is believed:
// a jump then can end the current step, never the one after. A suspended machine's time does not count.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "rollouts/controller.hpp"
#include "rollouts/drivers.hpp"
#include "rollouts/engine/audit_journal.hpp"
#include "rollouts/engine/lane.hpp"
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
    TrafficRouter& router;
    VersionRunner& runner;
    ArmMetrics& metrics;
    std::map<std::string, Drivers> others = {};  // by Specification::driver; "gateway" is the one above
    MetricSource* source = nullptr;              // of the gateway's templates; null: they are refused
};

struct EngineOptions {
    std::chrono::milliseconds tick{1'000};
    std::chrono::milliseconds read_split_every{2'000};
    /// Open requests end in so long before canaries without traffic are stopped.
    std::chrono::milliseconds drain{5'000};
    std::chrono::milliseconds retry_instances_after{5'000};
    std::chrono::milliseconds observe_over{30'000};  // the observed weight, at most
    std::chrono::milliseconds verdict_rows_apart{5'000};
    std::chrono::milliseconds countdown_told_every{5'000};  // when nothing but the time has changed
};

struct EngineHooks {
    /// After a change, and now and then while a timed step runs. Called without a lock.
    std::function<void(const Rollout&)> on_change;
    /// Each audit row with its sentence.
    std::function<void(const Rollout&, const AuditEvent&, const std::string& text)> on_audit;
    /// Why no rollout may start or go up now; nothing: it may.
    std::function<std::optional<std::string>()> freeze;
};

/// Thread-safe. Calls that write may block for as long as the router does (seconds).
class RolloutEngine final : public Controller {
public:
    /// Replays the audit. A rollout whose audit makes no sense, or whose driver is not there any more, is
    /// logged and left out.
    static core::Result<std::unique_ptr<RolloutEngine>> open(EngineParts parts, EngineHooks hooks,
                                                             EngineOptions options = {});
    ~RolloutEngine() override { stop(); }

    /// Ticks on the executor until stop().
    void run();
    void stop() { stopping_ = true; }
    /// One look at everything, each driver's on the executor; run() does this each second.
    void tick();

    /// Errc::conflict while another rollout of the same driver is under way or `freeze` says so (unless
    /// overridden with a reason), or when the target is already stable; Errc::invalid_argument for what the
    /// driver cannot do; Errc::unavailable when the runner does not answer.
    core::Result<Rollout> start(const StartRequest& request, const RolloutAuthor& author);
    /// Errc::conflict with the reason, Errc::not_found, Errc::precondition_failed. An abort returns once the
    /// router has been told (or could not be reached: the engine goes on trying).
    core::Result<Rollout> act(const RolloutId& id, Action action, const std::string& reason,
                              const RolloutAuthor& author) override;
    core::Result<ActionPreview> preview(const RolloutId& id, Action action) const override;

    core::Result<Rollout> get(const RolloutId& id) const override;
    std::vector<Rollout> list() const override;

private:
    struct Told {
        Rollout rollout;
        std::optional<AuditEvent> event;
        std::string text;
    };
    using News = std::vector<Told>;

    RolloutEngine(EngineParts parts, EngineHooks hooks, EngineOptions options);
    core::Result<> load();
    core::Result<> resume_runs(TrackedRollout& rollout) const;
    void schedule();
    std::optional<std::string> freeze_now() const { return hooks_.freeze ? hooks_.freeze() : std::nullopt; }

    // With mutex_ held.
    core::Result<> commit(TrackedRollout& rollout, AuditRow row, News& news);
    core::Result<> record(TrackedRollout& rollout, AuditKind kind, std::string reason, News& news);
    void follow_clock(News& news);
    void adopt(std::unique_ptr<TrackedRollout> rollout, Lane& lane);
    TrackedRollout* find(const RolloutId& id) const;
    Lane* lane_of(const Specification& specification) const;
    Rollout view_of(const TrackedRollout& rollout) const;
    void remember_key(const std::string& key, const RolloutId& id);
    std::optional<Rollout> repeated(const std::string& key);
    void confirm_split(TrackedRollout& rollout, News& news);
    void take_steps(TrackedRollout& rollout, News& news);
    bool waits_for_thaw(const TrackedRollout& rollout) const;
    bool step_is_done(const TrackedRollout& rollout, const Step& step, core::WallTime now) const;
    void watch_deadline(TrackedRollout& rollout, News& news);
    void take_verdict(TrackedRollout& rollout, Verdict verdict, News& news);
    void act_on_failure(TrackedRollout& rollout, News& news);
    void say_trouble(TrackedRollout& rollout, const std::string& trouble, News& news);
    bool wants_measuring(const TrackedRollout& rollout) const;
    void begin_runs(TrackedRollout& rollout, News& news);
    void take_measured(TrackedRollout& rollout, const std::string& name, std::size_t metric,
                       const core::Result<std::string>& value, core::WallTime started, News& news);
    core::Result<> record_run(TrackedRollout& rollout, AnalysisRun run, News& news);
    void save_runs(TrackedRollout& rollout);
    void heard(TrackedRollout& rollout, bool connected);
    void see_instances(TrackedRollout& rollout, const std::vector<RunningInstance>& running, News& news);
    void count_replaced(TrackedRollout& rollout, News& news);
    void complete(TrackedRollout& rollout, const WantedInstances& wanted, News& news);

    // Without; each takes the locks it needs.
    void look(Lane& lane);
    void read_split(Lane& lane, News& news);
    void apply_split(Lane& lane, News& news);
    void judge_now(Lane& lane, News& news);
    void arrange(Lane& lane);
    void measure(Lane& lane);
    void tell(const News& news);

    const EngineParts parts_;
    const EngineHooks hooks_;
    const EngineOptions options_;
    AuditJournal journal_;

    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Lane>> lanes_;     // never changed once it is open
    std::vector<std::unique_ptr<TrackedRollout>> rollouts_;  // in the order of their starts
    std::unordered_map<std::string, TrackedRollout*> by_id_;
    std::unordered_map<std::string, RolloutId> keys_;
    std::optional<std::string> frozen_;  // as of the last tick
    std::optional<core::WallTime> wall_seen_;
    core::SteadyTime steady_seen_;
    std::uint64_t last_number_ = 0;
    std::atomic<bool> stopping_{false};
};

}  // namespace qd::rollouts
