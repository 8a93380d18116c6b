#pragma once
// The wire's JSON of what people ask of rollouts, and of what they are shown before they do. Decoding is bounded,
// names the field that does not fit (Errc::invalid_argument) and ignores unknown ones.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "rollouts/action_preview.hpp"
#include "rollouts/rollout.hpp"

namespace qd::rollouts {

/// The body of an action: {"reason", "override"}; of a group's also {"versions": {"RO-3": 12}}.
struct ActionRequest {
    std::string reason;            // at most 2,000 bytes
    bool override_freeze = false;  // act although a freeze forbids it; needs a reason
    std::map<std::string, std::uint64_t> versions{};  // member -> what was looked at; as If-Match for one
};
std::string encode(const ActionRequest& request);
/// An empty text is a request that says nothing.
core::Result<ActionRequest> decode_action_request(std::string_view text);

/// The body of POST /rollouts/{id}/rollback: a rollout of the same shape back to an earlier version.
struct RollbackRequest {
    std::string to_version;
    std::string reason;  // at most 2,000 bytes
    bool override_freeze = false;
};
std::string encode(const RollbackRequest& request);
core::Result<RollbackRequest> decode_rollback_request(std::string_view text);

nlohmann::json to_json(const ActionPreview& preview);
core::Result<ActionPreview> action_preview_from_json(const nlohmann::json& value);

/// The same action on all rollouts of a group, before anybody sends it.
struct GroupPreview {
    struct Member {
        RolloutId id;
        std::string name;
        ActionPreview preview;

        bool operator==(const Member&) const = default;
    };
    std::string group, action;
    std::optional<std::string> refusal;  // why none of them would act: one refusal is enough
    std::optional<std::string> frozen;   // what forbids it unless overridden with a reason
    std::vector<Member> members;         // in the order in which they would act

    bool operator==(const GroupPreview&) const = default;
};
nlohmann::json to_json(const GroupPreview& preview);
core::Result<GroupPreview> group_preview_from_json(const nlohmann::json& value);

/// What became of one member once the group acted.
struct GroupOutcome {
    RolloutId id;
    std::optional<Rollout> rollout;  // it has acted
    std::string error;               // why it has not

    bool operator==(const GroupOutcome&) const = default;
};
nlohmann::json to_json(const GroupOutcome& outcome);
core::Result<GroupOutcome> group_outcome_from_json(const nlohmann::json& value);

}  // namespace qd::rollouts
