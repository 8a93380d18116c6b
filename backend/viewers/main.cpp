// viewers: simulated viewers of a site. See --help.

#include <string>

#include "core/command_line.hpp"
#include "viewers/compare_command.hpp"
#include "viewers/play_command.hpp"
#include "viewers/run_command.hpp"

int main(int argc, char** argv) {
    using namespace qd;
    CLI::App app{"viewers: plays HLS as viewers do, and reports what they would have seen."};
    app.require_subcommand(1);

    viewers::RunOptions run;
    run.version_label = std::string(core::version());
    CLI::App* run_command = app.add_subcommand("run", "An audience of --count viewers, until stopped");
    run_command->add_option("--gateway", run.crowd.gateway, "Base URL of the site")->required();
    run_command->add_option("--count", run.count, "Viewers")
        ->check(CLI::Range(std::size_t(0), viewers::max_viewers));
    run_command->add_option("--for", run.for_s, "Stop after so many seconds")
        ->check(core::seconds_from(0.001));
    run_command->add_option("--seed", run.crowd.seed, "Of what they choose and how long they stay");
    run_command->add_option("--arm", run.crowd.forced_arm, "Force this arm (needs --token-file)")
        ->check(CLI::IsMember({"stable", "canary"}));
    run_command
        ->add_option("--max-height", run.crowd.max_height, "Highest picture they choose, in lines; 0: any")
        ->check(CLI::Range(0, 8192))
        ->capture_default_str();
    run_command->add_option("--token-file", run.token_file, "The site's bearer token");
    run_command
        ->add_option("--listen", run.listen, "HOST:PORT for metrics and /-/count; port 0: any free one")
        ->capture_default_str();
    run_command->add_option("--instance", run.instance, "Name in logs and metrics")->capture_default_str();
    run_command->add_option("--version-label", run.version_label, "Version in logs and metrics");
    run_command->add_option("--lease-fd", run.lease_fd, "Stop when this descriptor reaches its end");
    run_command->add_option("--ready-fd", run.ready_fd, "Write {\"address\":…} here once ready");

    viewers::PlayOptions play;
    CLI::App* play_command =
        app.add_subcommand("play", "Plays one HLS address at its pace and tells how it went");
    play_command->add_option("URL", play.url, "Multivariant or media playlist")->required();
    play_command->add_flag("--json", play.json, "A JSON object a line");
    play_command->footer(
        "Exit codes: 0 played, 65 no playable HLS, 69 not there or out of reach, 130 interrupted.");
    play_command->add_option("--for", play.for_s, "Leave after so many seconds")
        ->check(core::seconds_from(0.001));
    play_command->add_option("--arm", play.forced_arm, "Force this arm (needs --token-file)")
        ->check(CLI::IsMember({"stable", "canary"}));
    play_command->add_option("--token-file", play.token_file,
                             "Bearer token, sent to the URL's own host only");
    play_command->add_option("--at", play.at_s, "Begin so many seconds into the title; live: of the window")
        ->check(core::seconds_from(0));
    play_command->add_option("--lock", play.lock, "Play this level only, counted from 0 by bandwidth")
        ->check(CLI::Range(0, 63));
    play_command->add_option("--trace", play.trace,
                             "Shape the network: a file of lines 'seconds kbit/s [latency_ms [loss]]', "
                             "repeated at its end, or a name "
                             "(an unknown one lists them)");
    play_command->add_option("--max-height", play.max_height, "Highest picture to choose, in lines; 0: any")
        ->check(CLI::Range(0, 8192));

    viewers::CompareOptions compare;
    viewers::add_compare_command(app, compare);

    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;
    if (run_command->parsed()) return viewers::run(std::move(run));
    return play_command->parsed() ? viewers::play(play) : viewers::compare(compare);
}
