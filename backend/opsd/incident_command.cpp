#include "opsd/incident_command.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/command_line.hpp"
#include "core/json_fields.hpp"
#include "incidents/clocks.hpp"
#include "incidents/codec.hpp"
#include "incidents/engine/journal_check.hpp"
#include "incidents/projection.hpp"
#include "incidents/requests.hpp"
#include "opsd/slo_replay_command.hpp"

namespace qd::opsd {
namespace {

using core::Result;
using incidents::Incident;
using incidents::IncidentId;

Result<> say(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::fail_errno("writing to standard output", errno);
    return {};
}

Result<std::unique_ptr<const storage::EventLog>> open_journal(const std::string& data) {
    return storage::open_event_log_to_read(std::filesystem::path(data) / "db" / "journal.sqlite");
}

std::string line_of(const Incident& incident) {
    return fmt::format("{:<8} {} {:<13} {} {}{}\n", incident.id.value, to_string(incident.severity),
                       to_string(incident.state), core::format_rfc3339(incident.detected_at), incident.title,
                       incident.service.empty() ? "" : " (" + incident.service + ")");
}

Result<> list(const std::string& data, bool open_only, bool as_json) {
    const auto log = open_journal(data);
    if (!log) return core::Failure(log.error());
    auto replayed = incidents::replay_all(incidents::Journal(**log));
    if (!replayed) return core::Failure(replayed.error());
    std::vector<Incident> shown;
    std::string broken;
    for (auto& [id, incident] : *replayed) {
        if (!incident)
            broken += fmt::format("{}{}: {}", broken.empty() ? "" : "; ", id, incident.error().message);
        else if (!open_only || is_open(incident->state))
            shown.push_back(std::move(*incident));
    }
    std::ranges::stable_sort(shown, [](const Incident& a, const Incident& b) {
        return std::pair(is_open(a.state), a.detected_at) > std::pair(is_open(b.state), b.detected_at);
    });
    std::string text;
    if (as_json) {
        incidents::IncidentPage page{std::move(shown), std::nullopt, 0};
        page.total = page.items.size();
        text = core::dump_json(to_json(page), 2) + "\n";
    } else {
        for (const Incident& incident : shown) text += line_of(incident);
        if (shown.empty()) text = open_only ? "No incident is open.\n" : "There are no incidents.\n";
    }
    if (auto said = say(text); !said) return said;
    if (!broken.empty()) return core::fail(core::Errc::corrupt, "not listed: {}", broken);
    return {};
}

std::string text_of(const Incident& incident, const std::vector<incidents::Event>& events) {
    std::string text = line_of(incident);
    const auto add = [&text](std::string_view name, const std::string& value) {
        if (!value.empty()) text += fmt::format("{:<14} {}\n", name, value);
    };
    const auto time = [](std::optional<core::WallTime> at) {
        return at ? core::format_rfc3339(*at) : std::string();
    };
    add("why", incident.severity_reason);
    add("started", time(incident.started_at));
    add("detected", time(incident.detected_at));
    add("acknowledged", time(incident.acknowledged_at));
    add("mitigated", time(incident.mitigated_at));
    add("resolved", time(incident.resolved_at));
    add("closed", time(incident.closed_at));
    for (const auto& [role, person] : incident.roles) add(role, person);
    for (const auto measure : {incidents::Measure::mttd, incidents::Measure::mtta, incidents::Measure::mttm,
                               incidents::Measure::mttr})
        if (const auto took = time_to(measure, incident.episodes.back()))
            add(name(measure), fmt::format("{} ({})", incidents::format_duration(*took), formula(measure)));
    for (const auto& relation : incident.relations)
        add(incidents::relation_words(relation.kind), relation.other);
    for (const auto& suspect : incident.suspects) add("suspected", suspect.reasoning);
    for (const auto& conflict : incident.conflicts)
        add("conflict", fmt::format("{}: event {} was written without knowledge of event {}", conflict.what,
                                    conflict.event_seq, conflict.other_seq));
    text += '\n';
    for (const auto& event : incidents::effective(events))
        text += fmt::format("{} {:>5} {}: {}\n", core::format_rfc3339(event.occurred_at), event.seq,
                            event.actor, describe(event));
    return text;
}

Result<> show(const std::string& data, const IncidentId& id, bool as_json) {
    const auto log = open_journal(data);
    if (!log) return core::Failure(log.error());
    const auto events = incidents::Journal(**log).read(id);
    if (!events) return core::Failure(events.error());
    const auto incident = incidents::replay(id, *events);
    if (!incident)
        return core::fail(core::Errc::corrupt, "the journal of {}: {}", id.value, incident.error().message);
    if (!as_json) return say(text_of(*incident, *events));
    nlohmann::json value{{"incident", to_json(*incident)}, {"events", nlohmann::json::array()}};
    for (const auto& event : *events) value["events"].push_back(to_json(event));
    return say(core::dump_json(value, 2) + "\n");
}

Result<> verify(const std::string& data, const std::string& id) {
    const auto log = open_journal(data);
    if (!log) return core::Failure(log.error());
    const auto report = incidents::check_journal(
        **log, id.empty() ? std::nullopt : std::optional<IncidentId>(IncidentId(id)));
    if (!report) return core::Failure(report.error());
    if (!report->without_head.empty())
        fmt::print(stderr, "Of {} of {} journals no end is known: rows cut off there would not be noticed.\n",
                   report->without_head.size(), report->streams);
    if (report->faults.empty())
        return say(fmt::format("{} of {} journals: unbroken, from the first row to the last.\n",
                               report->rows == 1 ? "1 row" : fmt::format("{} rows", report->rows),
                               report->streams));
    std::string faults;
    for (const std::string& fault : report->faults) faults += (faults.empty() ? "" : "\n") + fault;
    return core::fail(core::Errc::corrupt, "{}", faults);
}

}  // namespace

int incident_command(int argc, char** argv) {
    std::string data = default_site_folder(), id;
    bool open_only = false, as_json = false;
    CLI::App app{"opsd incident: a site's incidents, read where they lie."};
    app.name("opsd incident");
    app.require_subcommand(1);
    const auto command = [&](const char* name, const char* what) {
        CLI::App* sub = app.add_subcommand(name, what);
        sub->add_option("--data", data, "Folder of the site")->capture_default_str();
        return sub;
    };
    CLI::App* listing = command("list", "Open ones first, then the latest detected first");
    listing->add_flag("--open", open_only, "Only those that are open");
    listing->add_flag("--json", as_json, "As GET /incidents answers");
    CLI::App* showing = command("show", "What is true of one now, and its timeline");
    showing->add_option("ID", id, "Such as INC-12")->required();
    showing->add_flag("--json", as_json, "The incident and its events as recorded, corrections included");
    CLI::App* verifying = command("verify", "Whether the journal is still as it was written");
    verifying->add_option("ID", id, "Only this one");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;
    const auto done = listing->parsed()   ? list(data, open_only, as_json)
                      : showing->parsed() ? show(data, IncidentId(id), as_json)
                                          : verify(data, id);
    if (done) return int(core::ExitCode::done);
    const int code = core::report("opsd incident", done.error());
    return done.error().code == core::Errc::corrupt ? int(core::ExitCode::bad_data) : code;
}

}  // namespace qd::opsd
