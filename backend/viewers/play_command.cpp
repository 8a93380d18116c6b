#include "viewers/play_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/exit_code.hpp"
#include "core/files.hpp"
#include "core/stop_signal.hpp"
#include "http/client.hpp"
#include "player/simulated_playback.hpp"

namespace qd::viewers {
namespace {

using nlohmann::json;

double ms(std::chrono::microseconds us) {
    return double(us.count()) / 1000;
}

json to_json(const player::FetchRecord& record) {
    json line{{"type", "fetch"},
              {"kind", player::to_string(record.kind)},
              {"url", record.url},
              {"level", record.level},
              {"attempt", record.attempt},
              {"status", record.status},
              {"bytes", record.bytes},
              {"elapsed_ms", ms(record.elapsed)},
              {"dns_ms", ms(record.timings.dns)},
              {"connect_ms", ms(record.timings.connect)},
              {"tls_ms", ms(record.timings.tls)},
              {"first_byte_ms", ms(record.timings.first_byte)},
              {"total_ms", ms(record.timings.total)},
              {"reused_connection", record.timings.reused_connection},
              {"arm", record.served_by.arm},
              {"version", record.served_by.version},
              {"instance", record.served_by.instance},
              {"cache", record.cache},
              {"request_id", record.request_id},
              {"trace_id", record.trace_id},
              {"abandoned", record.abandoned},
              {"error", nullptr}};
    if (record.kind == player::FetchKind::segment) {
        line["sequence"] = record.sequence;
        line["start_s"] = record.media_start.count();
        line["duration_s"] = record.media_duration.count();
    }
    if (record.error)
        line["error"] = {{"kind", player::error_kind(record)}, {"message", record.error->message}};
    return line;
}

std::string to_text(const player::FetchRecord& record) {
    std::string line =
        fmt::format("{:8.1f} ms  {:<12} {:>3}  {:>9} B  ttfb {:6.1f} ms  {:<7} {:<6} {}", ms(record.elapsed),
                    player::to_string(record.kind), record.status, record.bytes,
                    ms(record.timings.first_byte), record.served_by.arm, record.cache, record.url);
    if (record.attempt > 1) line += fmt::format("  attempt {}", record.attempt);
    if (record.abandoned) line += "  abandoned";
    if (record.error) line += fmt::format("  FAILED: {}", record.error->message);
    return line;
}

json to_json(const player::Qoe& qoe) {
    const auto optional = [](const auto& value) { return value ? json(*value) : json(nullptr); };
    return {{"type", "qoe"},
            {"outcome", player::to_string(qoe.outcome)},
            {"startup_s", qoe.startup ? json(qoe.startup->count()) : json(nullptr)},
            {"watched_s", qoe.watched.count()},
            {"media_played_s", qoe.media_played.count()},
            {"stalls", qoe.stalls},
            {"stalled_s", qoe.stalled.count()},
            {"stalled_ratio", optional(qoe.stalled_ratio())},
            {"average_bps", optional(qoe.average_bps())},
            {"switches", qoe.switches()},
            {"errors", qoe.errors},
            {"errors_by_kind", qoe.errors_by_kind},
            {"skipped_segments", qoe.skipped_segments},
            {"abandoned_segments", qoe.abandoned_segments},
            {"bytes", qoe.bytes}};
}

std::string to_text(const player::Qoe& qoe) {
    std::string text = fmt::format("outcome {}\n", player::to_string(qoe.outcome));
    text += qoe.startup ? fmt::format("start-up {:.0f} ms\n", qoe.startup->count() * 1000)
                        : std::string("never started\n");
    text += fmt::format("watched {:.2f} s, of the media {:.2f} s\n", qoe.watched.count(),
                        qoe.media_played.count());
    text += fmt::format("stalls {}, {:.2f} s", qoe.stalls, qoe.stalled.count());
    if (const auto ratio = qoe.stalled_ratio())
        text += fmt::format(" ({:.2f} % of the time watched)", *ratio * 100);
    if (const auto bps = qoe.average_bps())
        text += fmt::format("\naverage {:.0f} kbit/s, {} switches", *bps / 1000, qoe.switches());
    text += fmt::format("\nerrors {}, segments skipped {}, {} bytes\n", qoe.errors, qoe.skipped_segments,
                        qoe.bytes);
    return text;
}

}  // namespace

int play(const PlayOptions& options) {
    core::StopSignal stop;
    player::SessionOptions session;
    session.max_height = options.max_height;
    if (options.level >= 0) session.locked_level = options.level;
    if (!options.forced_arm.empty()) session.headers.set("X-Quarterdeck-Arm", options.forced_arm);
    if (!options.token_file.empty()) {
        auto token = core::read_file(options.token_file, 4096);
        if (!token) return core::report("viewers", token.error());
        token->erase(std::min(token->find_first_of("\r\n"), token->size()));
        session.headers.set("Authorization", "Bearer " + *token);
    }

    const core::SystemClock clock;
    core::SystemRandom random;
    core::ThreadPool timers(1, "viewers");
    http::Client client;
    player::HttpTransport transport(client);
    std::mutex mutex;
    std::optional<core::Error> failure;
    std::optional<player::Qoe> result;
    const auto print = [&](const std::string& line) {
        const std::lock_guard lock(mutex);
        fmt::print("{}\n", line);
        std::fflush(stdout);
    };
    player::SimulatedPlayback::Callbacks callbacks;
    callbacks.on_fetch = [&](const player::FetchRecord& record) {
        print(options.json ? to_json(record).dump() : to_text(record));
    };
    callbacks.on_decision = [&](const player::AbrDecision& decision) {
        if (!decision.changes_level()) return;
        if (options.json)
            print(json{{"type", "level"},
                       {"level", decision.level},
                       {"from", decision.inputs.current},
                       {"reason", player::to_string(decision.reason)},
                       {"estimate_bps", decision.inputs.estimate_bps},
                       {"buffered_s", decision.inputs.buffered.count()}}
                      .dump());
        else
            print(fmt::format("level {} -> {} ({}): {:.0f} kbit/s, {:.1f} s buffered",
                              decision.inputs.current, decision.level, player::to_string(decision.reason),
                              decision.inputs.estimate_bps / 1000, decision.inputs.buffered.count()));
    };
    callbacks.on_skipped = [&](const player::SkippedSegment& skipped) {
        if (options.json)
            print(
                json{{"type", "skipped"}, {"sequence", skipped.sequence}, {"reason", skipped.reason}}.dump());
        else
            print(fmt::format("segment {} skipped: {}", skipped.sequence, skipped.reason));
    };
    callbacks.on_finished = [&](const player::Qoe& qoe, const std::optional<core::Error>& error) {
        {
            const std::lock_guard lock(mutex);
            failure = error;
            result = qoe;
        }
        stop.request();
    };
    player::SimulatedPlayback viewer(transport, timers, clock, random, std::move(callbacks));
    player::SimulatedOptions how;
    how.watch_for = core::Seconds(std::max(options.for_s, 0.0));
    viewer.start(options.url, std::move(session), how);
    const core::StopReason reason = stop.wait();
    viewer.stop();
    const std::lock_guard lock(mutex);
    if (!result) result = viewer.qoe();
    fmt::print("{}\n", options.json ? to_json(*result).dump() : to_text(*result));
    std::fflush(stdout);
    if (failure) return core::report("viewers", *failure);
    if (!result->startup && reason != core::StopReason::interrupt)
        return core::report("viewers", {core::Errc::unavailable, "nothing could be played"});
    return int(reason == core::StopReason::interrupt ? core::ExitCode::interrupted : core::ExitCode::done);
}

}  // namespace qd::viewers
