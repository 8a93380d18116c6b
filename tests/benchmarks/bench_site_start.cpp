// How long a site takes: first start to a playable title (bound: 15 s), later start to green objectives
// (bound: 15 s). Usage: QUARTERDECK_BIN=build/release/bin bench_site_start [runs]

#include <QCoreApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <thread>
#include <vector>

#include "support/site.hpp"

using namespace qd;
using nlohmann::json;

namespace {

constexpr double bound_s = 15;

bool has_playable_title(test::Site& site) {
    const auto list = site.gateway(http::Method::get, "/api/v1/videos");
    if (!list.json.is_object()) return false;
    for (const json& item : list.json.value("items", json::array())) {
        const std::string state = item.value("state", "");
        if (state == "playable" || state == "ready") return true;
    }
    return false;
}

bool all_green(test::Site& site) {
    const json slos = site.get("/api/v1/slos");
    if (!slos.is_object() || slos.value("items", json::array()).empty()) return false;
    for (const json& slo : slos["items"]) {
        const std::string health = slo.value("health", "");
        // Nobody uploads on a quiet site.
        const bool quiet = health == "no_traffic" && slo.value("id", "") == "upload-latency";
        if (health != "healthy" && !quiet) return false;
    }
    return true;
}

void print(const char* what, std::vector<double> seconds) {
    std::sort(seconds.begin(), seconds.end());
    std::printf("%-32s min %.2f s  median %.2f s  max %.2f s  (median is %.2f of the bound of %.0f s)\n",
                what, seconds.front(), seconds[seconds.size() / 2], seconds.back(),
                seconds[seconds.size() / 2] / bound_s, bound_s);
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const int runs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 3;
    std::vector<double> first, later;
    for (int run = 0; run < runs; ++run) {
        QTemporaryDir folder;
        QElapsedTimer clock;
        clock.start();
        {
            test::Site site({}, folder.path());
            if (!site.up() || !test::eventually([&] { return has_playable_title(site); }, 120'000)) return 1;
            first.push_back(double(clock.elapsed()) / 1000);
            // Green at the next start needs titles that are ready.
            test::eventually([&] { return all_green(site); }, 120'000);
        }
        // Until the short windows hold nothing of the earlier life.
        std::this_thread::sleep_for(std::chrono::seconds(70));
        clock.restart();
        test::Site site({}, folder.path());
        if (!site.up() || !test::eventually([&] { return all_green(site); }, 120'000)) return 1;
        later.push_back(double(clock.elapsed()) / 1000);
    }
    print("first start to a playable title", first);
    print("later start to green objectives", later);
    return 0;
}
