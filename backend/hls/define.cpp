#include "hls/define.hpp"

#include <algorithm>
#include <optional>

#include "hls/lines.hpp"

namespace qd::hls {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr std::size_t max_variables = 256;
constexpr std::size_t max_value_bytes = 4'096;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// RFC 3986, 2.1; what is no valid escape stays as it is.
std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                            hex_digit(text[i + 2]) >= 0;
        if (escape) {
            result += char(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        const std::size_t equals = pair.find('=');
        if (percent_decoded(pair.substr(0, equals)) != name) continue;
        return equals == std::string_view::npos ? std::string() : percent_decoded(pair.substr(equals + 1));
    }
    return std::nullopt;
}

class Expander {
public:
    Expander(const Definitions& definitions, std::size_t max_line)
        : given_(definitions), max_line_(max_line) {}

    core::Result<std::string> line(std::string_view text) {
        auto expanded = text.starts_with("#EXT-X-") ? tag(text)
                        : text.starts_with('#')     ? core::Result<std::string>(std::string(text))
                                                    : everywhere(text);
        if (!expanded || !expanded->starts_with("#EXT-X-DEFINE:")) return expanded;
        if (auto done = define(std::string_view(*expanded).substr(14)); !done) return Failure(done.error());
        return std::string();
    }
    Variables take() { return std::move(variables_); }

private:
    /// Appends the text up to `until`, with its names replaced.
    core::Result<> append(std::string& out, std::string_view text) {
        while (!text.empty()) {
            const std::size_t begin = text.find("{$");
            out += text.substr(0, begin);
            if (begin == std::string_view::npos) break;
            text.remove_prefix(begin);
            const std::size_t end = text.find('}');
            const std::string_view name =
                end == std::string_view::npos ? std::string_view() : text.substr(2, end - 2);
            if (!is_name(name)) {
                out += text.substr(0, 2);
                text.remove_prefix(2);
                continue;
            }
            const auto found = variables_.find(name);
            if (found == variables_.end()) return fail(Errc::corrupt, "the variable {} is not defined", name);
            out += found->second;
            if (out.size() > max_line_)
                return fail(Errc::too_large, "longer than {} bytes with its variables", max_line_);
            text.remove_prefix(end + 1);
        }
        return {};
    }
    core::Result<std::string> everywhere(std::string_view text) {
        std::string out;
        if (auto done = append(out, text); !done) return Failure(done.error());
        return out;
    }
    /// Within quotes, and where an unquoted value is nothing but a name.
    core::Result<std::string> tag(std::string_view text) {
        if (text.find("{$") == std::string_view::npos) return std::string(text);
        std::string out;
        bool quoted = false;
        while (!text.empty()) {
            const std::size_t quote = text.find('"');
            const std::string_view part = text.substr(0, quote);
            const bool replace = quoted || part.find("={$") != std::string_view::npos;
            if (!replace)
                out += part;
            else if (auto done = append(out, part); !done)
                return Failure(done.error());
            if (quote == std::string_view::npos) break;
            out += '"';
            quoted = !quoted;
            text.remove_prefix(quote + 1);
        }
        return out;
    }
    core::Result<> define(std::string_view attributes) {
        auto list = AttributeList::parse(attributes);
        if (!list) return Failure(list.error());
        std::string name;
        std::optional<std::string> value;
        if (const Attribute* stated = list->find("NAME")) {
            name = stated->value;
            const Attribute* text = list->find("VALUE");
            if (!text) return fail(Errc::corrupt, "a definition of {} without VALUE", name.substr(0, 128));
            value = std::string(text->value);
        } else if (const Attribute* import = list->find("IMPORT")) {
            name = import->value;
            const auto found = given_.imported.find(name);
            if (found != given_.imported.end()) value = found->second;
        } else if (const Attribute* parameter = list->find("QUERYPARAM")) {
            name = parameter->value;
            value = query_parameter(given_.query, name);
        } else {
            return fail(Errc::corrupt, "a definition without NAME, IMPORT or QUERYPARAM");
        }
        if (!is_name(name)) return fail(Errc::corrupt, "not a variable's name");
        if (!value) return fail(Errc::corrupt, "the variable {} is to be had nowhere", name);
        if (value->size() > max_value_bytes)
            return fail(Errc::too_large, "the variable {} is longer than {} bytes", name, max_value_bytes);
        for (const char c : *value)
            if (c == '"' || (static_cast<unsigned char>(c) < 0x20 && c != '\t'))
                return fail(Errc::corrupt, "the variable {} holds a quote or a control character", name);
        if (variables_.size() == max_variables)
            return fail(Errc::too_large, "more than {} variables", max_variables);
        if (!variables_.emplace(name, std::move(*value)).second)
            return fail(Errc::corrupt, "the variable {} is defined twice", name);
        return {};
    }

    const Definitions& given_;
    std::size_t max_line_;
    Variables variables_;
};

}  // namespace

core::Result<Expansion> expand_definitions(std::string_view text, const Definitions& definitions,
                                           std::size_t max_bytes, std::size_t max_line_bytes) {
    Expander expander(definitions, max_line_bytes);
    Expansion result;
    result.text.reserve(text.size());
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        auto line = expander.line(text.substr(0, end));
        if (!line) return fail_at(number, line.error());
        result.text += *line;
        if (result.text.size() >= max_bytes)
            return fail(Errc::too_large, "line {}: with its variables the playlist is larger than {} bytes",
                        number, max_bytes);
        if (end == std::string_view::npos) break;
        result.text += '\n';
        text.remove_prefix(end + 1);
    }
    result.variables = expander.take();
    return result;
}

}  // namespace qd::hls
