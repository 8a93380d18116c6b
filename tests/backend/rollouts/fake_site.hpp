#pragma once
// A site whose gateway and instances do what they are told, or fail when a test says so.

#include <QTemporaryDir>

#include <mutex>

#include "rollouts/engine/rollout_engine.hpp"
#include "support/fake_clock.hpp"
#include "support/manual_executor.hpp"

namespace qd::test {

class FakeRouter final : public rollouts::TrafficRouter {
public:
    traffic::TrafficPlan applied;
    bool reachable = true;
    std::vector<unsigned> weights;  // each that was set
    std::function<void()> before_set;
    std::function<void(const char*)> called;  // after each call that changes something
    bool lies = false;                        // says yes and does nothing
    rollouts::RouterCounts counts;
    std::optional<std::string> cannot;

    core::Result<> apply(const traffic::TrafficPlan& plan) override {
        const std::lock_guard lock(mutex_);
        if (before_set) before_set();
        if (!reachable) return core::fail(core::Errc::unavailable, "connection refused");
        if (!lies) applied = plan;
        weights.push_back(unsigned(plan.canary_weight));
        if (called) called("apply");
        return {};
    }
    core::Result<std::vector<rollouts::PreviewedRequest>> preview(const traffic::TrafficPlan& plan) override {
        return std::vector<rollouts::PreviewedRequest>{
            {"fake", "PUT", "http://fake/split", "application/json", std::to_string(plan.canary_weight)}};
    }
    core::Result<rollouts::RouterReading> read() override {
        const std::lock_guard lock(mutex_);
        if (!reachable) return core::fail(core::Errc::unavailable, "connection refused");
        return rollouts::RouterReading{applied, counts, {}};
    }
    std::optional<std::string> refusal(const traffic::TrafficPlan&) const override { return cannot; }

private:
    std::mutex mutex_;
};

class FakeRunner final : public rollouts::VersionRunner {
public:
    std::vector<rollouts::RunningInstance> running{{"api-1", "stable", "v1", true},
                                                   {"api-2", "stable", "v1", true}};
    bool can_start = true;
    bool becomes_ready = true;
    std::vector<std::string> log;
    std::function<void(const char*)> called;
    std::size_t most = 0, fewest_ready = 100;  // ever of the stable arm

    core::Result<std::vector<rollouts::RunningInstance>> list() override {
        const std::lock_guard lock(mutex_);
        return running;
    }
    core::Result<> start(const rollouts::StartVersion& version) override {
        const std::lock_guard lock(mutex_);
        if (!can_start) return core::fail(core::Errc::unavailable, "no memory");
        log.push_back("start " + std::to_string(version.count) + " " + version.version + " " + version.arm + " " +
                      version.faults_json);
        for (unsigned i = 0; i < version.count; ++i)
            running.push_back({"api-" + std::to_string(++last_), version.arm, version.version, becomes_ready});
        watch();
        if (called) called("start");
        return {};
    }
    core::Result<> stop(const std::string& instance) override {
        const std::lock_guard lock(mutex_);
        log.push_back("stop " + instance);
        std::erase_if(running, [&](const auto& each) { return each.instance == instance; });
        watch();
        if (called) called("stop");
        return {};
    }
    unsigned count(const std::string& arm, const std::string& version) const {
        unsigned found = 0;
        for (const auto& each : running) found += each.arm == arm && each.version == version ? 1u : 0u;
        return found;
    }

private:
    void watch() {
        std::size_t all = 0, ready = 0;
        for (const auto& each : running)
            if (each.arm == "stable") ++all, ready += each.ready ? 1u : 0u;
        most = std::max(most, all);
        fewest_ready = std::min(fewest_ready, ready);
    }

    std::mutex mutex_;
    int last_ = 2;
};

class FakeMetrics final : public rollouts::ArmMetrics {
public:
    std::optional<rollouts::ArmWindow> window;

    std::optional<rollouts::ArmWindow> counts(core::WallTime, std::chrono::milliseconds, double) override {
        return window;
    }
    void good() { window = rollouts::ArmWindow{{9'000, 9, 9'000, 9}, {1'000, 1, 1'000, 1}, {}, 30}; }
    void bad() { window = rollouts::ArmWindow{{9'000, 9, 9'000, 9}, {1'000, 120, 1'000, 400}, {}, 30}; }
    void few() { window = rollouts::ArmWindow{{9'000, 9, 9'000, 9}, {10, 10, 10, 10}, {}, 30}; }
};

/// Measures what a test says.
class FakeSource final : public rollouts::MetricSource {
public:
    std::function<core::Result<std::string>(const rollouts::MetricSpec&)> answer;
    std::vector<std::string> asked;  // the metrics' names
    std::function<void(const char*)> called;

    core::Result<std::string> measure(const rollouts::MetricSpec& metric, core::WallTime) override {
        asked.push_back(metric.name);
        auto value = answer ? answer(metric) : core::Result<std::string>("[0.99]");
        if (called) called("measure");
        return value;
    }
};

/// Tells of each row that was written.
class WatchedLog final : public storage::EventLog {
public:
    explicit WatchedLog(std::unique_ptr<storage::EventLog> log) : log_(std::move(log)) {}
    std::function<void(const char*)> called;

    core::Result<std::vector<storage::LoggedEvent>> append_together(
        std::vector<storage::StreamAppend> appends) override {
        auto written = log_->append_together(std::move(appends));
        if (called) called("append");
        return written;
    }
    core::Result<std::vector<storage::LoggedEvent>> read(std::string_view stream, std::uint64_t from_seq,
                                                         std::size_t limit) const override {
        return log_->read(stream, from_seq, limit);
    }
    core::Result<std::vector<storage::LoggedEvent>> read_all(std::uint64_t after,
                                                             std::size_t limit) const override {
        return log_->read_all(after, limit);
    }
    core::Result<> scan(std::uint64_t after, storage::Chain chain,
                        const storage::RowVisitor& visit) const override {
        return log_->scan(after, chain, visit);
    }
    core::Result<> scan_stream(std::string_view stream, storage::Chain chain,
                               const storage::RowVisitor& visit) const override {
        return log_->scan_stream(stream, chain, visit);
    }
    core::Result<std::uint64_t> last_seq(std::string_view stream) const override { return log_->last_seq(stream); }
    core::Result<std::vector<std::string>> streams(std::string_view prefix, std::size_t limit,
                                                   std::string_view after) const override {
        return log_->streams(prefix, limit, after);
    }
    core::Result<storage::Heads> known_heads() const override { return log_->known_heads(); }
    core::Result<> verify(std::string_view stream) const override { return log_->verify(stream); }

private:
    std::unique_ptr<storage::EventLog> log_;
};

struct FakeSite {
    QTemporaryDir folder;
    FakeClock clock;
    std::unique_ptr<ManualExecutor> executor = std::make_unique<ManualExecutor>();
    FakeRouter router;
    FakeRunner runner;
    FakeMetrics metrics;
    FakeSource source;
    bool has_source = true;
    std::map<std::string, rollouts::Drivers> others;
    std::unique_ptr<WatchedLog> log;
    std::function<void(const char*)> called;  // after each row and each driver's change
    std::unique_ptr<rollouts::RolloutEngine> engine;
    std::vector<std::string> told;
    std::optional<std::string> freeze;

    std::size_t published = 0;

    FakeSite() { restart(); }

    /// opsd ends, anyhow, and begins again.
    void restart() {
        engine.reset();
        executor = std::make_unique<ManualExecutor>();
        log.reset();
        auto opened = storage::open_event_log(folder.filePath("rollouts.sqlite").toStdString(), clock);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        log = std::make_unique<WatchedLog>(std::move(*opened));
        log->called = router.called = runner.called = source.called = [this](const char* what) {
            if (called) called(what);
        };
        rollouts::EngineHooks hooks;
        hooks.on_audit = [this](const rollouts::Rollout&, const rollouts::AuditEvent&,
                                const std::string& text) { told.push_back(text); };
        hooks.on_change = [this](const rollouts::Rollout&) { ++published; };
        hooks.freeze = [this] { return freeze; };
        auto made = rollouts::RolloutEngine::open(
            {*log, clock, *executor, telemetry::null_log(), router, runner, metrics, others,
             has_source ? &source : nullptr},
            std::move(hooks));
        if (!made) qFatal("%s", made.error().message.c_str());
        engine = std::move(*made);
        engine->run();
        pass({});
    }
    /// Time goes by, 100 ms after 100 ms.
    void pass(std::chrono::milliseconds by) {
        executor->run_ready();
        for (; by.count() > 0; by -= std::chrono::milliseconds(100)) {
            clock.advance(std::chrono::milliseconds(100));
            executor->advance(std::chrono::milliseconds(100));
        }
    }
    rollouts::Rollout now(const rollouts::RolloutId& id) const {
        const auto rollout = engine->get(id);
        if (!rollout) qFatal("%s", rollout.error().message.c_str());
        return *rollout;
    }
    rollouts::Rollout start(const std::string& steps, const std::string& more = {}) {
        const auto request =
            rollouts::parse_start_request("strategy: {canary: {steps: [" + steps +
                                          "]}}\ntarget: {version: v2, faults: [{kind: error}]}\n" + more);
        if (!request) qFatal("%s", request.error().message.c_str());
        auto quick = *request;
        quick.specification.abort_scale_down_delay = std::chrono::seconds(5);
        return begin(std::move(quick.specification), quick.reason);
    }
    rollouts::Rollout begin(rollouts::Specification specification, const std::string& reason = "because") {
        const auto rollout = engine->start({std::move(specification), reason, false}, {"anna", {}, {}});
        if (!rollout) qFatal("%s", rollout.error().message.c_str());
        return *rollout;
    }
    core::Result<rollouts::Rollout> act(const rollouts::RolloutId& id, rollouts::Action action) {
        return engine->act(id, action, "because", {"anna", {}, {}});
    }
};

}  // namespace qd::test
