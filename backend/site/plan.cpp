#include "site/plan.hpp"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "core/config.hpp"
#include "core/files.hpp"

namespace qd::site {

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() != '.' && text.front() != '-' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
           });
}

core::Result<SiteOptions> read_site_config(const std::filesystem::path& file, SiteOptions options) {
    auto reader = core::ConfigReader::load(file);
    if (!reader) return core::Failure(reader.error());
    options.gateway_listen = reader->get<std::string>("gateway_listen", options.gateway_listen);
    options.opsd_listen = reader->get<std::string>("opsd_listen", options.opsd_listen);
    options.viewers = reader->get_in_range<unsigned>("viewers", options.viewers, 0, 2'000);
    options.seed = reader->get<std::uint64_t>("seed", options.seed);
    options.api_instances = reader->get_in_range<unsigned>("api_instances", options.api_instances, 1, 16);
    options.titles = reader->get_in_range<unsigned>("titles", options.titles, 0, 6);
    options.version = reader->get<std::string>("version", options.version);
    options.slos = reader->get<std::vector<std::string>>("slos", options.slos);
    for (const auto& [name, path] : reader->get<std::map<std::string, std::string>>("versions", {})) {
        const std::filesystem::path program = file.parent_path() / path;  // an absolute one stays as it is
        if (!is_name(name)) reader->reject("versions", "'" + name + "' is no name for a version");
        if (::access(program.c_str(), X_OK) != 0)
            reader->reject("versions", name + " is no program: " + program.string());
        options.versions[name] = program;
    }
    if (const auto done = reader->finish(); !done) return core::Failure(done.error());
    return options;
}

std::vector<ProcessSpec> initial_processes(const SiteOptions& options) {
    std::vector<ProcessSpec> specs{{"gateway", "", options.version, "gateway-1"}};
    for (unsigned i = 1; i <= options.api_instances; ++i)
        specs.push_back({"api", "stable", options.version, fmt::format("api-{}", i)});
    specs.push_back({"worker", "", options.version, "worker-1"});
    specs.push_back({"opsd", "", options.version, "opsd-1"});
    specs.push_back({"viewers", "", options.version, "viewers-1"});
    return specs;
}

std::vector<std::string> prerequisites(const std::string& role) {
    if (role == "opsd") return {"gateway"};
    if (role == "viewers") return {"gateway", "api"};
    return {};
}

std::vector<std::string> command_line(const SiteOptions& options, const ProcessSpec& spec,
                                      const Addresses& addresses, unsigned viewers) {
    std::string listen = addresses.own;
    if (listen.empty() && spec.role == "gateway") listen = options.gateway_listen;
    if (listen.empty() && spec.role == "opsd") listen = options.opsd_listen;
    if (listen.empty()) listen = "127.0.0.1:0";
    const auto program = [&](const char* name) { return (options.programs / name).string(); };
    const Layout layout{options.data};
    std::vector<std::string> line;
    if (spec.role == "opsd") {
        line = {program("opsd"), "--config", layout.opsd_config().string()};
    } else if (spec.role == "viewers") {
        line = {program("viewers"), "run",
                "--gateway",        "http://" + addresses.gateway,
                "--count",          std::to_string(viewers),
                "--seed",           std::to_string(options.seed),
                "--token-file",     layout.token().string()};
    } else {
        line = {spec.program.empty() ? program("streamd") : spec.program.string(),
                spec.role,
                "--data",
                options.data.string(),
                "--version-label",
                spec.version};
        if (!spec.arm.empty()) line.insert(line.end(), {"--arm", spec.arm});
        if (!spec.faults_json.empty()) line.insert(line.end(), {"--faults", spec.faults_json});
        for (const auto& [flag, variant] : spec.flags)
            line.insert(line.end(), {"--flag", flag + "=" + variant});
    }
    line.insert(line.end(), {"--instance", spec.instance, "--listen", listen});
    return line;
}

core::Result<> write_opsd_config(const SiteOptions& options, const std::string& gateway_address) {
    const Layout layout{options.data};
    YAML::Emitter yaml;
    yaml << YAML::BeginMap;
    yaml << YAML::Key << "data" << YAML::Value << options.data.string();
    yaml << YAML::Key << "token_file" << YAML::Value << layout.token().string();
    yaml << YAML::Key << "site_socket" << YAML::Value << layout.socket().string();
    if (!gateway_address.empty())
        yaml << YAML::Key << "gateway" << YAML::Value << "http://" + gateway_address;
    yaml << YAML::Key << "settings" << YAML::Value << layout.opsd_settings().string();
    if (!options.slos.empty()) yaml << YAML::Key << "slos" << YAML::Value << options.slos;
    yaml << YAML::EndMap;
    return core::write_file_atomically(layout.opsd_config(), std::string(yaml.c_str()) + "\n");
}

}  // namespace qd::site
