#pragma once
// An opaque string id that cannot be mistaken for another kind of id.

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace qd::core {

template <class Tag>
struct StrongId {
    std::string value;

    StrongId() = default;
    explicit StrongId(std::string text) : value(std::move(text)) {}

    bool empty() const { return value.empty(); }
    auto operator<=>(const StrongId&) const = default;
    bool operator==(const StrongId&) const = default;
};

}  // namespace qd::core

template <class Tag>
struct std::hash<qd::core::StrongId<Tag>> {
    std::size_t operator()(const qd::core::StrongId<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.value);
    }
};
