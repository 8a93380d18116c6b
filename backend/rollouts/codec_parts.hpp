#pragma once
// What the codecs of this room share. Includes nlohmann/json: for .cpp files only.

#include <optional>

#include "core/json_fields.hpp"

namespace qd::rollouts {

template <class T>
nlohmann::json optional_json(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

}  // namespace qd::rollouts
