#include "security/roles.hpp"

#include <array>
#include <utility>

namespace qd::security {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> names = {{
    {Role::viewer, "viewer"},
    {Role::responder, "responder"},
    {Role::release_manager, "release-manager"},
    {Role::admin, "admin"},
}};

}  // namespace

std::string_view to_string(Role role) {
    for (const auto& [value, name] : names)
        if (value == role) return name;
    return "viewer";
}

std::optional<Role> parse_role(std::string_view text) {
    for (const auto& [value, name] : names)
        if (name == text) return value;
    return std::nullopt;
}

}  // namespace qd::security
