// Two 1080p25 sides in lockstep, painted at 960x540: CPU beyond the decoding itself, of a core (bound for two
// panes: 30 %), with and without scores; pairs scored, frames dropped. Usage: bench_compare_lockstep [seconds
// of play]

#include <QCoreApplication>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <thread>

#include "backend/decode/title_site.hpp"
#include "compare/decoded_stream.hpp"
#include "compare/lockstep.hpp"

using namespace qd;
using compare::Side;

namespace {

constexpr double bound = 0.30;

double cpu_s() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

struct Services {
    core::SystemClock clock;
    core::SeededRandom random{1};
    core::ThreadPool pool{1, "timers"};
    http::Client client_a, client_b;
    player::HttpTransport transport_a{client_a}, transport_b{client_b};

    operator compare::CompareServices() { return {transport_a, transport_b, pool, clock, random}; }
};

class Painted final : public decode::FrameSink {
public:
    void on_frame(decode::VideoFrame) override { ++count; }
    std::atomic<int> count{0};
};

/// CPU seconds to decode one side, each second of the title; its server's included, as in what it is taken
/// from.
double decoding(const std::string& url) {
    Services services;
    compare::DecodedStream stream(services, Side::a, 2, {});
    compare::SideOptions options;
    options.url = url;
    const double before = cpu_s();
    stream.open(options, 99, core::Seconds(0));
    if (!stream.presentation({})) return -1;
    core::Seconds end{};
    for (;;) {
        const auto next = stream.next({}, std::chrono::seconds(20));
        if (!next || next->state != compare::DecodedStream::State::frame) break;
        end = next->frame.at + next->frame.duration;
    }
    return (cpu_s() - before) / end.count();
}

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication app(argc, argv);
    const double seconds = argc > 1 ? std::clamp(std::atof(argv[1]), 2.0, 60.0) : 8;
    const test::TitleSite site(seconds, 1080);
    const double decode_both = 2 * decoding(site.url());
    std::printf("decoding two sides           %6.1f %% of a core\n", decode_both * 100);
    for (const bool score : {false, true}) {
        Services services;
        Painted a, b;
        compare::LockstepOptions options;
        options.score = score;
        compare::Lockstep lockstep(services, a, b, nullptr, options);
        lockstep.set_output_size(960, 540);
        compare::SideOptions one, two;
        one.url = two.url = site.url();
        const double before = cpu_s();
        const auto began = std::chrono::steady_clock::now();
        lockstep.play(one, two);
        for (int i = 0; i < int(seconds + 10) * 20; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            if (lockstep.snapshot().state == decode::PlaybackState::ended) break;
        }
        const double wall = core::Seconds(std::chrono::steady_clock::now() - began).count();
        const double share = (cpu_s() - before) / wall;
        const auto snapshot = lockstep.snapshot();
        const auto dropped = [](const player::Qoe& qoe) {
            return qoe.frames_dropped_early + qoe.frames_dropped_late;
        };
        std::printf("%-28s %6.1f %% of a core, %.1f %% beyond the decoding (%.2f of the bound)\n",
                    score ? "lockstep with scores" : "lockstep without scores", share * 100,
                    (share - decode_both) * 100, (share - decode_both) / bound);
        std::printf("  shown %d and %d, dropped %llu and %llu, pairs scored %llu, skipped %llu\n",
                    a.count.load(), b.count.load(), (unsigned long long)dropped(snapshot.side.a.qoe),
                    (unsigned long long)dropped(snapshot.side.b.qoe),
                    (unsigned long long)snapshot.pairs_scored, (unsigned long long)snapshot.pairs_skipped);
        if (score) std::printf("  %s\n", lockstep.verdict().text.c_str());
    }
    return 0;
}
