// What it costs to watch 1,000 rollouts at once: each on a driver of its own whose counts change every second.

#include <QTemporaryDir>

#include <sys/resource.h>

#include <cstdio>

#include "rollouts/engine/rollout_engine.hpp"
#include "support/fake_clock.hpp"
#include "support/manual_executor.hpp"

using namespace qd;
using namespace qd::rollouts;

namespace {

constexpr int rollouts_at_once = 1'000;
constexpr int seconds = 60;

struct Router final : TrafficRouter {
    traffic::TrafficPlan applied;
    core::Result<> apply(const traffic::TrafficPlan& plan) override {
        applied = plan;
        return {};
    }
    core::Result<RouterReading> read() override { return RouterReading{applied, {}, {}}; }
    core::Result<std::vector<PreviewedRequest>> preview(const traffic::TrafficPlan&) override {
        return std::vector<PreviewedRequest>{};
    }
};

struct Runner final : VersionRunner {
    std::vector<RunningInstance> running{{"api-1", "stable", "v1", true}, {"api-2", "stable", "v1", true}};
    core::Result<std::vector<RunningInstance>> list() override { return running; }
    core::Result<> start(const StartVersion& version) override {
        for (unsigned i = 0; i < version.count; ++i)
            running.push_back({"new-" + std::to_string(running.size()), version.arm, version.version, true});
        return {};
    }
    core::Result<> stop(const std::string& instance) override {
        std::erase_if(running, [&](const RunningInstance& each) { return each.instance == instance; });
        return {};
    }
};

struct Metrics final : ArmMetrics {
    const core::Clock& clock;
    const bool changing;
    Metrics(const core::Clock& its_clock, bool changes) : clock(its_clock), changing(changes) {}
    std::optional<ArmWindow> counts(core::WallTime now, std::chrono::milliseconds, double) override {
        const auto more = changing ? std::uint64_t(now.time_since_epoch().count() / 1000 % 1'000) : 0;
        return ArmWindow{{9'000 + more, 9, 9'000 + more, 9}, {1'000 + more, 1, 1'000 + more, 1}, {}, 30};
    }
};

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace

static int watch(bool changing) {
    QTemporaryDir folder;
    test::FakeClock clock;
    test::ManualExecutor executor;
    auto log = storage::open_event_log(folder.filePath("audit.sqlite").toStdString(), clock);
    if (!log) return 1;
    std::vector<Router> routers(rollouts_at_once);
    std::vector<Runner> runners(rollouts_at_once);
    Metrics metrics(clock, changing);
    std::map<std::string, Drivers> others;
    for (int i = 0; i < rollouts_at_once; ++i)
        others[std::to_string(i)] = {&routers[std::size_t(i)], &runners[std::size_t(i)], &metrics, {}};
    std::size_t told = 0;
    EngineHooks hooks;
    hooks.on_change = [&](const Rollout&) { ++told; };
    Router router;
    Runner runner;
    auto engine = RolloutEngine::open({**log, clock, executor, telemetry::null_log(), router, runner, metrics,
                                       others},
                                      hooks);
    if (!engine) return 1;
    const auto request = parse_start_request(
        "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\ntarget: {version: v2}");
    if (!request) return 1;
    for (int i = 0; i < rollouts_at_once; ++i) {
        StartRequest mine = *request;
        mine.specification.driver = std::to_string(i);
        if (!(*engine)->start(mine, {"anna", {}, {}})) return 1;
    }
    const auto pass = [&] {
        clock.advance(std::chrono::seconds(1));
        executor.advance(std::chrono::seconds(1));
    };
    (*engine)->run();
    for (int i = 0; i < 10; ++i) pass();
    told = 0;
    const double before = cpu_seconds();
    for (int i = 0; i < seconds; ++i) pass();
    const double used = cpu_seconds() - before;
    std::printf("%s: %d rollouts: %.1f ms of CPU a second = %.2f %% of a core; told %.0f times a second\n", changing ? "counts change each second" : "nothing changes", rollouts_at_once,
          used / seconds * 1e3, used / seconds * 100, double(told) / seconds);
    return 0;
}

int main() {
    return watch(true) + watch(false);
}
