#pragma once
// Who may do what. Each role includes the ones before it.

#include <optional>
#include <string>
#include <string_view>

namespace qd::security {

enum class Role {
    viewer,           // reads
    responder,        // works on incidents, forces an arm
    release_manager,  // drives rollouts
    admin,            // uploads, deletes, steers processes and faults
};

/// "viewer", "responder", "release-manager", "admin".
std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view text);

/// Somebody who has proved who they are.
struct Actor {
    std::string name;
    Role role = Role::viewer;

    bool operator==(const Actor&) const = default;
};

}  // namespace qd::security
