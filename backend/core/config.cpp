#include "core/config.hpp"

#include "core/files.hpp"

namespace qd::core {
namespace {

constexpr std::size_t max_config_bytes = 1 << 20;
constexpr std::size_t max_children = 10'000;

}  // namespace

Result<ConfigReader> ConfigReader::parse(std::string text, std::string source) {
    if (text.size() > max_config_bytes) return fail(Errc::config, "{}: larger than 1 MiB", source);
    try {
        YAML::Node node = YAML::Load(text);
        if (node.IsNull()) node = YAML::Node(YAML::NodeType::Map);
        if (!node.IsMap()) return fail(Errc::config, "{}:1: expected 'key: value' pairs", source);
        return ConfigReader(std::move(node), std::move(source));
    } catch (const YAML::Exception& error) {
        return fail(Errc::config, "{}:{}: {}", source, error.mark.line + 1, error.msg);
    }
}

Result<ConfigReader> ConfigReader::load(const std::filesystem::path& path) {
    auto text = read_file(path, max_config_bytes);
    if (!text) return fail(Errc::config, "{}", text.error().message);
    return parse(std::move(*text), path.string());
}

bool ConfigReader::has(const std::string& key) const {
    const YAML::Node& node = node_;
    return node.IsMap() && node[key].IsDefined();
}

YAML::Node ConfigReader::find(const std::string& key) {
    known_.insert(key);
    const YAML::Node& node = node_;
    return node.IsMap() ? node[key] : YAML::Node(YAML::NodeType::Undefined);
}

void ConfigReader::refuse(const YAML::Node& at, const std::string& key, std::string_view reason) {
    if (error_) return;
    // A key that is missing has no place of its own: the mapping's is the nearest.
    const YAML::Mark mark = at.IsDefined() && !at.Mark().is_null() ? at.Mark() : node_.Mark();
    error_ = Error{Errc::config, fmt::format("{}:{}: '{}' {}", source_, mark.line + 1, key, reason)};
}

ConfigReader ConfigReader::child(const std::string& key) {
    const YAML::Node node = find(key);
    if (node && node.IsMap()) return ConfigReader(node, source_);
    if (node && !node.IsNull()) refuse(node, key, "must be a mapping");
    return ConfigReader(YAML::Node(YAML::NodeType::Map), source_);
}

std::vector<ConfigReader> ConfigReader::children(const std::string& key) {
    std::vector<ConfigReader> readers;
    const YAML::Node node = find(key);
    if (!node || node.IsNull()) return readers;
    if (!node.IsSequence() || node.size() > max_children) {
        refuse(node, key, "must be a list of at most 10000 entries");
        return readers;
    }
    for (const YAML::Node& entry : node) {
        if (!entry.IsMap()) {
            refuse(entry, key, "must hold mappings");
            break;
        }
        readers.push_back(ConfigReader(entry, source_));
    }
    return readers;
}

void ConfigReader::merge(const ConfigReader& child) {
    if (!error_ && child.error_) error_ = child.error_;
}

Result<> ConfigReader::finish() {
    if (!error_ && node_.IsMap())
        for (const auto& entry : node_) {
            const std::string key = entry.first.as<std::string>("");
            if (!known_.contains(key)) {
                refuse(entry.first, key, "is not a known key");
                break;
            }
        }
    if (error_) return Failure(*error_);
    return {};
}

}  // namespace qd::core
