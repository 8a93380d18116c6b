// quarterdeck-site: the laptop's small supervisor. `up` runs a local site until its owner goes, `status` and
// `down` talk to one that runs.

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/stop_signal.hpp"
#include "security/tokens.hpp"
#include "site/control_client.hpp"
#include "site/first_titles.hpp"
#include "site/supervisor.hpp"

namespace {

namespace core = qd::core;
namespace site = qd::site;

constexpr std::uint64_t least_free_bytes = core::disk_reserve_bytes + (64u << 20);  // for the first titles

/// One line of JSON on stdout for each thing that happens, for whoever watches the start.
void print_event(nlohmann::json event) {
    event["at"] = core::format_rfc3339(core::SystemClock().now());
    fmt::print("{}\n", event.dump());
    std::fflush(stdout);
}

std::filesystem::path programs_folder() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

/// endpoints.json names the folder, and JSON is UTF-8.
bool is_utf8(const std::filesystem::path& folder) try {
    (void)nlohmann::json(folder.string()).dump();
    return true;
} catch (const nlohmann::json::exception&) {
    return false;
}

/// A site that ends (its console was killed, say) drains for some seconds more, its endpoints withdrawn: who
/// comes next waits for it. One that is up is told of after half a second.
core::Result<core::LockFile> lock_when_left(const site::Layout& layout, core::StopSignal& stop) {
    constexpr int look_ms = 100, notice_ms = 500, drain_ms = 12'000;
    for (int waited_ms = 0;; waited_ms += look_ms) {
        auto lock = core::LockFile::acquire(layout.lock());
        if (lock || lock.error().code != core::Errc::unavailable || waited_ms >= drain_ms) return lock;
        std::error_code error;
        const bool is_up = std::filesystem::exists(layout.endpoints(), error);
        if ((is_up && waited_ms >= notice_ms) || stop.wait_for(look_ms)) return lock;
    }
}

/// Nothing is started on a folder that cannot hold a site.
core::Result<core::LockFile> claim(const site::Layout& layout, core::StopSignal& stop) {
    if (!is_utf8(layout.data))
        return core::fail(core::Errc::invalid_argument,
                          "the name of the data folder is not UTF-8; choose another");
    if (const auto made = core::make_directories(layout.data); !made) return core::Failure(made.error());
    auto lock = lock_when_left(layout, stop);
    if (!lock) return lock;
    const auto free = core::free_bytes(layout.data);
    if (free && *free < least_free_bytes)
        return core::fail(core::Errc::no_space,
                          "{} has {} MiB free and a site needs {} MiB; make room or choose another folder",
                          layout.data.string(), *free >> 20, least_free_bytes >> 20);
    return lock;
}

core::Result<std::string> make_token(const site::Layout& layout) {
    const auto tokens = qd::security::Tokens::load_or_create(layout.token());
    if (!tokens) return core::Failure(tokens.error());
    auto text = core::read_file(layout.token(), 4096);
    if (text)
        while (!text->empty() && std::isspace(static_cast<unsigned char>(text->back()))) text->pop_back();
    return text;
}

/// What people configured is read before anything starts: opsd says the line and the reason where we would,
/// and a site that cannot page anybody does not come up as if it could. The exit code, 0 when all is well.
core::Result<int> check_settings(const site::SiteOptions& options) {
    const site::Layout layout{options.data};
    if (const auto made = core::make_directories(layout.run()); !made) return core::Failure(made.error());
    if (const auto written = site::write_opsd_config(options, ""); !written)
        return core::Failure(written.error());
    std::string program = (options.programs / "opsd").string(), config = layout.opsd_config().string();
    std::string flags[] = {"--check", "--config"};
    char* const argv[] = {program.data(), flags[0].data(), flags[1].data(), config.data(), nullptr};
    pid_t pid = 0;
    int status = 0;
    if (const int error = ::posix_spawn(&pid, argv[0], nullptr, nullptr, argv, environ); error != 0)
        return core::fail_errno(fmt::format("starting {}", program), error);
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return core::fail_errno("waiting for the check of the configuration", errno);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return core::fail(core::Errc::unavailable, "{} was killed while it read the configuration", program);
}

int up(const site::SiteOptions& options, int lease_fd) {
    core::StopSignal stop(lease_fd);
    const site::Layout layout{options.data};
    const auto lock = claim(layout, stop);
    if (!lock) return core::report("quarterdeck-site", lock.error());
    const auto token = make_token(layout);
    if (!token) return core::report("quarterdeck-site", token.error());
    const auto checked = check_settings(options);
    if (!checked) return core::report("quarterdeck-site", checked.error());
    if (*checked != 0) return *checked;

    site::FirstTitles titles(options, *token, [](const std::string& title, const std::string& state) {
        print_event({{"event", "title"}, {"title", title}, {"state", state}});
    });
    site::SiteEvents events;
    events.on_process = [&](const site::ProcessInfo& process, const std::string& what) {
        print_event(
            {{"event", "process"}, {"instance", process.instance}, {"role", process.role}, {"state", what}});
    };
    events.on_serving = [&](const std::string& gateway) { titles.start(gateway); };
    events.on_ready = [](const site::Endpoints& endpoints) {
        print_event({{"event", "ready"}, {"gateway", endpoints.gateway}, {"opsd", endpoints.opsd}});
        fmt::print(stderr, "The site is up: gateway {}, opsd {}\n", endpoints.gateway, endpoints.opsd);
    };
    site::Supervisor supervisor(options, *token, std::move(events));
    core::StopReason reason = core::StopReason::requested;
    std::thread watcher([&] {
        reason = stop.wait();
        supervisor.stop();
    });
    const auto ran = supervisor.run();
    stop.request();
    watcher.join();
    titles.stop();
    if (!ran) return core::report("quarterdeck-site", ran.error());
    return int(reason == core::StopReason::interrupt ? core::ExitCode::interrupted : core::ExitCode::done);
}

int status(const site::ControlClient& control) {
    const auto processes = control.list();
    if (!processes) return core::report("quarterdeck-site", processes.error());
    for (const site::ProcessInfo& process : *processes)
        fmt::print("{:<12} {:<8} {:<8} {:<12} {:>8}  {:<22} restarts {}\n", process.instance, process.version,
                   process.arm.empty() ? "-" : process.arm, site::to_string(process.state), process.pid,
                   process.address, process.restarts);
    return int(core::ExitCode::done);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Runs the local site: gateway, api, worker, opsd and viewers, watched and restarted."};
    app.require_subcommand(1);
    site::SiteOptions options;
    options.programs = programs_folder();
    std::string config;
    int lease_fd = -1;

    CLI::App* up_command = app.add_subcommand("up", "Bring the site up and stay until ended");
    up_command->footer("DATA/opsd.yaml, where it is there, says what opsd notifies, polls and knows.");
    up_command->add_option("--data", options.data, "The site's folder")->required();
    up_command->add_option("--config", config, "A YAML file with further settings");
    auto* viewers =
        up_command->add_option("--viewers", options.viewers, "Simulated viewers")->check(CLI::Range(0, 2000));
    auto* seed = up_command->add_option("--seed", options.seed, "Seed of what is random in the audience");
    up_command->add_option("--lease-fd", lease_fd, "End when this descriptor's other end closes");
    CLI::App* status_command = app.add_subcommand("status", "Print the processes of a running site");
    status_command->add_option("--data", options.data, "The site's folder")->required();
    CLI::App* down_command = app.add_subcommand("down", "Take a running site down");
    down_command->add_option("--data", options.data, "The site's folder")->required();
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;

    options.data = std::filesystem::absolute(options.data);
    const site::ControlClient control(site::Layout{options.data}.socket());
    if (status_command->parsed()) return status(control);
    if (down_command->parsed()) {
        const auto done = control.down();
        return done ? int(core::ExitCode::done) : core::report("quarterdeck-site", done.error());
    }
    if (!config.empty()) {
        const site::SiteOptions flags = options;
        const auto read = site::read_site_config(config, options);
        if (!read) return core::report("quarterdeck-site", read.error());
        options = *read;
        if (viewers->count() > 0) options.viewers = flags.viewers;
        if (seed->count() > 0) options.seed = flags.seed;
    }
    return up(options, lease_fd);
}
