#include "core/config.hpp"

#include <algorithm>
#include <cstring>

#include "core/files.hpp"

namespace qd::core {
namespace {

constexpr std::size_t max_config_bytes = 1 << 20;
constexpr std::size_t max_children = 10'000;
constexpr std::size_t max_documents = 1'000;

struct DocumentText {
    std::string_view text;
    int first_line = 0;
};

/// Cut at the lines that YAML keeps for it ("---", "..."). yaml-cpp's own LoadAll does not end on some broken
/// texts.
std::vector<DocumentText> documents_of(std::string_view text) {
    std::vector<DocumentText> documents;
    std::size_t begin = 0;
    int first_line = 0, line = 0;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view mark = text.substr(at, 3);
        const bool alone = end - at == 3 || (end - at > 3 && std::strchr(" \t\r", text[at + 3]) != nullptr);
        if (alone && (mark == "..." || (mark == "---" && at > begin))) {
            documents.push_back({text.substr(begin, at - begin), first_line});
            // What ends a document is part of none.
            begin = mark == "..." ? std::min(end + 1, text.size()) : at;
            first_line = mark == "..." ? line + 1 : line;
        }
        at = end + 1;
    }
    if (begin < text.size()) documents.push_back({text.substr(begin), first_line});
    return documents;
}

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

Result<std::vector<ConfigReader>> ConfigReader::parse_all(std::string text, std::string source) {
    if (text.size() > max_config_bytes) return fail(Errc::config, "{}: larger than 1 MiB", source);
    std::vector<ConfigReader> readers;
    for (const DocumentText& document : documents_of(text)) {
        try {
            YAML::Node node = YAML::Load(std::string(document.text));
            if (node.IsNull()) continue;
            const int line = document.first_line + std::max(node.Mark().line, 0);
            if (!node.IsMap())
                return fail(Errc::config, "{}:{}: expected 'key: value' pairs", source, line + 1);
            if (readers.size() == max_documents)
                return fail(Errc::config, "{}:{}: more than {} documents", source, line + 1, max_documents);
            readers.push_back(ConfigReader(std::move(node), source, document.first_line));
        } catch (const YAML::Exception& error) {
            return fail(Errc::config, "{}:{}: {}", source, document.first_line + error.mark.line + 1,
                        error.msg);
        }
    }
    return readers;
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
    error_ = Error{Errc::config, fmt::format("{}:{}: '{}' {}", source_, line_of(at), key, reason)};
}

int ConfigReader::line_of(const YAML::Node& at) const {
    // A key that is missing has no place of its own: the mapping's is the nearest.
    const YAML::Mark mark = at.IsDefined() && !at.Mark().is_null() ? at.Mark() : node_.Mark();
    return first_line_ + mark.line + 1;
}

std::string ConfigReader::place(const std::string& key) const {
    const YAML::Node& node = node_;
    return fmt::format("{}:{}", source_, line_of(node.IsMap() ? node[key] : YAML::Node()));
}

ConfigReader ConfigReader::child(const std::string& key) {
    const YAML::Node node = find(key);
    if (node && node.IsMap()) return ConfigReader(node, source_, first_line_);
    if (node && !node.IsNull()) refuse(node, key, "must be a mapping");
    return ConfigReader(YAML::Node(YAML::NodeType::Map), source_, first_line_);
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
        readers.push_back(ConfigReader(entry, source_, first_line_));
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
