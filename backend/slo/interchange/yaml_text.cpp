#include "slo/interchange/yaml_text.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace qd::slo::interchange {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Text that no reader takes for a number, a truth value, null or syntax.
bool is_plain(const std::string& text) {
    constexpr std::string_view words[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    if (text.empty() || !is_letter(text[0])) return false;
    std::string lower = text;
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    if (std::find(std::begin(words), std::end(words), lower) != std::end(words)) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
    });
}

void emit_text(YAML::Emitter& out, const std::string& text) {
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '\''; });
    if (!is_plain(text)) {
        if (printable)
            out << YAML::SingleQuoted;
        else
            out << YAML::DoubleQuoted;
    }
    out << text;
}

void emit(YAML::Emitter& out, const nlohmann::ordered_json& value) {
    if (value.is_object()) {
        out << YAML::BeginMap;
        for (const auto& [key, entry] : value.items()) {
            out << YAML::Key;
            emit_text(out, key);
            out << YAML::Value;
            emit(out, entry);
        }
        out << YAML::EndMap;
    } else if (value.is_array()) {
        out << YAML::BeginSeq;
        for (const auto& entry : value) emit(out, entry);
        out << YAML::EndSeq;
    } else if (value.is_string()) {
        emit_text(out, value.get_ref<const std::string&>());
    } else {
        out << value.dump();
    }
}

}  // namespace

std::string to_yaml(const nlohmann::ordered_json& document) {
    YAML::Emitter out;
    emit(out, document);
    return std::string(out.c_str(), out.size()) + '\n';
}

}  // namespace qd::slo::interchange
