#include "app/shell/options.hpp"

#include <cstdlib>

#include "app/shell/deep_link.hpp"
#include "core/command_line.hpp"
#include "http/message.hpp"

namespace qd::app {
namespace {

std::filesystem::path xdgFolder(const char* variable, const char* fallback) {
    const char* value = std::getenv(variable);
    // The base directory specification: a path that is not absolute is ignored.
    if (value && value[0] == '/') return std::filesystem::path(value) / "quarterdeck";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && home[0] ? home : "/tmp") / fallback / "quarterdeck";
}

/// Which site a document comes from, in which format, and where it goes.
void addDocumentOptions(CLI::App& command, ExportOptions& exported) {
    command.add_option("--format", exported.format, "pdf, md, html or json")
        ->check(CLI::IsMember({"pdf", "md", "html", "json"}))
        ->required();
    command.add_option("--to", exported.to, "The file to write")->required();
    auto* from = command.add_option("--connect", exported.connectUrl, "URL of the opsd");
    command.add_option("--token-file", exported.tokenFile, "File with the bearer token")->needs(from);
    command.add_option("--data", exported.dataDir, "The running site's folder")->excludes(from);
}

}  // namespace

std::filesystem::path defaultDataDir() {
    return xdgFolder("XDG_DATA_HOME", ".local/share") / "site";
}
std::filesystem::path configDir() {
    return xdgFolder("XDG_CONFIG_HOME", ".config");
}
std::filesystem::path stateDir() {
    return xdgFolder("XDG_STATE_HOME", ".local/state");
}

CommandLine parseCommandLine(int argc, char** argv) {
    LaunchOptions launch;
    ExportOptions exported;
    launch.dataDir = exported.dataDir = defaultDataDir();

    CLI::App cli("The console of a video streaming site: its health, incidents, rollouts and titles.",
                 "quarterdeck");
    auto* connect = cli.add_option("--connect", launch.connectUrl, "Attach to the opsd at this URL");
    cli.add_option("--token-file", launch.tokenFile, "File with the bearer token for --connect")
        ->needs(connect);
    cli.add_option("--data", launch.dataDir, "Bring up (or find) the local site in this folder")
        ->excludes(connect);
    cli.add_option("--tour", launch.tourDir,
                   "Play the demo story on a fresh site; screenshots and transcript go here");
    cli.add_option("--open,LINK", launch.open,
                   "Show this, in the window that has the site open if there is one: incident/ID, slo/ID, "
                   "rollout/ID, postmortem/ID or runbook/ID, also as quarterdeck://incident/ID")
        ->check([](const std::string& text) {
            const auto link = parseDeepLink(QString::fromStdString(text));
            return link ? std::string() : link.error().message;
        });
    cli.add_option("--viewers", launch.viewers, "Simulated viewers of a local site")
        ->check(CLI::Range(0, 100'000));
    auto* page = cli.add_option("--page", launch.page, "Show this page")
                     ->check(CLI::IsMember({"overview", "slos", "incidents", "rollouts", "preview", "catalog",
                                            "postmortems", "dashboards", "alerts", "oncall", "learning", "flags"}));
    cli.add_option("--screenshot", launch.screenshot, "Save the page as PNG once it has data, and end")
        ->needs(page);
    cli.add_option("--theme", launch.theme, "dark or light")->check(CLI::IsMember({"dark", "light"}));

    cli.add_flag("--check-display", launch.checkDisplay,
                 "End at once: 0 when a window could open, otherwise not 0");

    auto* exporting = cli.add_subcommand("export", "Write a document without a window");
    exporting->require_subcommand(1);
    std::string incident, templateName, month, timeZone = "UTC";
    auto* postmortem = exporting->add_subcommand("postmortem", "The post-mortem of an incident");
    postmortem->add_option("ID", incident, "The incident's id")->required();
    postmortem->add_option("--template", templateName,
                           "As this template has it; without it as it is written");
    addDocumentOptions(*postmortem, exported);
    auto* report = exporting->add_subcommand("slo-report", "How the objectives were met in a month");
    report->add_option("--month", month, "As 2026-11; without it the present one");
    report->add_option("--time-zone", timeZone, "In which the month begins, as Europe/Berlin");
    addDocumentOptions(*report, exported);

    if (const auto code = core::parse_command_line(cli, argc, argv)) return *code;
    if (postmortem->parsed())
        exported.path = "/api/v1/incidents/" + http::percent_encode(incident) + "/postmortem?";
    if (!templateName.empty()) exported.path += "template=" + http::percent_encode(templateName) + "&";
    if (report->parsed()) {
        exported.path = "/api/v1/reports/slo?time_zone=" + http::percent_encode(timeZone) + "&";
        if (!month.empty()) exported.path += "month=" + http::percent_encode(month) + "&";
    }
    if (!exported.path.empty()) return exported;
    return launch;
}

}  // namespace qd::app
