#pragma once
// Processes to scrape for the benchmarks, in a process of their own: what they cost is not counted.

#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "slo/objective.hpp"
#include "timeseries/scraper.hpp"

namespace qd::bench {

/// CPU seconds of this process, all threads.
inline double cpu_s() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

/// Resident memory of this process.
inline double rss_mb() {
    long pages = 0, resident = 0;
    if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return double(resident) * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// `count` objectives over 28 days of window or less, each with the four rows of the SRE workbook scaled to
/// `window_s`; a ratio of two series of service_<i>_responses_total.
inline std::vector<slo::Objective> objectives(
    int count, std::int64_t window_s, const std::vector<std::pair<std::int64_t, std::int64_t>>& rows) {
    std::vector<slo::Objective> all;
    const double factors[] = {13.44, 5.6, 2.8, 0.93};
    for (int i = 0; i < count; ++i) {
        slo::Objective objective;
        objective.id = slo::SloId(fmt::format("objective-{}", i));
        objective.title = fmt::format("Objective {}", i);
        objective.service = fmt::format("service-{}", i);
        const std::string metric = fmt::format("service_{}_responses_total", i);
        objective.indicator =
            slo::RatioIndicator{{metric, {slo::LabelMatcher::parse("code", "!5*")}}, {metric, {}}};
        objective.target = 0.999;
        objective.window_s = window_s;
        for (std::size_t row = 0; row < rows.size(); ++row)
            objective.rows.push_back({rows[row].first, rows[row].second, factors[row % 4], 20, 3});
        all.push_back(std::move(objective));
    }
    return all;
}

/// One target's page after `seconds`: two series of each of `count` objectives from `first` on, and as many
/// others as make it `series` in all. One event in 2,000 is bad.
inline std::string page(int first, int count, int series, std::int64_t seconds) {
    std::string text;
    for (int i = first; i < first + count; ++i)
        text += fmt::format(
            "service_{0}_responses_total{{code=\"200\",route=\"/api/v1/stream\"}} {1}\n"
            "service_{0}_responses_total{{code=\"503\",route=\"/api/v1/stream\"}} {2}\n",
            i, seconds * 200, seconds / 10);
    for (int i = 2 * count; i < series; ++i)
        text += fmt::format(
            "runtime_queue_wait_seconds_bucket{{pool=\"worker-{}\",route=\"/api/v1/videos\",le=\"0.{}\"}} "
            "{}\n",
            i / 10, i % 10, seconds * 3 + i);
    return text;
}

/// Serves /metrics/<n> for `targets` targets until its owner is gone. Makes its process by fork(): before any
/// thread.
class Site {
public:
    Site(int targets, int objectives, int series) {
        int told[2], held[2];
        if (pipe(told) != 0 || pipe(held) != 0) std::exit(74);
        child_ = fork();
        if (child_ == 0) {
            close(told[0]);
            close(held[1]);
            serve(targets, objectives, series, told[1], held[0]);
        }
        close(told[1]);
        close(held[0]);
        hold_ = held[1];
        char address[64] = {};
        const ssize_t size = read(told[0], address, sizeof address - 1);
        close(told[0]);
        if (size <= 0) std::exit(69);
        for (int i = 0; i < targets; ++i)
            targets_.push_back(
                {fmt::format("target-{}", i), fmt::format("http://{}/metrics/{}", address, i)});
    }
    ~Site() {
        close(hold_);
        waitpid(child_, nullptr, 0);
    }
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    const std::vector<timeseries::Target>& targets() const { return targets_; }

private:
    [[noreturn]] static void serve(int targets, int objectives, int series, int told, int held) {
        {
            http::Server server{http::ServerOptions{}};
            // Each scrape of a target is a second later than the one before.
            std::vector<std::atomic<std::int64_t>> seconds(static_cast<std::size_t>(targets));
            server.route(http::Method::get, "/metrics/{target}",
                         [&](http::Request&& request, http::Responder&& responder) {
                             const int target = std::atoi(request.path.substr(9).data());
                             if (target < 0 || target >= targets)
                                 return responder.send(http::Response::text(404, "no such target\n"));
                             const int share = objectives / targets;
                             responder.send(http::Response::text(
                                 200, page(target * share, share, series, ++seconds[std::size_t(target)])));
                         });
            if (!server.start()) _exit(69);
            const std::string address = server.address();
            if (write(told, address.data(), address.size()) < 0) _exit(74);
            close(told);
            char end;
            while (read(held, &end, 1) > 0) {
            }
            server.stop(std::chrono::milliseconds(200));
        }
        _exit(0);
    }

    pid_t child_ = 0;
    int hold_ = -1;
    std::vector<timeseries::Target> targets_;
};

}  // namespace qd::bench
