#pragma once
// Reading a JSON object whose fields must fit: the first misfit is kept with the field's name, later reads
// give fallbacks, so that a decoder reads everything and checks once. Includes nlohmann/json: for codecs'
// .cpp files only.

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::core {

/// Errc::invalid_argument for what is no JSON, Errc::too_large beyond `limit_bytes`.
inline Result<nlohmann::json> parse_json(std::string_view text, std::size_t limit_bytes = 8u << 20) {
    if (text.size() > limit_bytes)
        return fail(Errc::too_large, "the JSON is longer than {} bytes", limit_bytes);
    nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) return fail(Errc::invalid_argument, "this is no JSON");
    return value;
}

/// Never throws: bytes that are no UTF-8 become U+FFFD.
inline std::string dump_json(const nlohmann::json& value, int indent = -1) {
    return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

inline nlohmann::json json_time(std::optional<WallTime> at) {
    return at ? nlohmann::json(format_rfc3339(*at)) : nlohmann::json(nullptr);
}

class JsonFields {
public:
    explicit JsonFields(const nlohmann::json& value) : value_(value) {
        if (!value.is_object()) refuse("", "is no JSON object");
    }

    /// The field, or nullptr when it is absent or null.
    const nlohmann::json* find(const char* key) const {
        if (!value_.is_object()) return nullptr;
        const auto at = value_.find(key);
        return at == value_.end() || at->is_null() ? nullptr : &*at;
    }

    std::string text(const char* key, std::size_t most_bytes = 16 << 10) {
        const nlohmann::json* field = find(key);
        if (field == nullptr) return {};
        if (!field->is_string()) return refuse(key, "is no text"), std::string();
        const auto& text = field->get_ref<const std::string&>();
        if (text.size() > most_bytes) return refuse(key, "is too long"), std::string();
        return text;
    }

    std::optional<double> number(const char* key) {
        const nlohmann::json* field = find(key);
        if (field == nullptr) return std::nullopt;
        if (!field->is_number()) return refuse(key, "is no number"), std::nullopt;
        return field->get<double>();
    }

    std::optional<std::uint64_t> count(const char* key) {
        const nlohmann::json* field = find(key);
        if (field == nullptr) return std::nullopt;
        // A number put in by code may be signed; one that was parsed is not.
        if (!field->is_number_integer() || (!field->is_number_unsigned() && field->get<std::int64_t>() < 0))
            return refuse(key, "is no whole number of 0 or more"), std::nullopt;
        return field->get<std::uint64_t>();
    }

    bool flag(const char* key, bool fallback = false) {
        const nlohmann::json* field = find(key);
        if (field == nullptr) return fallback;
        if (!field->is_boolean()) return refuse(key, "is neither true nor false"), fallback;
        return field->get<bool>();
    }

    std::optional<WallTime> time(const char* key) {
        const nlohmann::json* field = find(key);
        if (field == nullptr) return std::nullopt;
        if (!field->is_string()) return refuse(key, "is no time"), std::nullopt;
        const auto at = parse_rfc3339(field->get_ref<const std::string&>());
        if (!at) return refuse(key, at.error().message), std::nullopt;
        return *at;
    }

    WallTime required_time(const char* key) {
        if (find(key) == nullptr) refuse(key, "is missing");
        return time(key).value_or(WallTime{});
    }

    /// The array's elements, none when absent.
    const nlohmann::json& array(const char* key, std::size_t most = 10'000) {
        static const nlohmann::json empty = nlohmann::json::array();
        const nlohmann::json* field = find(key);
        if (field == nullptr) return empty;
        if (!field->is_array() || field->size() > most) {
            refuse(key, field->is_array() ? "has too many elements" : "is no array");
            return empty;
        }
        return *field;
    }

    const nlohmann::json& object(const char* key, std::size_t most = 1'000) {
        static const nlohmann::json empty = nlohmann::json::object();
        const nlohmann::json* field = find(key);
        if (field == nullptr) return empty;
        if (!field->is_object() || field->size() > most) {
            refuse(key, field->is_object() ? "has too many fields" : "is no object");
            return empty;
        }
        return *field;
    }

    /// The value of a word by its parser, a function from text to std::optional.
    template <class Parse>
    auto word(const char* key, Parse parse) -> decltype(parse(std::string_view{})) {
        const std::string text = this->text(key, 200);
        if (text.empty()) return std::nullopt;
        auto value = parse(std::string_view(text));
        if (!value) refuse(key, "has no value '" + text + "'");
        return value;
    }

    template <class T>
    T need(const char* key, std::optional<T> value) {
        if (!value && !error_) refuse(key, "is missing");
        return value ? *value : T{};
    }

    void refuse(std::string_view key, std::string_view reason) {
        if (!error_)
            error_ = Error{Errc::invalid_argument,
                           key.empty() ? std::string(reason) : fmt::format("{}: {}", key, reason)};
    }
    /// Takes over an element's error.
    template <class T>
    void merge(std::string_view key, const Result<T>& element) {
        if (!element) refuse(key, element.error().message);
    }

    Result<> finish() const {
        if (error_) return Failure(*error_);
        return {};
    }
    /// What was read, if all of it fitted.
    template <class T>
    Result<T> finish(T value) const {
        if (error_) return Failure(*error_);
        return value;
    }

private:
    const nlohmann::json& value_;
    std::optional<Error> error_;
};

}  // namespace qd::core
