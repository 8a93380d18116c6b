// What a change of the split costs on a local site under load: from the change's request to the first request
// on the new split (bound: 50 ms) with none lost, and from an abort to the last new request on a slow canary
// (bound: 200 ms) while those under way complete. Usage: QUARTERDECK_BIN=build/release/bin bench_site_split
// [rounds]

#include <QCoreApplication>
#include <algorithm>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "site/control_client.hpp"
#include "support/site.hpp"

using namespace qd;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

struct Answered {
    SteadyClock::time_point sent, done;
    unsigned status = 0;  // 0: lost
    bool canary = false;
};

/// As many requests at a time as `loops`, each of another session, until it goes.
class Load {
public:
    Load(std::string url, unsigned loops) : url_(std::move(url)) {
        for (unsigned i = 0; i < loops; ++i) ask();
    }
    ~Load() {
        stopping_ = true;
        test::eventually([this] { return under_way_ == 0; }, 20'000);
    }
    std::vector<Answered> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(answered_, {});
    }

private:
    void ask() {
        ++under_way_;
        http::ClientRequest request;
        request.url = url_ + "?s=" + std::to_string(next_++);
        const auto sent = SteadyClock::now();
        client_.send(std::move(request), [this, sent](auto answer) {
            Answered one{sent, SteadyClock::now()};
            if (answer) {
                one.status = answer->status;
                one.canary = answer->headers.get("X-Quarterdeck-Arm") == "canary";
            }
            {
                const std::lock_guard lock(mutex_);
                answered_.push_back(one);
            }
            if (!stopping_) ask();
            --under_way_;
        });
    }

    const std::string url_;
    std::mutex mutex_;
    std::vector<Answered> answered_;
    std::atomic<unsigned> under_way_{0}, next_{0};
    std::atomic<bool> stopping_{false};
    http::Client client_;  // ends first: its callbacks use the rest
};

double ms(SteadyClock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

void print(const char* what, std::vector<double> figures, double bound) {
    std::sort(figures.begin(), figures.end());
    std::printf("%-48s min %.1f ms  median %.1f ms  max %.1f ms  (max is %.2f of the bound of %.0f ms)\n",
                what, figures.front(), figures[figures.size() / 2], figures.back(), figures.back() / bound,
                bound);
}

SteadyClock::time_point set_weight(test::Site& site, int percent) {
    const auto asked = SteadyClock::now();
    const auto put = site.gateway(http::Method::put, "/-/split",
                                  R"({"rollout":"bench","canary_weight":)" + std::to_string(percent) + "}");
    if (put.status != 200) std::printf("the split could not be set: %u %s\n", put.status, put.text.c_str());
    return asked;
}

std::size_t lost(const std::vector<Answered>& all) {
    return std::size_t(std::ranges::count_if(all, [](const Answered& one) { return one.status != 200; }));
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
    QTemporaryDir folder;
    const std::filesystem::path config = folder.filePath("site.yaml").toStdString();
    if (!core::write_file_atomically(config, "titles: 0\nviewers: 0\n")) return 1;
    test::Site site({"--config", QString::fromStdString(config.string())});
    if (!site.up()) return 1;
    const site::ControlClient control(site.data() / "run" / "site.sock");
    const auto canary = control.start({.version = "v2"});
    if (!canary) return std::printf("%s\n", canary.error().message.c_str()), 1;
    const std::string url = site.endpoints().gateway + "/api/v1/videos";
    std::this_thread::sleep_for(1s);

    std::vector<double> first;
    std::size_t requests = 0, failed = 0;
    for (int round = 0; round < rounds; ++round) {
        set_weight(site, 0);
        Load load(url, 32);
        std::this_thread::sleep_for(300ms);
        const auto asked = set_weight(site, 50);
        std::this_thread::sleep_for(300ms);
        const auto answered = load.take();
        double best = 1e9;
        for (const Answered& one : answered)
            if (one.canary && one.sent >= asked) best = std::min(best, ms(one.done - asked));
        first.push_back(best);
        requests += answered.size();
        failed += lost(answered);
    }
    print("weight change to first answer on the new split", first, 50);
    std::printf("%-48s %zu of %zu\n", "requests lost meanwhile", failed, requests);

    set_weight(site, 0);
    if (!control.stop(canary->front().instance)) return 1;
    const auto slow = control.start(
        {.version = "v3", .faults_json = R"([{"kind":"delay","amount":700,"ratio":1,"for_s":3600,
                                                         "target":{"route":"/api/v1/videos"}}])"});
    if (!slow) return std::printf("%s\n", slow.error().message.c_str()), 1;
    std::this_thread::sleep_for(1s);
    std::vector<double> zero;
    std::size_t under_way = 0, completed = 0;
    failed = 0;
    for (int round = 0; round < rounds; ++round) {
        Load load(url, 64);
        set_weight(site, 10);
        std::this_thread::sleep_for(100ms);  // before all of the load waits for the canary
        const auto asked = set_weight(site, 0);
        std::this_thread::sleep_for(1'500ms);
        double last = 0;
        const auto answered = load.take();
        for (const Answered& one : answered) {
            if (!one.canary || one.done < asked) continue;
            if (one.sent >= asked) last = std::max(last, ms(one.sent - asked));
            ++under_way;
            completed += one.status == 200;
        }
        zero.push_back(last);
        failed += lost(answered);
    }
    print("abort to the last new request on the canary", zero, 200);
    std::printf("%-48s %zu of %zu; %zu of all requests failed\n", "slow requests under way that completed",
                completed, under_way, failed);
    return 0;
}
