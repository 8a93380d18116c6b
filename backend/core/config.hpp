#pragma once
// Configuration files (YAML) that are refused with the line and the reason: unknown keys, wrong types, values
// out of range. Pure but for load(): parse() works on text.

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace qd::core {

/// One mapping of a YAML document. Every key that is asked for is known; finish() refuses the others. The
/// first error is kept, later reads return the fallback, so that a reader can ask for everything and check
/// once.
class ConfigReader {
public:
    /// `source` names the file in messages. Errc::config on bad YAML, on a document that is no mapping, and
    /// beyond 1 MiB.
    static Result<ConfigReader> parse(std::string text, std::string source);
    static Result<ConfigReader> load(const std::filesystem::path& path);
    /// Each document of a text that may hold several ("---" between them), at most 1,000; empty ones are left
    /// out.
    static Result<std::vector<ConfigReader>> parse_all(std::string text, std::string source);

    template <class T>
    T get(const std::string& key, T fallback) {
        const YAML::Node node = find(key);
        if (!node || node.IsNull()) return fallback;
        try {
            return node.as<T>();
        } catch (const YAML::Exception&) {
            refuse(node, key, "has the wrong type");
            return fallback;
        }
    }

    template <class T>
    T get_in_range(const std::string& key, T fallback, T lowest, T highest) {
        const T value = get<T>(key, fallback);
        if (value >= lowest && value <= highest) return value;
        refuse(find(key), key, fmt::format("must be between {} and {}", lowest, highest));
        return fallback;
    }

    template <class T>
    T require(const std::string& key) {
        if (!has(key)) refuse({}, key, "is missing");
        return get<T>(key, T{});
    }

    bool has(const std::string& key) const;
    /// The mapping under `key`, empty when absent. Its errors are read by merge() or its own finish().
    ConfigReader child(const std::string& key);
    /// The mappings of the sequence under `key`, at most 10,000.
    std::vector<ConfigReader> children(const std::string& key);
    /// Records an error of one's own about `key`, with its line.
    void reject(const std::string& key, std::string_view reason) { refuse(find(key), key, reason); }
    /// "file:line" of `key`, for remarks that are no errors.
    std::string place(const std::string& key) const;
    /// Takes over a child's error.
    void merge(const ConfigReader& child);
    /// The first error, or that of a key nobody asked for.
    Result<> finish();

private:
    ConfigReader(YAML::Node node, std::string source, int first_line = 0)
        : node_(std::move(node)), source_(std::move(source)), first_line_(first_line) {}
    YAML::Node find(const std::string& key);
    void refuse(const YAML::Node& at, const std::string& key, std::string_view reason);
    int line_of(const YAML::Node& at) const;

    YAML::Node node_;
    std::string source_;
    int first_line_ = 0;  // of the document in its file, from 0
    std::set<std::string> known_;
    std::optional<Error> error_;
};

}  // namespace qd::core
