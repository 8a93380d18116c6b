#pragma once
// Reading JSON objects field by field: the first wrong or missing field is kept as the error. For codec*.cpp
// only.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::slo {

class Fields {
public:
    explicit Fields(const nlohmann::json& value) : value_(value) {
        if (!value.is_object()) reject("the value", "must be an object");
    }

    const nlohmann::json* find(const char* name) const {
        if (!value_.is_object()) return nullptr;
        const auto at = value_.find(name);
        return at == value_.end() || at->is_null() ? nullptr : &*at;
    }

    std::string text(const char* name) {
        const auto* field = find(name);
        if (field && field->is_string()) return field->get<std::string>();
        reject(name, "must be a string");
        return {};
    }
    std::optional<double> optional_number(const char* name) {
        const auto* field = find(name);
        if (!field) return std::nullopt;
        if (field->is_number()) return field->get<double>();
        reject(name, "must be a number or null");
        return std::nullopt;
    }
    double number(const char* name) {
        const auto value = optional_number(name);
        if (!value) reject(name, "must be a number");
        return value.value_or(0);
    }
    std::int64_t integer(const char* name) {
        const auto* field = find(name);
        if (field && field->is_number_integer()) return field->get<std::int64_t>();
        reject(name, "must be a whole number");
        return 0;
    }
    std::uint64_t count(const char* name) {
        const std::int64_t value = integer(name);
        if (value < 0) reject(name, "must not be negative");
        return std::uint64_t(value < 0 ? 0 : value);
    }
    /// Null and absent mean nothing is known: 0.
    std::uint64_t count_or_none(const char* name) { return find(name) ? count(name) : 0; }
    bool flag(const char* name) {
        const auto* field = find(name);
        if (field && field->is_boolean()) return field->get<bool>();
        reject(name, "must be true or false");
        return false;
    }
    std::optional<core::WallTime> optional_time(const char* name) {
        const auto* field = find(name);
        if (!field) return std::nullopt;
        if (field->is_string())
            if (const auto at = core::parse_rfc3339(field->get_ref<const std::string&>())) return *at;
        reject(name, "must be an RFC 3339 time");
        return std::nullopt;
    }
    core::WallTime time(const char* name) {
        const auto at = optional_time(name);
        if (!at) reject(name, "must be an RFC 3339 time");
        return at.value_or(core::WallTime{});
    }
    const nlohmann::json& object(const char* name) {
        static const nlohmann::json empty = nlohmann::json::object();
        const auto* field = find(name);
        if (field && field->is_object()) return *field;
        reject(name, "must be an object");
        return empty;
    }
    const nlohmann::json& list(const char* name, std::size_t most) {
        static const nlohmann::json empty = nlohmann::json::array();
        const auto* field = find(name);
        if (field && field->is_array() && field->size() <= most) return *field;
        reject(name, "must be a list of a sane length");
        return empty;
    }

    /// The value of a nested decoder, whose error is taken over.
    template <class T>
    T take(const char* name, core::Result<T> nested) {
        if (nested) return std::move(*nested);
        reject(name, nested.error().message);
        return T{};
    }
    void reject(const char* name, std::string_view reason) {
        if (!error_) error_ = core::Error{core::Errc::invalid_argument, fmt::format("'{}' {}", name, reason)};
    }
    const std::optional<core::Error>& error() const { return error_; }

    template <class T>
    core::Result<T> finish(T value) const {
        if (error_) return core::Failure(*error_);
        return value;
    }

private:
    const nlohmann::json& value_;
    std::optional<core::Error> error_;
};

template <class T>
nlohmann::json or_null(const std::optional<T>& value) {
    if (!value) return nullptr;
    return *value;
}

inline nlohmann::json or_null(const std::optional<core::WallTime>& at) {
    if (!at) return nullptr;
    return core::format_rfc3339(*at);
}

}  // namespace qd::slo
