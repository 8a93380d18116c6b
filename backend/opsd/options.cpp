#include "opsd/options.hpp"

#include <set>

#include "core/config.hpp"
#include "http/url.hpp"
#include "slo/document.hpp"

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

core::Result<Options> read(core::ConfigReader reader) {
    Options options;
    options.data = reader.require<std::string>("data");
    options.token_file = reader.get<std::string>("token_file", (options.data / "token").string());
    options.dashboards = reader.get<std::string>("dashboards", (options.data / "dashboards").string());
    options.site_socket = reader.get<std::string>("site_socket", "");
    options.gateway = reader.get<std::string>("gateway", "");
    while (options.gateway.ends_with('/')) options.gateway.pop_back();
    if (!options.gateway.empty())
        if (const auto url = http::Url::parse(options.gateway); !url)
            reader.reject("gateway", url.error().message);
    options.listen = reader.get<std::string>("listen", options.listen);
    if (const auto listen = http::parse_listen(options.listen); !listen)
        reader.reject("listen", listen.error().message);
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
    std::set<std::string> sources;
    for (const prometheus::SourceOptions& source : options.sources) {
        if (source.name == slo::site_source)
            reader.reject("sources", "hold one called 'site', which is the site's own scrape");
        sources.insert(source.name);
    }
    options.destinations = notify::read_destinations(reader);
    const auto files = reader.get<std::vector<std::string>>("slos", {});
    if (auto done = reader.finish(); !done) return core::Failure(done.error());
    auto objectives = load_objectives(files, sources);
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
