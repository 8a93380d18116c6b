// From "play" to the first picture handed to the screen, of a real site's title through its gateway
// (bound: 300 ms). Usage: QUARTERDECK_BIN=build/release/bin bench_decode_preview [starts]

#include <QCoreApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <vector>

#include "core/random.hpp"
#include "decode/playback.hpp"
#include "player/transport.hpp"
#include "support/site.hpp"

using namespace qd;
using nlohmann::json;

namespace {

constexpr double bound_ms = 300;

class FirstFrame : public decode::FrameSink {
public:
    void on_frame(decode::VideoFrame) override {
        const std::lock_guard lock(mutex_);
        shown_ = true;
        changed_.notify_all();
    }
    bool wait(std::chrono::seconds limit) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [this] { return shown_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool shown_ = false;
};

std::string ready_title(test::Site& site) {
    const auto list = site.gateway(http::Method::get, "/api/v1/videos");
    if (list.json.is_object())
        for (const json& item : list.json.value("items", json::array()))
            if (item.value("state", "") == "ready") return item.value("id", "");
    return {};
}

double start_ms(const std::string& url) {
    core::SystemClock clock;
    core::SeededRandom random{1};
    core::ThreadPool pool{1, "timers"};
    http::Client client;
    player::HttpTransport transport{client};
    FirstFrame sink;
    decode::Playback playback({transport, pool, clock, random}, sink, nullptr, {}, {});
    playback.set_output_size(1280, 720);
    QElapsedTimer since;
    since.start();
    playback.play(url);
    return sink.wait(std::chrono::seconds(20)) ? double(since.nsecsElapsed()) / 1e6 : -1;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const int starts = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
    test::Site site;
    std::string title;
    if (!site.up() || !test::eventually([&] { return !(title = ready_title(site)).empty(); }, 120'000))
        return 1;
    std::vector<double> all;
    for (int i = 0; i < starts; ++i) {
        const double ms = start_ms(site.endpoints().gateway + "/api/v1/stream/" + title);
        if (ms < 0) return 1;
        all.push_back(ms);
    }
    std::sort(all.begin(), all.end());
    const double median = all[all.size() / 2];
    std::printf(
        "preview, play to first picture: min %.1f ms  median %.1f ms  max %.1f ms  (%.3f of the bound of 300 "
        "ms)\n",
        all.front(), median, all.back(), median / bound_ms);
    return 0;
}
