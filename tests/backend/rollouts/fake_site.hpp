#pragma once
// A site whose gateway and instances do what they are told, or fail when a test says so.

#include <QTemporaryDir>

#include <mutex>

#include "rollouts/engine/rollout_engine.hpp"
#include "support/fake_clock.hpp"
#include "support/manual_executor.hpp"

namespace qd::test {

class FakeSplitter final : public rollouts::TrafficSplitter {
public:
    rollouts::SplitReading applied;
    bool reachable = true;
    std::vector<unsigned> weights;  // each that was set
    std::function<void()> before_set;

    core::Result<> set_weight(const std::string& rollout, unsigned canary_weight) override {
        const std::lock_guard lock(mutex_);
        if (before_set) before_set();
        if (!reachable) return core::fail(core::Errc::unavailable, "connection refused");
        applied.rollout = rollout;
        applied.canary_weight = canary_weight;
        weights.push_back(canary_weight);
        return {};
    }
    core::Result<rollouts::SplitReading> read() override {
        const std::lock_guard lock(mutex_);
        if (!reachable) return core::fail(core::Errc::unavailable, "connection refused");
        return applied;
    }

private:
    std::mutex mutex_;
};

class FakeRunner final : public rollouts::VersionRunner {
public:
    std::vector<rollouts::RunningInstance> running{{"api-1", "stable", "v1", true},
                                                   {"api-2", "stable", "v1", true}};
    bool can_start = true;
    std::vector<std::string> log;

    core::Result<std::vector<rollouts::RunningInstance>> list() override {
        const std::lock_guard lock(mutex_);
        return running;
    }
    core::Result<> start(const std::string& arm, const std::string& version, unsigned count,
                         const std::string& faults_json) override {
        const std::lock_guard lock(mutex_);
        if (!can_start) return core::fail(core::Errc::unavailable, "no memory");
        log.push_back("start " + std::to_string(count) + " " + version + " " + arm + " " + faults_json);
        for (unsigned i = 0; i < count; ++i)
            running.push_back({"api-" + std::to_string(++last_), arm, version, true});
        return {};
    }
    core::Result<> stop(const std::string& instance) override {
        const std::lock_guard lock(mutex_);
        log.push_back("stop " + instance);
        std::erase_if(running, [&](const auto& each) { return each.instance == instance; });
        return {};
    }
    unsigned count(const std::string& arm, const std::string& version) const {
        unsigned found = 0;
        for (const auto& each : running) found += each.arm == arm && each.version == version ? 1u : 0u;
        return found;
    }

private:
    std::mutex mutex_;
    int last_ = 2;
};

class FakeMetrics final : public rollouts::ArmMetrics {
public:
    std::optional<rollouts::ArmWindow> window;

    std::optional<rollouts::ArmWindow> counts(core::WallTime, std::chrono::milliseconds, double) override {
        return window;
    }
    void good() { window = rollouts::ArmWindow{{9'000, 9, 9'000, 9}, {1'000, 1, 1'000, 1}, 30}; }
    void bad() { window = rollouts::ArmWindow{{9'000, 9, 9'000, 9}, {1'000, 120, 1'000, 400}, 30}; }
    void few() { window = rollouts::ArmWindow{{9'000, 9, 9'000, 9}, {10, 10, 10, 10}, 30}; }
};

struct FakeSite {
    QTemporaryDir folder;
    FakeClock clock;
    std::unique_ptr<ManualExecutor> executor = std::make_unique<ManualExecutor>();
    FakeSplitter splitter;
    FakeRunner runner;
    FakeMetrics metrics;
    std::unique_ptr<storage::EventLog> log;
    std::unique_ptr<rollouts::RolloutEngine> engine;
    std::vector<std::string> told;
    std::optional<std::string> freeze;

    FakeSite() { restart(); }

    /// opsd ends, anyhow, and begins again.
    void restart() {
        engine.reset();
        executor = std::make_unique<ManualExecutor>();
        log.reset();
        auto opened = storage::open_event_log(folder.filePath("rollouts.sqlite").toStdString(), clock);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        log = std::move(*opened);
        rollouts::EngineHooks hooks;
        hooks.on_audit = [this](const rollouts::Rollout&, const rollouts::AuditEvent&,
                                const std::string& text) { told.push_back(text); };
        hooks.freeze = [this] { return freeze; };
        auto made = rollouts::RolloutEngine::open(
            {*log, clock, *executor, telemetry::null_log(), splitter, runner, metrics}, std::move(hooks));
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
        const auto rollout = engine->start(*request, {"anna", {}, {}});
        if (!rollout) qFatal("%s", rollout.error().message.c_str());
        return *rollout;
    }
    core::Result<rollouts::Rollout> act(const rollouts::RolloutId& id, rollouts::Action action) {
        return engine->act(id, action, "because", {"anna", {}, {}});
    }
};

}  // namespace qd::test
