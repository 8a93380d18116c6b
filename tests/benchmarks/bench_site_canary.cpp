// What a canary costs that fails half its requests: a local site under 200 viewers, 10 % of them on the
// canary, with an analysis that aborts on failure. The share of requests that failed (5xx) in the window
// around it, over all (bound: 0.5 %) and on the stable arm (bound: none), as the gateway counted what clients
// got. Usage: QUARTERDECK_BIN=build/release/bin bench_site_canary [window in seconds, 600] [viewers, 200]

#include <QCoreApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>
#include <thread>

#include "support/site.hpp"

using namespace qd;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr double bound = 0.005;

struct Counts {
    double all = 0, failed = 0;
};

std::string label(const std::string& line, const std::string& name) {
    const std::size_t at = line.find(name + "=\"");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 2;
    return line.substr(begin, line.find('"', begin) - begin);
}

/// By arm, from gateway_responses_total.
std::map<std::string, Counts> counts(test::Site& site) {
    std::map<std::string, Counts> by_arm;
    std::istringstream lines(site.gateway(http::Method::get, "/metrics").text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("gateway_responses_total{")) continue;
        const double value = std::atof(line.substr(line.rfind(' ')).c_str());
        Counts& arm = by_arm[label(line, "arm")];
        arm.all += value;
        if (label(line, "code").starts_with("5")) arm.failed += value;
    }
    return by_arm;
}

bool titles_are_ready(test::Site& site) {
    const json list = site.gateway(http::Method::get, "/api/v1/videos").json;
    if (!list.is_object() || list.value("items", json::array()).size() < 4) return false;
    return std::ranges::all_of(list["items"],
                               [](const json& one) { return one.value("state", "") == "ready"; });
}

void print(const std::string& what, const Counts& one) {
    std::printf("%-12s %8.0f requests  %6.0f failed  %.4f %%\n", what.c_str(), one.all, one.failed,
                one.all > 0 ? 100 * one.failed / one.all : 0.0);
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const int window_s = argc > 1 ? std::max(30, std::atoi(argv[1])) : 600;
    const QString viewers = argc > 2 ? argv[2] : "200";
    test::Site site({"--viewers", viewers});
    if (!site.up() || !test::eventually([&] { return titles_are_ready(site); }, 600'000)) return 1;
    std::this_thread::sleep_for(15s);  // everybody has come

    QElapsedTimer clock;
    clock.start();
    auto before = counts(site);
    std::this_thread::sleep_for(std::chrono::seconds(window_s / 6));  // a part of the window is before it
    const json rollout = {
        {"spec",
         {{"strategy",
           {{"canary",
             {{"steps",
               json::array({{{"setWeight", 10}}, {{"pause", json::object()}}, {{"setWeight", 100}}})}}}}},
          {"target",
           {{"version", "v2"},
            {"faults",
             json::array({{{"kind", "error"}, {"amount", 500}, {"ratio", 0.5}, {"for_s", 3600}}})}}},
          {"analysis", {{"onFailure", "abort"}, {"window", "10s"}, {"minSample", 50}, {"failureLimit", 0}}}}},
        {"reason", "how much it costs"}};
    const auto started = site.opsd(http::Method::post, "/api/v1/rollouts", rollout.dump());
    if (started.status >= 300) return std::printf("%u %s\n", started.status, started.text.c_str()), 1;
    const std::string path = "/api/v1/rollouts/" + started.json.value("id", "");
    double taken_s = -1, aborted_s = -1;
    while (clock.elapsed() < window_s * 1'000) {
        const json now = site.get(path);
        const double at = double(clock.elapsed()) / 1000;
        if (taken_s < 0 && now.value("weight_requested", 0.0) > 0) taken_s = at;
        if (taken_s >= 0 && aborted_s < 0 && now.value("phase", "") == "degraded") aborted_s = at;
        std::this_thread::sleep_for(200ms);
    }
    Counts all;
    std::printf("window of %d s, %s viewers\n", window_s, qPrintable(viewers));
    for (auto& [arm, after] : counts(site)) {
        const Counts part{after.all - before[arm].all, after.failed - before[arm].failed};
        print(arm, part);
        all.all += part.all;
        all.failed += part.failed;
    }
    print("all", all);
    if (aborted_s < 0)
        std::printf("the rollout was not aborted\n");
    else
        std::printf("aborted %.1f s after it took traffic\n", aborted_s - taken_s);
    std::printf("failed share is %.2f of the bound of %.1f %%\n",
                all.all > 0 ? all.failed / all.all / bound : 0.0, bound * 100);
    return 0;
}
