#include "opsd/slo_command.hpp"

#include <cerrno>
#include <cstdio>
#include <set>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "opsd/slo_replay_command.hpp"
#include "slo/interchange/duration.hpp"
#include "slo/interchange/grafana.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/prometheus.hpp"
#include "slo/interchange/read.hpp"

namespace qd::opsd {
namespace {

using slo::interchange::prometheus_duration;

constexpr std::string_view openslo_format = "openslo", rules_format = "prometheus",
                           tests_format = "prometheus-tests", grafana_format = "grafana";

std::string window_text(const slo::Objective& objective) {
    if (!objective.calendar) return prometheus_duration(objective.window_s);
    return fmt::format("a calendar {} in {}", slo::to_string(objective.calendar->period),
                       objective.calendar->time_zone);
}

std::string shown(const slo::interchange::Held& held) {
    const slo::Objective& objective = held.objective;
    std::string text = fmt::format("{}: {}: {:.12g} % over {}, {}: {}; rows", held.place, objective.id.value,
                                   objective.target * 100, window_text(objective),
                                   slo::kind_of(objective.indicator), slo::definition_of(objective));
    for (const slo::BurnRow& row : objective.rows)
        text += fmt::format(" {}&{} {}", prometheus_duration(row.short_s), prometheus_duration(row.long_s),
                            row.outage ? "outage" : fmt::format("x{:.12g}", row.factor));
    if (objective.absent)
        text += fmt::format("; absent after {}", prometheus_duration(objective.absent->after_s));
    if (objective.policy.freeze_rollouts) text += "; a spent budget freezes rollouts";
    return text;
}

int check_files(const std::vector<std::string>& files) {
    core::ExitCode code = core::ExitCode::done;
    for (const std::string& file : files) {
        const auto reading = slo::interchange::read_definitions(file);
        if (!reading) {
            fmt::print(stderr, "{}\n", reading.error().message);
            code = core::ExitCode::bad_data;
            continue;
        }
        for (const std::string& note : reading->notes) fmt::print(stderr, "{}\n", note);
        for (const slo::interchange::Held& held : reading->objectives) fmt::print("{}\n", shown(held));
    }
    return int(code);
}

core::Result<std::vector<slo::Objective>> read_all(const std::vector<std::string>& files) {
    std::vector<slo::Objective> objectives;
    std::set<std::string> ids;
    for (const std::string& file : files) {
        auto reading = slo::interchange::read_definitions(file);
        // A file that is handed over is data, and no configuration of this program.
        if (!reading) return core::fail(core::Errc::invalid_argument, "{}", reading.error().message);
        for (const std::string& note : reading->notes) fmt::print(stderr, "{}\n", note);
        for (slo::interchange::Held& held : reading->objectives) {
            if (!ids.insert(held.objective.id.value).second)
                return core::fail(core::Errc::invalid_argument, "{}: '{}' is in another file too", held.place,
                                  held.objective.id.value);
            objectives.push_back(std::move(held.objective));
        }
    }
    return objectives;
}

core::Result<std::string> converted(const std::vector<slo::Objective>& objectives, std::string_view format,
                                    const std::string& rules_file) {
    if (format == openslo_format) return slo::interchange::write_openslo(objectives);
    if (format == rules_format) return slo::interchange::write_prometheus_rules(objectives);
    if (format == tests_format) return slo::interchange::write_prometheus_tests(objectives, rules_file);
    return slo::interchange::write_grafana_dashboard(objectives);
}

core::Result<> put(const std::string& text, const std::string& to) {
    if (!to.empty()) return core::write_file_atomically(to, text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::fail_errno("writing to standard output", errno);
    return {};
}

}  // namespace

int slo_command(int argc, char** argv) {
    std::vector<std::string> files;
    std::string format, output, rules_file = "slo-rules.yaml";
    ReplayOrder order{.from = {}, .to = "now", .data = default_site_folder()};
    CLI::App app{"opsd slo: SLO definitions checked, converted and replayed (our own, OpenSLO v1, Pyrra)."};
    app.name("opsd slo");
    app.require_subcommand(1);
    CLI::App* check = app.add_subcommand("check", "Say what files hold, or file, line and reason");
    check->add_option("FILE", files, "Files to read")->required();
    CLI::App* convert = app.add_subcommand("export", "Write the same objectives in another format");
    convert->add_option("FILE", files, "Files to read")->required();
    convert->add_option("--to", format, "prometheus (rules), grafana, openslo or prometheus-tests")
        ->required()
        ->check(CLI::IsMember(std::set<std::string>{std::string(openslo_format), std::string(rules_format),
                                                    std::string(tests_format), std::string(grafana_format)}));
    convert->add_option("--output", output, "File to write; standard output without it");
    convert->add_option("--rules", rules_file, "prometheus-tests: the rules file that they test")
        ->capture_default_str();
    CLI::App* replay = app.add_subcommand("replay", "Say which alerts would have fired, as JSON");
    replay->add_option("FILE", files, "Files to read")->required();
    replay->add_option("--from", order.from, "RFC 3339, or back from now: -2h")->required();
    replay->add_option("--to", order.to, "The same")->capture_default_str();
    replay->add_option("--data", order.data, "Folder of the site whose counters are read")
        ->capture_default_str();
    replay->add_option("--points", order.points, "Of the budget's curve")->capture_default_str();
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;
    if (check->parsed()) return check_files(files);

    const auto objectives = read_all(files);
    if (!objectives) return core::report("opsd slo", objectives.error());
    if (replay->parsed()) {
        const auto replayed = replay_text(*objectives, order, core::SystemClock().now());
        if (!replayed) return core::report("opsd slo", replayed.error());
        const auto said = put(*replayed, {});
        return said ? int(core::ExitCode::done) : core::report("opsd slo", said.error());
    }
    const auto text = converted(*objectives, format, rules_file);
    if (!text) return core::report("opsd slo", text.error());
    if (const auto written = put(*text, output); !written) return core::report("opsd slo", written.error());
    return int(core::ExitCode::done);
}

}  // namespace qd::opsd
