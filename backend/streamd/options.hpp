#pragma once
// What `streamd` is told on its command line and in its configuration.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chaos/fault.hpp"
#include "core/exit_code.hpp"
#include "core/files.hpp"
#include "flags/file_provider.hpp"
#include "gateway/options.hpp"

namespace qd::streamd {

/// The YAML of --config; each key is optional, unknown ones are refused.
struct Config {
    std::uint64_t upload_limit_bytes = 4ull << 30;  // upload_limit_mb
    std::uint64_t free_floor_bytes =
        core::disk_reserve_bytes;  // free_floor_mb: uploads stop when less would be left
    unsigned metadata_shards = 1;  // metadata_shards, fixed for the life of a data folder
    double segment_s = 4;          // segment_s
    std::vector<int> ladder_heights{240, 480, 720, 1080};  // ladder: heights in pixels
    unsigned encode_threads = 0;  // encode_threads; 0: as many as there are cores, up to 8
    bool encode_idle =
        true;  // encode_idle: only when nothing else wants the processor; false for hosts of workers
    core::Seconds lease{15};                   // lease_s: a silent worker's job goes to another after this
    core::Seconds drain{0.3};                  // drain_s: not ready, still serving, before the end begins
    std::uint64_t cache_bytes = 512ull << 20;  // cache_mb
    bool rate_limit = false;                   // rate_limit
    double canary_weight = 0;                  // canary_weight, percent, until somebody sets the split
    std::vector<gateway::Upstream> upstreams;  // upstreams: [{address, arm, instance, version}]
    std::vector<chaos::Fault> faults;          // faults: [{kind, amount, ratio, for_s, route}]
    std::map<std::string, std::string> signing_keys;  // signing_keys: [{id, secret}]; the last one signs
    std::string signing_key;
};

/// Errc::config with file, line and reason.
core::Result<Config> read_config(const std::filesystem::path& file);

struct Options {
    std::string role;  // gateway | api | worker | all
    std::filesystem::path data;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string version_label = "v1";
    std::string instance;          // default: <role>-1
    std::string arm = "stable";    // stable | canary | baseline
    std::vector<flags::Pin> pins;  // flags of this process alone, above the site's
    int lease_fd = -1;
    int ready_fd = -1;
    Config config;
};

/// The options, or the code to exit with once a message has been printed.
std::variant<Options, int> parse_options(int argc, char** argv);

/// A wire fault or an array of them, as --faults takes it.
core::Result<std::vector<chaos::Fault>> parse_faults(std::string_view json);

/// "[stable=|canary=|baseline=]H:P", several separated by commas.
core::Result<std::vector<gateway::Upstream>> parse_upstreams(std::string_view text,
                                                             const std::string& version);

}  // namespace qd::streamd
