// One second's update of 1,000 objectives with 4 burn rows each, against the bound of 10 ms on one core; and
// what a kept series costs on disk, against the bound of 4 MB for 90 days.

#include <time.h>

#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "slo/alert.hpp"
#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;

namespace {

constexpr int objective_count = 1'000;
constexpr double bound_ms = 10, bound_mb = 4;

/// This thread's CPU time: others on the machine do not count.
double cpu_ms() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

std::vector<slo::Objective> objectives() {
    std::vector<slo::Objective> all;
    for (int i = 0; i < objective_count; ++i) {
        slo::Objective objective = test::availability();
        objective.id = slo::SloId(fmt::format("objective-{}", i));
        const std::string metric = fmt::format("service_{}_responses_total", i);
        objective.indicator =
            slo::RatioIndicator{{metric, {slo::LabelMatcher::parse("code", "!5*")}}, {metric, {}}};
        objective.window_s = 28 * 86'400;
        objective.target = 0.999;
        objective.rows = {
            {300, 3600, 13.44}, {1800, 6 * 3600, 5.6}, {2 * 3600, 86'400, 2.8}, {6 * 3600, 3 * 86'400, 0.93}};
        all.push_back(std::move(objective));
    }
    return all;
}

std::string page(int second) {
    std::string text;
    for (int i = 0; i < objective_count; ++i)
        text += fmt::format(
            "service_{0}_responses_total{{code=\"200\"}} {1}\nservice_{0}_responses_total{{code=\"503\"}} "
            "{2}\n",
            i, second * 100, second / (1 + i % 50));
    return text;
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
    return values[values.size() / 2];
}

void update() {
    test::FakeClock clock;
    auto store = timeseries::Store::open(objectives(), {}, clock, telemetry::null_log());
    if (!store) return;
    std::vector<slo::Evaluator> evaluators;
    for (const slo::Objective& objective : (*store)->objectives()) evaluators.emplace_back(objective);
    slo::AlertTracker tracker;
    std::vector<double> parsing, counting, evaluating, all;
    for (int second = 1; second <= 300; ++second) {
        clock.advance(std::chrono::seconds(1));
        const std::string text = page(second);
        double begin = cpu_ms();
        (void)timeseries::parse_exposition(text, [](const timeseries::SampleLine&) {});
        parsing.push_back(cpu_ms() - begin);
        begin = cpu_ms();
        (*store)->ingest({{{"site", "http://site/metrics"}, clock.now(), text}});
        counting.push_back(cpu_ms() - begin);
        begin = cpu_ms();
        const auto readings = (*store)->readings();
        for (std::size_t i = 0; i < evaluators.size(); ++i)
            (void)tracker.update(evaluators[i].evaluate(readings[i], 1'728'000'000 + second), clock.now());
        evaluating.push_back(cpu_ms() - begin);
        all.push_back(counting.back() + evaluating.back());
    }
    // The first round looks at every series once for all time.
    for (auto* figures : {&parsing, &counting, &evaluating, &all}) figures->erase(figures->begin());
    const double total = median(all);
    std::printf("%d objectives with 4 rows, one update: %.2f ms of CPU (%.2f of the bound of %g ms)\n",
                objective_count, total, total / bound_ms, bound_ms);
    std::printf(
        "  scrape and counters %.2f ms (its text alone %.2f ms), windows, rows, budgets and alerts %.2f ms; "
        "99th of 100: %.2f ms\n",
        median(counting), median(parsing), median(evaluating),
        (std::ranges::sort(all), all[all.size() * 99 / 100]));
}

void disk() {
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("counters.sqlite").toStdString();
    constexpr int series = 4;
    {
        auto opened = timeseries::CounterFile::open(file);
        if (!opened) return;
        std::vector<timeseries::CounterFile::Batch> batches;
        for (int i = 0; i < series; ++i) {
            auto& batch = batches.emplace_back();
            batch.slo = fmt::format("objective-{}", i);
            for (std::size_t tier = 0; tier < timeseries::tiers.size(); ++tier) {
                const auto [step_s, kept] = timeseries::tiers[tier];
                const std::int64_t newest = 1'728'000'000 / step_s;
                const auto events = std::uint64_t(step_s) * 1'000;
                for (std::int64_t index = newest - kept + 1; index <= newest; ++index)
                    batch.cells.push_back(
                        {tier,
                         index,
                         {{events - std::uint64_t(index) % 7, events}, std::uint32_t(step_s), 0.993f, 1.0f}});
            }
        }
        if (auto saved = (*opened)->save(batches); !saved) return;
    }
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path().toStdString()))
        bytes += entry.file_size();
    const double each = double(bytes) / series;
    std::printf(
        "a series with all its tiers full (2 h of seconds, 7 days of minutes, 93 days of hours): %.2f MB on "
        "disk (%.2f of the bound of %g MB), %.0f bytes for each of 93 days\n",
        each / 1e6, each / 1e6 / bound_mb, bound_mb, each / 93);
}

}  // namespace

int main() {
    update();
    disk();
}
