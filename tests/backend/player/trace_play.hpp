#pragma once
// One viewer of one title over a network trace, in virtual time, and the best that could have been done.

#include <memory>
#include <optional>

#include "backend/player/fake_network.hpp"
#include "player/shaped_transport.hpp"
#include "player/simulated_playback.hpp"
#include "support/offline_optimum.hpp"

namespace qd::test {

struct TraceTitle {
    std::vector<std::int64_t> level_bps{300'000, 1'200'000, 3'000'000, 6'000'000};
    std::size_t segments = 150;
    double segment_s = 2;
    /// Sizes as parts of the declared bandwidth, drawn evenly between the two with the seed.
    double least_fill = 1, most_fill = 1;
    std::uint64_t seed = 1;
};

struct TracePlay {
    player::Qoe qoe;
    std::vector<player::AbrDecision> decisions;
    std::optional<double> optimum_bps,
        unbounded_optimum_bps;  // with the player's buffer; with an endless one
    double ratio() const { return optimum_bps ? qoe.average_bps().value_or(0) / *optimum_bps : 0; }
};

inline std::vector<std::vector<double>> segment_bits(const TraceTitle& title) {
    core::SeededRandom random(title.seed + 77);
    std::vector<std::vector<double>> bits(title.level_bps.size());
    for (std::size_t i = 0; i < title.segments; ++i) {
        // What makes a scene large makes it large in every level.
        const double fill = title.least_fill + (title.most_fill - title.least_fill) * random.uniform();
        for (std::size_t level = 0; level < bits.size(); ++level)
            bits[level].push_back(8 *
                                  std::floor(double(title.level_bps[level]) * title.segment_s * fill / 8));
    }
    return bits;
}

inline TracePlay play_trace(const player::NetworkTrace& trace, const TraceTitle& title) {
    const auto bits = segment_bits(title);
    ManualExecutor executor;
    FakeClock clock;
    core::SeededRandom random(title.seed);
    FakeNetwork network(executor, clock);
    network.handler = [&](const http::ClientRequest& request) {
        FakeAnswer answer;
        answer.latency = std::chrono::milliseconds(0);
        answer.bps = 1e15;
        int level = 0, segment = 0;
        if (std::sscanf(request.url.c_str(), "http://t/%d/%d.ts", &level, &segment) == 2) {
            answer.body.assign(std::size_t(bits[std::size_t(level)][std::size_t(segment)] / 8), 'x');
        } else if (std::sscanf(request.url.c_str(), "http://t/%d.m3u8", &level) == 1) {
            answer.body = "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-TARGETDURATION:" +
                          std::to_string(int(std::ceil(title.segment_s))) + "\n";
            for (std::size_t i = 0; i < title.segments; ++i)
                answer.body += "#EXTINF:" + std::to_string(title.segment_s) + ",\n" + std::to_string(level) +
                               "/" + std::to_string(i) + ".ts\n";
            answer.body += "#EXT-X-ENDLIST\n";
        } else {
            answer.body = "#EXTM3U\n";
            for (std::size_t i = 0; i < title.level_bps.size(); ++i)
                answer.body += "#EXT-X-STREAM-INF:BANDWIDTH=" + std::to_string(title.level_bps[i]) + "\n" +
                               std::to_string(i) + ".m3u8\n";
        }
        return answer;
    };
    player::ShapedTransport shaped(network, executor, clock, random);
    TracePlay result;
    bool over = false;
    std::optional<core::WallTime> first_request;
    player::SimulatedPlayback::Callbacks callbacks;
    callbacks.on_fetch = [&](const player::FetchRecord& record) {
        if (record.kind == player::FetchKind::segment && !first_request) first_request = record.at;
    };
    callbacks.on_decision = [&](const player::AbrDecision& decision) {
        result.decisions.push_back(decision);
    };
    callbacks.on_finished = [&](const player::Qoe&, const std::optional<core::Error>&) { over = true; };
    player::SimulatedPlayback viewer(shaped, executor, clock, random, std::move(callbacks));
    const core::WallTime began = clock.now();
    shaped.set_trace(trace);
    viewer.start("http://t/master.m3u8", {});
    const double limit_s = 4 * title.segment_s * double(title.segments);
    for (double passed = 0; !over && passed < limit_s; passed += 0.1)
        network.run_for(std::chrono::milliseconds(100));
    viewer.stop();
    result.qoe = viewer.qoe();

    OptimumTask task;
    task.level_bps = title.level_bps;
    task.segment_bits = bits;
    task.segment_s = title.segment_s;
    task.first_request_s = core::Seconds(first_request.value_or(began) - began).count();
    task.start_s = result.qoe.startup.value_or(core::Seconds(0)).count();
    task.grace_s = 0.02;  // virtual time goes in steps of 5 ms
    result.optimum_bps = offline_optimum(trace, task);
    task.buffer_goal_s = std::numeric_limits<double>::infinity();
    result.unbounded_optimum_bps = offline_optimum(trace, task);
    return result;
}

}  // namespace qd::test
