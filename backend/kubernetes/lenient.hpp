#pragma once
// Reading objects of a server whose version may be another: what does not fit is as if it were not there.
// Includes nlohmann/json: for .cpp files only.

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace qd::kubernetes::lenient {

inline const nlohmann::json& at(const nlohmann::json& value, const char* key) {
    static const nlohmann::json nothing;
    if (!value.is_object()) return nothing;
    const auto found = value.find(key);
    return found == value.end() ? nothing : *found;
}

/// The elements of an array; of anything else none.
inline const nlohmann::json& items(const nlohmann::json& value) {
    static const nlohmann::json none = nlohmann::json::array();
    return value.is_array() ? value : none;
}

/// A text, or a number as one: Kubernetes' int-or-string. At most 4,000 bytes.
inline std::string text(const nlohmann::json& value) {
    if (value.is_string()) return value.get_ref<const std::string&>().substr(0, 4'000);
    return value.is_number() ? value.dump() : std::string();
}

inline bool flag(const nlohmann::json& value) {
    return value.is_boolean() && value.get<bool>();
}

/// A whole number, also as text.
inline std::optional<std::int64_t> number(const nlohmann::json& value) {
    const std::string digits = value.is_number_integer() || value.is_string() ? text(value) : "";
    std::int64_t read = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), read);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return read;
}

inline std::uint64_t count(const nlohmann::json& value) {
    return std::uint64_t(std::max<std::int64_t>(0, number(value).value_or(0)));
}

inline std::optional<core::WallTime> time(const nlohmann::json& value) {
    if (!value.is_string()) return std::nullopt;
    const auto read = core::parse_rfc3339(value.get_ref<const std::string&>());
    return read ? std::optional(*read) : std::nullopt;
}

}  // namespace qd::kubernetes::lenient
