#include "haproxy/options.hpp"

#include <algorithm>
#include <set>

#include "haproxy/runtime_socket.hpp"

namespace qd::haproxy {
namespace {

constexpr std::size_t most_servers = 100, most_maps = 16, most_bytes = 256;

/// What may stand in a command as it is.
bool is_word(const std::string& text) {
    return !text.empty() && text.size() <= most_bytes && std::ranges::all_of(text, [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != ';' && c != '\\' && c != '/' && c != '"' && c != '\'';
    });
}

/// As a specification's target.version may be.
bool is_version(const std::string& text) {
    return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '_' || c == '-';
    });
}

bool is_path(const std::string& text) {
    return !text.empty() && text.size() <= 1024 &&
           std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// One mapping that names each server of the options once.
Labels read_versions(core::ConfigReader& reader, const Options& options) {
    Labels labels;
    for (const auto* arm : {&options.stable, &options.canary, &options.baseline})
        for (const std::string& server : *arm) {
            labels[server] = reader.require<std::string>(server);
            if (!is_version(labels[server]))
                reader.reject(server, "must be a version: letters, digits, '.', '_' and '-', at most 63");
        }
    (void)reader.finish();
    return labels;
}

}  // namespace

core::Result<Options> read_options(core::ConfigReader& reader) {
    Options options;
    options.name = reader.get<std::string>("name", options.name);
    if (!is_word(options.name)) reader.reject("name", "must be a word");
    if (reader.get<std::string>("kind", "haproxy") != "haproxy") reader.reject("kind", "must be haproxy");
    options.socket = reader.require<std::string>("socket");
    if (const auto fine = check_address(options.socket); !fine) reader.reject("socket", fine.error().message);
    options.backend = reader.require<std::string>("backend");
    if (!is_word(options.backend)) reader.reject("backend", "must be a backend's name");
    std::set<std::string> seen;
    const auto servers = [&](const char* key, std::vector<std::string>& into) {
        into = reader.get<std::vector<std::string>>(key, {});
        for (const std::string& server : into) {
            if (!is_word(server)) reader.reject(key, "must hold names of servers");
            if (!seen.insert(server).second) reader.reject(key, "names '" + server + "' a second time");
        }
        if (seen.size() > most_servers) reader.reject(key, "makes it more than 100 servers");
    };
    servers("stable", options.stable);
    servers("canary", options.canary);
    servers("baseline", options.baseline);
    if (options.stable.empty()) reader.reject("stable", "must name at least one server");
    if (options.canary.empty()) reader.reject("canary", "must name at least one server");
    options.versions_file = reader.get<std::string>("versions_file", "");
    if (reader.has("versions") == !options.versions_file.empty())
        reader.reject("versions",
                      "or versions_file has to say what is deployed on the servers, and not both");
    core::ConfigReader versions = reader.child("versions");
    if (options.versions_file.empty()) options.versions = read_versions(versions, options);
    reader.merge(versions);
    const auto affinity = reader.get<std::string>("affinity", "none");
    if (affinity == "hash")
        options.affinity = Affinity::hash;
    else if (affinity == "cookie")
        options.affinity = Affinity::cookie;
    else if (affinity != "none")
        reader.reject("affinity", "must be none, hash or cookie");
    options.timeout = std::chrono::milliseconds(
        reader.get_in_range<int>("timeout_ms", int(options.timeout.count()), 10, 60'000));
    auto maps = reader.children("header_maps");
    if (maps.size() > most_maps) reader.reject("header_maps", "must be 16 at most");
    for (core::ConfigReader& each : maps) {
        HeaderMap map;
        map.header = each.require<std::string>("header");
        if (!is_word(map.header)) each.reject("header", "must be a header's name");
        const auto match = each.get<std::string>("match", "exact");
        if (match == "prefix")
            map.match = traffic::MatchKind::prefix;
        else if (match != "exact")
            each.reject("match", "must be exact or prefix");
        map.file = each.require<std::string>("file");
        if (!is_path(map.file)) each.reject("file", "must be a path");
        if (const auto fine = each.finish(); !fine) reader.merge(each);
        options.header_maps.push_back(std::move(map));
    }
    if (const auto fine = reader.finish(); !fine) return core::Failure(fine.error());
    return options;
}

core::Result<Labels> read_labels(const Options& options) {
    if (options.versions_file.empty()) return options.versions;
    auto reader = core::ConfigReader::load(options.versions_file);
    if (!reader) return core::fail_with_context("versions_file", reader.error());
    Labels labels = read_versions(*reader, options);
    if (const auto fine = reader->finish(); !fine)
        return core::fail_with_context("versions_file", fine.error());
    return labels;
}

}  // namespace qd::haproxy
