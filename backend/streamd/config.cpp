#include <algorithm>

#include "core/config.hpp"
#include "http/url.hpp"
#include "media/ladder.hpp"
#include "streamd/options.hpp"

namespace qd::streamd {
namespace {

using core::ConfigReader;

constexpr std::uint64_t mib = 1 << 20;

/// Reads one entry of a list; its first error becomes the file's.
template <class Read>
void read_each(ConfigReader& reader, const std::string& key, Read&& read) {
    for (ConfigReader& entry : reader.children(key)) {
        read(entry);
        static_cast<void>(entry.finish());
        reader.merge(entry);
    }
}

void read_upstreams(ConfigReader& reader, Config& config) {
    read_each(reader, "upstreams", [&](ConfigReader& entry) {
        gateway::Upstream upstream;
        upstream.address = entry.require<std::string>("address");
        upstream.instance = entry.get<std::string>("instance", upstream.address);
        upstream.version = entry.get<std::string>("version", "v1");
        if (!http::parse_listen(upstream.address)) entry.reject("address", "must be host:port");
        const auto arm = gateway::parse_arm(entry.get<std::string>("arm", "stable"));
        if (!arm) entry.reject("arm", "must be stable, canary or baseline");
        upstream.arm = arm.value_or(gateway::Arm::stable);
        config.upstreams.push_back(std::move(upstream));
    });
}

void read_faults(ConfigReader& reader, Config& config) {
    read_each(reader, "faults", [&](ConfigReader& entry) {
        chaos::Fault fault;
        const auto kind = chaos::parse_fault_kind(entry.require<std::string>("kind"));
        if (!kind) entry.reject("kind", "must be " + chaos::born_fault_kinds());
        fault.kind = kind.value_or(chaos::FaultKind::delay);
        fault.amount = entry.get<double>("amount", 0);
        fault.ratio = entry.get<double>("ratio", 1);
        fault.duration = core::Seconds(entry.get<double>("for_s", 86'400));
        fault.target.route = entry.get<std::string>("route", "");
        if (const auto valid = chaos::validate(fault); !valid) entry.reject("kind", valid.error().message);
        config.faults.push_back(std::move(fault));
    });
}

void read_signing_keys(ConfigReader& reader, Config& config) {
    read_each(reader, "signing_keys", [&](ConfigReader& entry) {
        config.signing_key = entry.require<std::string>("id");
        const auto secret = entry.require<std::string>("secret");
        if (secret.size() < 16) entry.reject("secret", "must have at least 16 bytes");
        config.signing_keys[config.signing_key] = secret;
    });
}

}  // namespace

core::Result<Config> read_config(const std::filesystem::path& file) {
    auto reader = ConfigReader::load(file);
    if (!reader) return core::Failure(reader.error());
    Config config;
    const auto bytes = [&](const char* key, std::uint64_t fallback, std::uint64_t lowest,
                           std::uint64_t highest) {
        return reader->get_in_range<std::uint64_t>(key, fallback / mib, lowest, highest) * mib;
    };
    const auto seconds = [&](const char* key, core::Seconds fallback, double lowest, double highest) {
        return core::Seconds(reader->get_in_range<double>(key, fallback.count(), lowest, highest));
    };
    config.upload_limit_bytes = bytes("upload_limit_mb", config.upload_limit_bytes, 1, 1 << 20);
    config.free_floor_bytes = bytes("free_floor_mb", config.free_floor_bytes, 0, 1 << 20);
    config.cache_bytes = bytes("cache_mb", config.cache_bytes, 1, 1 << 20);
    config.metadata_shards =
        reader->get_in_range<unsigned>("metadata_shards", config.metadata_shards, 1, 1024);
    config.segment_s = reader->get_in_range<double>("segment_s", config.segment_s, 1, 10);
    config.encode_threads = reader->get_in_range<unsigned>("encode_threads", config.encode_threads, 0, 64);
    config.encode_idle = reader->get<bool>("encode_idle", config.encode_idle);
    config.lease = seconds("lease_s", config.lease, 1, 3'600);
    config.drain = seconds("drain_s", config.drain, 0, 60);
    config.rate_limit = reader->get<bool>("rate_limit", config.rate_limit);
    config.canary_weight = reader->get_in_range<double>("canary_weight", config.canary_weight, 0, 100);
    config.ladder_heights = reader->get<std::vector<int>>("ladder", config.ladder_heights);
    const auto known = media::LadderSettings::full().heights;
    if (config.ladder_heights.empty() || !std::ranges::all_of(config.ladder_heights, [&](int height) {
            return std::ranges::find(known, height) != known.end();
        }))
        reader->reject("ladder", "must list heights out of 240, 360, 480, 720 and 1080");
    read_upstreams(*reader, config);
    read_faults(*reader, config);
    read_signing_keys(*reader, config);
    if (const auto done = reader->finish(); !done) return core::Failure(done.error());
    return config;
}

}  // namespace qd::streamd
