#include "opsd/postmortem_command.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "incidents/engine/incident_desk.hpp"
#include "markdown/read.hpp"
#include "opsd/options.hpp"
#include "opsd/postmortem_figures.hpp"
#include "opsd/slo_replay_command.hpp"
#include "postmortems/compile.hpp"
#include "postmortems/engine/action_desk.hpp"
#include "postmortems/engine/draft_desk.hpp"
#include "postmortems/engine/figure_store.hpp"
#include "postmortems/engine/template_folder.hpp"
#include "postmortems/export.hpp"
#include "postmortems/figures_codec.hpp"
#include "slo/document.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using core::Result;

struct ExportOrder {
    std::string id;
    std::string format = "md";
    std::string form;  // a template's name
    std::filesystem::path data;
    std::filesystem::path templates;  // empty: <data>/postmortem-templates
    std::vector<std::string> slos;    // empty: the built-in ones
    std::string output;
};

/// Nothing is made where nothing is.
Result<std::unique_ptr<storage::EventLog>> open_existing(const std::filesystem::path& file,
                                                         const core::Clock& clock) {
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return core::fail(Errc::unavailable, "there is no {}: pass --data with the site's folder",
                          file.string());
    return storage::open_event_log(file, clock);
}

Result<std::vector<slo::Objective>> objectives_of(const std::vector<std::string>& files) {
    if (files.empty()) return slo::parse_document(std::string(default_slo_document()), "the built-in SLOs");
    std::vector<slo::Objective> objectives;
    for (const std::string& file : files) {
        auto loaded = slo::load_document(file);
        if (!loaded) return loaded;
        objectives.insert(objectives.end(), loaded->begin(), loaded->end());
    }
    return objectives;
}

struct Written {
    postmortems::Draft draft;
    std::vector<postmortems::Action> actions;
    std::optional<postmortems::Figures> kept;  // what was measured when it was reviewed
};

/// What people wrote, or the template where nobody has.
Result<Written> written_of(const ExportOrder& order, const core::Clock& clock, telemetry::Log& log) {
    auto templates = postmortems::load_templates(order.templates.empty() ? order.data / "postmortem-templates"
                                                                         : order.templates);
    if (!templates) return Failure(templates.error());
    const incidents::IncidentId id(order.id);
    Written written{postmortems::fresh_draft(id, templates->front()), {}, {}};
    const auto file = order.data / "db" / "postmortems.sqlite";
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
        const auto journal = storage::open_event_log(file, clock);
        if (!journal) return Failure(journal.error());
        auto drafts = postmortems::DraftDesk::open(**journal, clock, log, *templates);
        if (!drafts) return Failure(drafts.error());
        auto actions = postmortems::ActionDesk::open(**journal, clock, log);
        if (!actions) return Failure(actions.error());
        const auto kept = postmortems::FigureStore(**journal).latest(id);
        if (!kept) return Failure(kept.error());
        written = {(*drafts)->get(id), (*actions)->of(id), *kept};
    }
    if (order.form.empty()) return written;
    const auto chosen = postmortems::find_template(*templates, order.form);
    if (!chosen) return core::fail(Errc::invalid_argument, "{}", chosen.error().message);
    auto shown = postmortems::with_template(written.draft, *chosen);
    if (!shown) return Failure(shown.error());
    written.draft = std::move(*shown);
    return written;
}

Result<std::string> exported(const ExportOrder& order) {
    const core::SystemClock clock;
    telemetry::Log log("opsd", "postmortem");
    const auto journal_log = open_existing(order.data / "db" / "journal.sqlite", clock);
    if (!journal_log) return Failure(journal_log.error());
    const incidents::IncidentId id(order.id);
    const auto desk = incidents::IncidentDesk::open(**journal_log, clock, log);
    if (!desk) return Failure(desk.error());
    const auto incident = (*desk)->get(id);
    if (!incident) return Failure(incident.error());
    const auto timeline = (*desk)->timeline(id);
    if (!timeline) return Failure(timeline.error());
    const std::vector<incidents::Event>& events = *timeline;
    const auto objectives = objectives_of(order.slos);
    if (!objectives) return Failure(objectives.error());
    const auto written = written_of(order, clock, log);
    if (!written) return Failure(written.error());
    postmortems::Figures figures = stored_figures(order.data, *objectives, *incident, events, clock.now());
    if (written->kept) postmortems::add_kept(figures, *written->kept);
    const postmortems::Document document = postmortems::compile(*incident, events, figures);
    const postmortems::Material material{written->draft, *incident, document, written->actions};
    if (order.format == "json") return postmortems::to_json_text(material) + "\n";
    return order.format == "html" ? postmortems::to_html(material) : postmortems::to_markdown(material);
}

Result<> put_out(const std::string& text, const std::string& to) {
    if (!to.empty()) return core::write_file_atomically(to, text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::fail_errno("writing to standard output", errno);
    return {};
}

/// The hash chains of all drafts and action items.
Result<std::string> verified(const std::filesystem::path& data) {
    const core::SystemClock clock;
    const auto log = open_existing(data / "db" / "postmortems.sqlite", clock);
    if (!log) return Failure(log.error());
    const auto names = storage::all_streams(**log, {});
    if (!names) return Failure(names.error());
    std::string text;
    for (const std::string& name : *names) {
        if (auto whole = (*log)->verify(name); !whole) return Failure(whole.error());
        const auto last = (*log)->last_seq(name);
        if (!last) return Failure(last.error());
        text += fmt::format("{}: {} rows, the chain is whole\n", name, *last);
    }
    return text;
}

int check_documents(const std::vector<std::string>& files) {
    core::ExitCode code = core::ExitCode::done;
    for (const std::string& file : files) {
        const auto text = core::read_file(file, markdown::max_bytes);
        const auto findings = text ? postmortems::check_markdown(*text) : Failure(text.error());
        if (!findings) {
            fmt::print(stderr, "{}: {}\n", file, findings.error().message);
            code = core::ExitCode::bad_data;
            continue;
        }
        for (const postmortems::Finding& each : *findings)
            fmt::print("{}:{}: {}: {}{}{} ({}); {}\n", file, each.line, each.rule, each.section,
                       each.section.empty() ? "" : ": ", each.problem, each.why, each.mend);
        if (!findings->empty()) code = core::ExitCode::bad_data;
    }
    return int(code);
}

}  // namespace

int postmortem_command(int argc, char** argv) {
    std::vector<std::string> files;
    ExportOrder order;
    order.data = default_site_folder();
    CLI::App app{"opsd postmortem: a post-mortem out of a site's files, or the checks on any Markdown file."};
    app.name("opsd postmortem");
    app.require_subcommand(0, 1);
    app.add_option("ID", order.id, "The incident, such as INC-7");
    app.add_option("--format", order.format, "md, html or json")
        ->capture_default_str()
        ->check(CLI::IsMember(std::set<std::string>{"md", "html", "json"}));
    app.add_option("--template", order.form, "In this template's sections; what people wrote is kept");
    app.add_option("--data", order.data, "Folder of the site")->capture_default_str();
    app.add_option("--templates", order.templates, "Folder of the team's templates");
    app.add_option("--slos", order.slos, "SLO files of the site, instead of the built-in ones");
    app.add_option("--output", order.output, "File to write; standard output without it");
    CLI::App* check = app.add_subcommand("check", "Say what is missing, as file:line: rule: text");
    check->add_option("FILE", files, "Markdown files")->required();
    CLI::App* verify =
        app.add_subcommand("verify", "Whether drafts and action items are as they were written");
    verify->add_option("--data", order.data, "Folder of the site")->capture_default_str();
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;
    if (check->parsed()) return check_documents(files);
    if (order.id.empty() && !verify->parsed()) {
        fmt::print(stderr, "opsd postmortem: an incident's ID, check FILE, or verify\n");
        return int(core::ExitCode::usage);
    }
    const auto text = verify->parsed() ? verified(order.data) : exported(order);
    if (!text) return core::report("opsd postmortem", text.error());
    if (const auto said = put_out(*text, order.output); !said)
        return core::report("opsd postmortem", said.error());
    return int(core::ExitCode::done);
}

}  // namespace qd::opsd
