#include "viewers/play_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>

#include "core/files.hpp"
#include "core/stop_signal.hpp"
#include "http/client.hpp"
#include "player/shaped_transport.hpp"
#include "player/simulated_playback.hpp"
#include "viewers/exit_code.hpp"
#include "viewers/play_report.hpp"

namespace qd::viewers {
namespace {

core::Result<player::NetworkTrace> load_trace(const std::string& name) {
    std::error_code error;
    if (name.find('/') == std::string::npos && !std::filesystem::exists(name, error))
        return player::network_trace(name);
    const auto text = core::read_file(name, player::NetworkTrace::max_text_bytes);
    if (!text) return tl::unexpected(text.error());
    auto trace = player::NetworkTrace::parse(std::filesystem::path(name).filename().string(), *text);
    if (!trace) return core::fail_with_context(name, trace.error());
    return trace;
}

core::Result<player::SessionOptions> session_options(const PlayOptions& options, core::Random& random) {
    player::SessionOptions session;
    session.session_id = random.hex(8);
    session.max_height = options.max_height;
    if (options.lock >= 0) session.locked_level = options.lock;
    if (options.at_s >= 0) session.start_at = core::Seconds(options.at_s);
    if (!options.forced_arm.empty()) session.headers.set("X-Quarterdeck-Arm", options.forced_arm);
    if (!options.token_file.empty()) {
        auto token = core::read_file(options.token_file, 4096);
        if (!token) return tl::unexpected(token.error());
        token->erase(std::min(token->find_first_of("\r\n"), token->size()));
        session.headers.set("Authorization", "Bearer " + *token);
    }
    return session;
}

}  // namespace

int play(const PlayOptions& options) {
    core::StopSignal stop;
    const core::SystemClock clock;
    core::SystemRandom random;
    const auto session = session_options(options, random);
    if (!session) return core::report("viewers", session.error());
    std::optional<player::NetworkTrace> trace;
    if (!options.trace.empty()) {
        auto loaded = load_trace(options.trace);
        if (!loaded) return core::report("viewers", loaded.error());
        trace = std::move(*loaded);
    }

    core::ThreadPool timers(1, "viewers");
    http::Client client;
    player::HttpTransport network(client);
    player::ShapedTransport transport(network, timers, clock, random);
    const ReportFormat format = options.json ? ReportFormat::json : ReportFormat::text;
    std::mutex mutex;
    std::optional<core::Error> failure;
    std::optional<player::Qoe> result;
    const auto print = [&](const std::string& line) {
        if (line.empty()) return;
        const std::lock_guard lock(mutex);
        fmt::print("{}\n", line);
        std::fflush(stdout);
    };
    const auto tell = [&](const auto& happened) { print(report_line(happened, format)); };
    player::SimulatedPlayback::Callbacks callbacks;
    callbacks.on_fetch = tell;
    callbacks.on_decision = tell;
    callbacks.on_skipped = tell;
    callbacks.on_stall = tell;
    callbacks.on_notice = tell;
    callbacks.on_started = [&](core::Seconds startup) { print(report_started(startup, format)); };
    callbacks.on_finished = [&](const player::Qoe& qoe, const std::optional<core::Error>& error) {
        {
            const std::lock_guard lock(mutex);
            failure = error;
            result = qoe;
        }
        stop.request();
    };
    print(report_session(options.url, session->session_id, format));
    if (trace) {
        tell(*trace);
        transport.set_trace(std::move(*trace));
    }
    player::SimulatedPlayback viewer(transport, timers, clock, random, std::move(callbacks));
    player::SimulatedOptions how;
    how.watch_for = core::Seconds(std::max(options.for_s, 0.0));
    viewer.start(options.url, *session, how);
    const core::StopReason reason = stop.wait();
    viewer.stop();

    player::Qoe qoe;
    std::optional<core::Error> error;
    {
        const std::lock_guard lock(mutex);
        qoe = result ? *result : viewer.qoe();
        error = failure;
    }
    const bool interrupted = reason == core::StopReason::interrupt;
    if (!error && !qoe.startup && !interrupted)
        error = core::Error{core::Errc::unavailable, "nothing could be played in that time"};
    print(report_line(qoe, error ? &*error : nullptr, format));
    if (error) {
        core::report("viewers", *error);
        return int(exit_code(*error));
    }
    return int(interrupted ? core::ExitCode::interrupted : core::ExitCode::done);
}

}  // namespace qd::viewers
