// Our half of gateway_vs_nginx.sh: the gateway with a warm edge cache in front of an origin in the same
// process. Usage: bench_gateway_peer FOLDER THREADS, where FOLDER holds 2m.mp4 and 1k.mp4. Prints the
// gateway's base URL once the cache is warm, and ends when its standard input does.

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "core/exit_code.hpp"
#include "gateway/gateway.hpp"
#include "http/client.hpp"

using namespace qd;

namespace {

/// The origin: the same files, as an api would serve them. It is asked once for each.
core::Result<> start_origin(http::Server& origin, const std::filesystem::path& folder) {
    origin.route(http::Method::get, "/-/ready", [](http::Request&&, http::Responder&& responder) {
        responder.send(http::Response::empty(200));
    });
    origin.route_blocking(http::Method::get, "/media/{name}", [folder](const http::Request& request) {
        auto bytes = core::read_file(folder / request.capture("name"));
        if (!bytes) return http::problem(bytes.error(), request.request_id);
        http::Response response = http::Response::text(200, std::move(*bytes), "video/mp4");
        response.headers.add("Cache-Control", "public, max-age=3600");
        response.headers.add("ETag", "\"1\"");
        return response;
    });
    return origin.start();
}

/// Two requests each: the first fills the cache, the second must find it there.
core::Result<> warm(const std::string& base) {
    http::Client client;
    for (const char* name : {"/media/2m.mp4", "/media/1k.mp4"}) {
        std::string result;
        for (int i = 0; i < 2; ++i) {
            http::ClientRequest request;
            request.url = base + name;
            auto answer = http::expect_success(client.fetch(std::move(request)));
            if (!answer) return tl::unexpected(answer.error());
            result = answer->headers.get("X-Cache");
        }
        if (result != "HIT") return core::fail(core::Errc::internal, "{} is not cached: {}", name, result);
    }
    return {};
}

core::Result<> run(const std::filesystem::path& folder, unsigned threads) {
    core::SystemClock clock;
    core::SystemRandom random;
    telemetry::Metrics metrics;
    telemetry::Log log("gateway", "bench", (folder / "access.log").string());
    http::Server origin({});
    if (auto started = start_origin(origin, folder); !started) return started;

    gateway::Options options;
    options.server.io_threads = threads;
    options.cache.folder = folder / "cache";
    gateway::Gateway gateway(std::move(options), {clock, random, metrics, log});
    if (auto started = gateway.start(); !started) return started;
    if (auto set = gateway.set_upstreams({{gateway::Arm::stable, "api-1", "v1", origin.address()}}); !set)
        return set;
    const std::string base = "http://" + gateway.address();
    if (auto warmed = warm(base); !warmed) return warmed;
    std::printf("%s\n", base.c_str());
    std::fflush(stdout);
    char ignored = 0;
    while (::read(STDIN_FILENO, &ignored, 1) > 0) {
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s FOLDER THREADS\n", argv[0]);
        return int(core::ExitCode::usage);
    }
    std::signal(SIGPIPE, SIG_IGN);  // as every service does: clients of a load test leave in the middle
    const auto done = run(argv[1], unsigned(std::max(1, std::atoi(argv[2]))));
    return done ? 0 : core::report("bench_gateway_peer", done.error());
}
