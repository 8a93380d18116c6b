#include "opsd/options.hpp"

#include <algorithm>
#include <set>

#include "core/config.hpp"
#include "http/url.hpp"
#include "slo/document.hpp"
#include "status/audience.hpp"

namespace qd::opsd {
namespace {

core::Result<std::vector<slo::Objective>> load_objectives(const std::vector<std::string>& files,
                                                          const std::set<std::string>& sources) {
    if (files.empty()) return slo::parse_document(std::string(default_slo_document()), "the built-in SLOs");
    std::vector<slo::Objective> objectives;
    for (const std::string& file : files) {
        auto loaded = slo::load_document(file, &sources);
        if (!loaded) return loaded;
        for (slo::Objective& objective : *loaded) {
            for (const slo::Objective& other : objectives)
                if (other.id == objective.id)
                    return core::fail(core::Errc::config, "{}: the SLO '{}' is in another file too", file,
                                      objective.id.value);
            objectives.push_back(std::move(objective));
        }
    }
    return objectives;
}

/// What people configure, as opposed to where this opsd runs.
void read_settings(core::ConfigReader& reader, Options& options, std::vector<std::string>& slo_files) {
    options.dashboards = reader.get<std::string>("dashboards", (options.data / "dashboards").string());
    for (core::ConfigReader& entry : reader.children("targets")) {
        StaticTarget target;
        target.instance = entry.require<std::string>("instance");
        target.role = entry.require<std::string>("role");
        target.version = entry.get<std::string>("version", "");
        target.arm = entry.get<std::string>("arm", "");
        target.address = entry.require<std::string>("address");
        if (const auto address = http::parse_listen(target.address); !address)
            entry.reject("address", address.error().message);
        (void)entry.finish();
        reader.merge(entry);
        options.targets.push_back(std::move(target));
    }
    if (options.targets.size() > 200) reader.reject("targets", "are too many: at most 200");
    options.sources = prometheus::read_sources(reader);
    if (std::ranges::find(options.sources, slo::site_source, &prometheus::SourceOptions::name) !=
        options.sources.end())
        reader.reject("sources", "hold one called 'site', which is the site's own scrape");
    options.destinations = notify::read_destinations(reader, "notify", status::audience_names());
    options.alertmanagers = alertmanager::read_alertmanagers(reader);
    options.silence_warning =
        std::chrono::seconds(reader.get_in_range<int>("silence_warning_s", 300, 0, 86'400));
    options.status = status::read_settings(reader);
    options.rollouts = read_rollout_settings(reader);
    options.routers = read_routers(reader);
    options.argo = kubernetes::read_argo(reader);
    for (const std::string& place :
         reader.get<std::vector<std::string>>("rotas", {(options.data / "rotas").string()}))
        options.rotas.emplace_back(place);
    for (const std::string& place :
         reader.get<std::vector<std::string>>("runbooks", {(options.data / "runbooks").string()}))
        options.runbooks.emplace_back(place);
    options.postmortem_templates =
        reader.get<std::string>("postmortem_templates", (options.data / "postmortem-templates").string());
    for (std::string& file : reader.get<std::vector<std::string>>("slos", {}))
        slo_files.push_back(std::move(file));
}

core::Result<Options> read(core::ConfigReader reader) {
    Options options;
    options.data = reader.require<std::string>("data");
    options.token_file = reader.get<std::string>("token_file", (options.data / "token").string());
    options.site_socket = reader.get<std::string>("site_socket", "");
    options.gateway = reader.get<std::string>("gateway", "");
    while (options.gateway.ends_with('/')) options.gateway.pop_back();
    if (!options.gateway.empty())
        if (const auto url = http::Url::parse(options.gateway); !url)
            reader.reject("gateway", url.error().message);
    options.listen = reader.get<std::string>("listen", options.listen);
    if (const auto listen = http::parse_listen(options.listen); !listen)
        reader.reject("listen", listen.error().message);
    std::vector<std::string> slo_files;
    const std::filesystem::path settings = reader.get<std::string>("settings", "");
    std::error_code unreadable;  // then reading it says so
    if (settings.empty() || (!std::filesystem::exists(settings, unreadable) && !unreadable)) {
        read_settings(reader, options, slo_files);
    } else {
        slo_files = reader.get<std::vector<std::string>>("slos", {});
        auto own = core::ConfigReader::load(settings);
        if (!own) return core::Failure(own.error());
        read_settings(*own, options, slo_files);
        if (auto done = own->finish(); !done) return core::Failure(done.error());
    }
    if (auto done = reader.finish(); !done) return core::Failure(done.error());
    std::set<std::string> sources;
    for (const prometheus::SourceOptions& source : options.sources) sources.insert(source.name);
    auto objectives = load_objectives(slo_files, sources);
    if (!objectives) return core::Failure(objectives.error());
    options.objectives = std::move(*objectives);
    return options;
}

}  // namespace

core::Result<Options> load_options(const std::filesystem::path& file) {
    auto reader = core::ConfigReader::load(file);
    if (!reader) return core::Failure(reader.error());
    return read(std::move(*reader));
}

core::Result<Options> parse_options(std::string text, std::string source) {
    auto reader = core::ConfigReader::parse(std::move(text), std::move(source));
    if (!reader) return core::Failure(reader.error());
    return read(std::move(*reader));
}

}  // namespace qd::opsd
