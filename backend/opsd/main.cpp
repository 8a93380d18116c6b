// opsd: the control plane of a site. See --help.

#include <unistd.h>

#include <iostream>

#include "core/command_line.hpp"
#include "core/stop_signal.hpp"
#include "opsd/flag_command.hpp"
#include "opsd/incident_command.hpp"
#include "opsd/judge_command.hpp"
#include "opsd/logs_command.hpp"
#include "opsd/oncall_command.hpp"
#include "opsd/opsd.hpp"
#include "opsd/postmortem_command.hpp"
#include "opsd/rollout_command.hpp"
#include "opsd/router_check.hpp"
#include "opsd/slo_command.hpp"

namespace {

using namespace qd;

/// Tells whoever started us where we listen (one line of JSON, then the end of the file).
void announce(int ready_fd, const std::string& address) {
    if (ready_fd < 0) return;
    const core::UniqueFd fd(ready_fd);
    const std::string line = "{\"address\":\"" + address + "\"}\n";
    // Whoever does not listen any more needs no answer.
    if (::write(fd.get(), line.data(), line.size()) < 0) return;
}

}  // namespace

int main(int argc, char** argv) {
    // Before the options of the server, one of which is required.
    if (argc > 1 && std::string_view(argv[1]) == "slo") return opsd::slo_command(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "incident")
        return opsd::incident_command(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "oncall") return opsd::oncall_command(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "postmortem")
        return opsd::postmortem_command(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "judge") return opsd::judge_command(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "logs") return opsd::logs_command(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "flag") return opsd::flag_command(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "rollout") return opsd::rollout_command(argc - 1, argv + 1);
    std::string config, listen, instance = "opsd-1", version_label = std::string(core::version());
    int lease_fd = -1, ready_fd = -1;
    bool check = false;
    CLI::App app{"opsd: SLOs, alerts, incidents and rollouts of a site, over HTTP."};
    app.footer(
        "opsd slo --help: SLO definitions checked, converted and replayed.\n"
        "opsd incident --help: incidents listed, shown and verified.\n"
        "opsd oncall --help: rotas checked, and who is on call.\n"
        "opsd postmortem --help: post-mortems written out and checked.\n"
        "opsd judge --help: samples of a control and an experiment judged.\n"
        "opsd logs --help: what the processes of a site wrote about one request.\n"
        "opsd flag --help: feature flags of a running opsd looked at and changed.\n"
        "opsd rollout --help: rollouts of a running opsd looked at and steered.");
    app.add_option("--config", config, "Configuration (YAML)")->required();
    app.add_flag("--check", check,
                 "Only say what is wrong with the configuration, and what its routers and cluster let us do");
    app.add_option("--listen", listen, "HOST:PORT, instead of the configuration's; port 0: any free one");
    app.add_option("--instance", instance, "Name in logs and metrics")->capture_default_str();
    app.add_option("--version-label", version_label, "Version in logs and metrics");
    app.add_option("--lease-fd", lease_fd, "Stop when this descriptor reaches its end");
    app.add_option("--ready-fd", ready_fd, "Write {\"address\":…} here once ready");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;

    core::StopSignal stop(lease_fd);
    auto options = opsd::load_options(config);
    if (!options) return core::report("opsd", options.error());
    const core::SystemClock clock;
    if (check) return int(opsd::check_drivers(*options, clock, std::cout));
    if (!listen.empty()) options->listen = listen;
    options->instance = instance;
    options->version_label = version_label;

    telemetry::Log log("opsd", instance);
    auto opsd = opsd::Opsd::start(std::move(*options), clock, log);
    if (!opsd) return core::report("opsd", opsd.error());
    log.info("listening", {{"address", (*opsd)->address()}});
    announce(ready_fd, (*opsd)->address());
    const core::StopReason reason = stop.wait();
    log.info("stopping", {{"reason", reason == core::StopReason::owner_gone ? "owner gone" : "asked to"}});
    opsd->reset();
    return int(reason == core::StopReason::interrupt ? core::ExitCode::interrupted : core::ExitCode::done);
}
