// 90 days of one objective's history: bytes on disk and in memory against the bound of 4 MB a kept series,
// and opening it after a restart until 2,000 points are read for drawing, against the bound of 100 ms.

#include <malloc.h>

#include <QTemporaryDir>
#include <algorithm>
#include <chrono>

#include "benchmarks/counting_site.hpp"
#include "support/fake_clock.hpp"
#include "timeseries/store.hpp"

using namespace qd;

namespace {

constexpr double bound_mb = 4, bound_ms = 100;
constexpr int repetitions = 9, more = 8;

double wall_ms() {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double allocated_mb() {
    const auto known = mallinfo2();
    return double(known.uordblks + known.hblkhd) / 1e6;
}

double folder_mb(const std::filesystem::path& folder) {
    double bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) bytes += double(entry.file_size());
    return bytes / 1e6;
}

/// Every cell of every tier, as busy as a cell can be: numbers that take many bytes.
timeseries::CounterFile::Batch full(const std::string& name, std::int64_t now_s) {
    timeseries::CounterFile::Batch batch{name, {}};
    for (std::size_t tier = 0; tier < timeseries::tiers.size(); ++tier) {
        const auto [step_s, kept] = timeseries::tiers[tier];
        const auto events = std::uint64_t(step_s) * 1'000;
        for (std::int64_t index = now_s / step_s - kept + 1; index <= now_s / step_s; ++index)
            batch.cells.push_back(
                {tier,
                 index,
                 {{events - std::uint64_t(index) % 7, events}, std::uint32_t(step_s), 0.993f, 1.0f}});
    }
    return batch;
}

}  // namespace

int main() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString(), file = path / "counters.sqlite";
    test::FakeClock clock;
    const auto objectives = bench::objectives(
        1 + more, 90 * 86'400, {{300, 3600}, {1800, 6 * 3600}, {7200, 86'400}, {6 * 3600, 3 * 86'400}});
    const std::int64_t now_s = clock.now().time_since_epoch().count() / 1000;
    const auto save = [&](const std::filesystem::path& to, int count) {
        auto opened = timeseries::CounterFile::open(to);
        if (!opened || !(*opened)->load(timeseries::looks_name, timeseries::looks_definition)) std::exit(74);
        for (int i = 0; i < count; ++i)
            if (const std::string& name = objectives[std::size_t(i)].id.value;
                !(*opened)->load(name, slo::definition_of(objectives[std::size_t(i)])) ||
                !(*opened)->save({full(name, now_s)}))
                std::exit(74);
    };
    save(file, 1);
    const double disk_mb = folder_mb(path);
    std::printf("retention:");
    for (const auto& [step_s, kept] : timeseries::tiers)
        std::printf(" %lld steps of %lld s (%.1f days)", static_cast<long long>(kept),
                    static_cast<long long>(step_s), double(kept * step_s) / 86'400);
    std::printf("\n");

    std::vector<double> opening, drawing;
    std::size_t points = 0;
    const std::vector<slo::Objective> one{objectives[0]};
    for (int i = 0; i < repetitions; ++i) {
        const double begin = wall_ms();
        auto store = timeseries::Store::open(one, file, clock, telemetry::null_log());
        if (!store) return 1;
        const double open = wall_ms();
        const auto history =
            (*store)->history(objectives[0].id, clock.now() - std::chrono::days(90), clock.now(), 2'000);
        const double drawn = wall_ms();
        points = history ? history->points.size() : 0;
        opening.push_back(open - begin);
        drawing.push_back(drawn - begin);
    }
    // What one more takes: SQLite's caches, the arms and the rest of a store are there once.
    const auto memory_mb = [&](const std::vector<slo::Objective>& counted, const char* folder_name) {
        const std::filesystem::path kept = path / folder_name;
        std::filesystem::create_directory(kept);
        save(kept / "counters.sqlite", int(counted.size()));
        const double before_mb = allocated_mb();
        auto store = timeseries::Store::open(counted, kept / "counters.sqlite", clock, telemetry::null_log());
        return store ? allocated_mb() - before_mb : 0;
    };
    const double once_mb = memory_mb(one, "one");
    const double each_mb = (memory_mb(objectives, "many") - once_mb) / more;
    std::ranges::sort(opening);
    std::ranges::sort(drawing);
    std::printf(
        "a kept series, all tiers full: %.2f MB on disk (%.2f of the bound of %g MB), %.2f MB in memory "
        "(%.2f of it; a store with one series takes %.2f MB in all)\n",
        disk_mb, disk_mb / bound_mb, bound_mb, each_mb, each_mb / bound_mb, once_mb);
    std::printf(
        "opened after a restart and read for drawing (%zu points of 90 days): %.1f ms (%.2f of the bound "
        "of %g ms), of which opening %.1f ms; slowest of %d: %.1f ms\n",
        points, drawing[repetitions / 2], drawing[repetitions / 2] / bound_ms, bound_ms,
        opening[repetitions / 2], repetitions, drawing.back());
}
