#pragma once
// What the local site consists of: which processes, with which arguments, after which others. Pure but for
// reading and writing configuration.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::site {

/// Builds of streamd by name.
using Builds = std::map<std::string, std::filesystem::path>;

struct SiteOptions {
    std::filesystem::path data;
    std::filesystem::path programs;  // the folder that holds streamd, opsd and viewers
    std::string gateway_listen = "127.0.0.1:0";
    std::string opsd_listen = "127.0.0.1:0";
    unsigned viewers = 100;
    std::uint64_t seed = 1;
    unsigned api_instances = 2;
    unsigned titles = 4;                            // generated at the first start; 0: none
    std::string version = "v1";                     // the label of the stable version
    std::vector<std::string> slos;                  // files; empty: opsd's own
    Builds versions;                                // other builds that versions may be started from
    std::chrono::milliseconds start_limit{20'000};  // a version that is not ready by then is given up
};

/// Letters, digits, '.', '_' and '-', beginning with neither '.' nor '-', 1 to 64: such names go into
/// arguments, paths, metrics and headers.
bool is_name(std::string_view text);

/// Reads the YAML of `quarterdeck-site up --config F` over the defaults in `options`.
core::Result<SiteOptions> read_site_config(const std::filesystem::path& file, SiteOptions options);

struct ProcessSpec {
    std::string role;
    std::string arm;
    std::string version;
    std::string instance;
    std::string faults_json{};                   // what a bad version is born with
    std::filesystem::path program{};             // of streamd; empty: the site's own
    std::map<std::string, std::string> flags{};  // flag -> variant that it serves
};

/// Where things are below the data folder.
struct Layout {
    std::filesystem::path data;

    std::filesystem::path lock() const { return data / "lock"; }
    std::filesystem::path token() const { return data / "token"; }
    std::filesystem::path endpoints() const { return data / "endpoints.json"; }
    std::filesystem::path run() const { return data / "run"; }
    std::filesystem::path logs() const { return data / "logs"; }
    std::filesystem::path socket() const { return run() / "site.sock"; }
    std::filesystem::path opsd_config() const { return run() / "opsd.yaml"; }
    std::filesystem::path opsd_settings() const { return data / "opsd.yaml"; }  // a person's; may be missing
};

/// The processes of a fresh site, those without dependencies first.
std::vector<ProcessSpec> initial_processes(const SiteOptions& options);

/// Roles that must be ready before `role` can start.
std::vector<std::string> prerequisites(const std::string& role);

/// Known addresses that arguments refer to; empty while unknown.
struct Addresses {
    std::string gateway;  // host:port
    std::string own;  // what this instance listened on before: kept over a restart, so that nobody loses it
};

std::vector<std::string> command_line(const SiteOptions& options, const ProcessSpec& spec,
                                      const Addresses& addresses, unsigned viewers);

/// opsd's configuration, which names the person's settings; without a gateway while its address is unknown.
core::Result<> write_opsd_config(const SiteOptions& options, const std::string& gateway_address);

}  // namespace qd::site
