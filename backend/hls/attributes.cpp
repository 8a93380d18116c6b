#include "hls/attributes.hpp"

#include <charconv>

namespace qd::hls {

using core::Errc;
using core::fail;

namespace {

bool is_name_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

core::Result<AttributeList> AttributeList::parse(std::string_view text) {
    AttributeList list;
    text = trimmed(text);
    while (!text.empty()) {
        if (list.attributes_.size() == max_attributes)
            return fail(Errc::corrupt, "more than {} attributes", max_attributes);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) return fail(Errc::corrupt, "an attribute without '='");
        Attribute attribute;
        attribute.name = trimmed(text.substr(0, equals));
        if (attribute.name.empty()) return fail(Errc::corrupt, "an attribute without a name");
        for (const char c : attribute.name)
            if (!is_name_character(c))
                return fail(Errc::corrupt, "an attribute name with forbidden characters");
        if (list.find(attribute.name)) return fail(Errc::corrupt, "attribute {} twice", attribute.name);
        text.remove_prefix(equals + 1);
        if (!text.empty() && text.front() == '"') {
            const std::size_t end = text.find('"', 1);
            if (end == std::string_view::npos)
                return fail(Errc::corrupt, "attribute {} has no closing quote", attribute.name);
            attribute.quoted = true;
            attribute.value = text.substr(1, end - 1);
            text = trimmed(text.substr(end + 1));
            if (!text.empty() && text.front() != ',')
                return fail(Errc::corrupt, "text after the closing quote of {}", attribute.name);
        } else {
            const std::size_t comma = text.find(',');
            attribute.value = trimmed(text.substr(0, comma));
            if (attribute.value.find('"') != std::string_view::npos)
                return fail(Errc::corrupt, "a quote inside the value of {}", attribute.name);
            text = comma == std::string_view::npos ? std::string_view() : text.substr(comma);
        }
        list.attributes_.push_back(attribute);
        if (!text.empty()) text = trimmed(text.substr(1));
    }
    return list;
}

const Attribute* AttributeList::find(std::string_view name) const {
    for (const Attribute& attribute : attributes_)
        if (attribute.name == name) return &attribute;
    return nullptr;
}

std::string AttributeList::text(std::string_view name) const {
    const Attribute* found = find(name);
    return found ? std::string(found->value) : std::string();
}

bool AttributeList::yes(std::string_view name) const {
    const Attribute* found = find(name);
    return found && found->value == "YES";
}

core::Result<std::optional<std::uint64_t>> AttributeList::integer(std::string_view name) const {
    const Attribute* found = find(name);
    if (!found) return std::optional<std::uint64_t>();
    const auto value = parse_integer(found->value);
    if (!value) return fail(Errc::corrupt, "{} is not a whole number", name);
    return value;
}

core::Result<std::optional<double>> AttributeList::decimal(std::string_view name) const {
    const Attribute* found = find(name);
    if (!found) return std::optional<double>();
    const auto value = parse_decimal(found->value);
    if (!value) return fail(Errc::corrupt, "{} is not a number", name);
    return value;
}

core::Result<std::string> AttributeList::required(std::string_view name) const {
    const Attribute* found = find(name);
    if (!found || found->value.empty()) return fail(Errc::corrupt, "{} is missing", name);
    return std::string(found->value);
}

std::optional<std::uint64_t> parse_integer(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

std::optional<double> parse_decimal(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + text.size() || value >= 1e12) return std::nullopt;
    return value;
}

std::optional<std::array<std::uint8_t, 16>> parse_hex128(std::string_view text) {
    if (text.size() < 3 || text.size() > 34 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
        return std::nullopt;
    text.remove_prefix(2);
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[text.size() - 1 - i];
        unsigned digit = 0;
        if (c >= '0' && c <= '9')
            digit = unsigned(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = unsigned(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            digit = unsigned(c - 'A' + 10);
        else
            return std::nullopt;
        bytes[15 - i / 2] = std::uint8_t(bytes[15 - i / 2] | (digit << (i % 2 * 4)));
    }
    return bytes;
}

}  // namespace qd::hls
