#pragma once
// What this room's codecs need beyond core::JsonFields: fields that must be there. For codec*.cpp only.

#include "core/json_fields.hpp"

namespace qd::slo {

class Fields : public core::JsonFields {
public:
    using core::JsonFields::JsonFields;

    std::string text(const char* key) {
        if (!find(key)) refuse(key, "is missing");
        return core::JsonFields::text(key);
    }
    double number(const char* key) { return need(key, core::JsonFields::number(key)); }
    std::optional<double> number_or_nothing(const char* key) { return core::JsonFields::number(key); }
    std::uint64_t count(const char* key) { return need(key, core::JsonFields::count(key)); }
    /// 0 when absent or null: nothing is known.
    std::uint64_t count_or_none(const char* key) { return find(key) ? count(key) : 0; }
    std::int64_t seconds(const char* key) { return std::int64_t(count(key) & INT64_MAX); }
    bool flag(const char* key) {
        if (!find(key)) refuse(key, "is missing");
        return core::JsonFields::flag(key);
    }
    const nlohmann::json& object(const char* key) {
        if (!find(key)) refuse(key, "is missing");
        return core::JsonFields::object(key);
    }
    const nlohmann::json& array(const char* key, std::size_t most) {
        if (!find(key)) refuse(key, "is missing");
        return core::JsonFields::array(key, most);
    }
    /// The value of a nested decoder, whose error is taken over.
    template <class T>
    T take(const char* key, core::Result<T> nested) {
        merge(key, nested);
        return nested ? std::move(*nested) : T{};
    }
};

template <class T>
nlohmann::json or_null(const std::optional<T>& value) {
    if (!value) return nullptr;
    return *value;
}

inline nlohmann::json or_null(const std::optional<core::WallTime>& at) {
    return core::json_time(at);
}

}  // namespace qd::slo
