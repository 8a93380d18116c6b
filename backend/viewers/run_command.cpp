#include "viewers/run_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/shutdown_stack.hpp"
#include "core/stop_signal.hpp"
#include "http/client.hpp"
#include "http/service.hpp"
#include "http/url.hpp"
#include "viewers/admin.hpp"
#include "viewers/picture_probe.hpp"

namespace qd::viewers {
namespace {

void announce(int ready_fd, const std::string& address) {
    if (ready_fd < 0) return;
    const core::UniqueFd fd(ready_fd);
    const std::string line = fmt::format("{{\"address\":\"{}\"}}\n", address);
    // Whoever does not listen any more needs no answer.
    if (::write(fd.get(), line.data(), line.size()) < 0) return;
}

core::Result<std::string> read_token(const std::string& file) {
    auto text = core::read_file(file, 4096);
    if (!text) return text;
    text->erase(std::min(text->find_first_of("\r\n"), text->size()));
    return text;
}

}  // namespace

int run(RunOptions options) {
    core::StopSignal stop(options.lease_fd);
    const auto listen = http::parse_listen(options.listen);
    if (!listen) return core::report("viewers", listen.error());
    const auto gateway = http::Url::parse(options.crowd.gateway);
    if (!gateway) return core::report("viewers", gateway.error());
    options.crowd.gateway = gateway->origin();

    std::optional<security::Tokens> tokens;
    if (!options.token_file.empty()) {
        auto loaded = security::Tokens::load(options.token_file);
        if (!loaded) return core::report("viewers", loaded.error());
        tokens = std::move(*loaded);
        auto secret = read_token(options.token_file);
        if (!secret) return core::report("viewers", secret.error());
        options.crowd.token = std::move(*secret);
    } else if (!options.crowd.forced_arm.empty()) {
        return core::report("viewers",
                            {core::Errc::config, "--arm needs --token-file: forcing an arm takes a token"});
    }

    telemetry::Log log("viewers", options.instance);
    const core::SystemClock clock;
    telemetry::Metrics metrics;
    telemetry::publish_build_info(metrics, "viewers", options.version_label);
    ViewerMetrics viewer_metrics(metrics);
    core::ThreadPool timers(1, "viewers");
    http::Client::Options client_options;
    client_options.max_connections_per_host = 512;
    client_options.user_agent = "quarterdeck-viewers";
    http::Client client(client_options);
    player::HttpTransport transport(client);
    Crowd crowd(transport, timers, clock, viewer_metrics, log, options.crowd);

    http::ServerOptions server_options;
    server_options.host = listen->first;
    server_options.port = listen->second;
    server_options.worker_threads = 1;
    server_options.max_connections = 64;
    http::Server server(server_options);
    const http::ServiceIdentity identity{"viewers", options.version_label, "stable", options.instance};
    http::add_service_endpoints(
        server, metrics, log, identity, [] { return core::Result<>{}; }, "viewers");
    add_admin_routes(server, crowd, tokens);
    if (const auto started = server.start(); !started) return core::report("viewers", started.error());

    // Its own connections: comparing must not take any from the audience.
    http::Client probing;
    PictureProbe pictures(probing, viewer_metrics,
                          {.gateway = options.crowd.gateway, .seed = options.crowd.seed, .wanted = [&crowd] {
                               return crowd.status().playing > 0;
                           }});
    if (options.crowd.forced_arm.empty()) pictures.run();
    crowd.set_count(options.count);
    log.info("listening",
             {{"address", server.address()}, {"viewers", options.count}, {"gateway", options.crowd.gateway}});
    announce(options.ready_fd, server.address());

    core::StopReason reason = core::StopReason::requested;
    bool stopped = false;
    const core::SteadyTime began = clock.steady_now();
    if (options.for_s > 0)
        stopped = stop.wait_for(int(std::min(options.for_s, 2e6) * 1000), &reason);
    else
        reason = stop.wait();
    const CrowdStatus status = crowd.status();
    server.stop(std::chrono::milliseconds(500));
    // Their last words, if the platform is there to hear them.
    crowd.set_count(0);
    for (int i = 0; i < 20 && !crowd.reported(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const nlohmann::json summary{{"sessions", status.sessions},
                                 {"playing", status.playing},
                                 {"ran_s", core::Seconds(clock.steady_now() - began).count()}};
    fmt::print("{}\n", summary.dump());
    std::fflush(stdout);
    if (options.for_s > 0 && !stopped) return int(core::ExitCode::done);
    return int(reason == core::StopReason::interrupt ? core::ExitCode::interrupted : core::ExitCode::done);
}

}  // namespace qd::viewers
