#pragma once
// The wire's JSON of post-mortems and action items. Decoding is bounded and refuses what does not fit
// (Errc::invalid_argument with the field's name); unknown fields are ignored.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "postmortems/requests.hpp"
#include "postmortems/view.hpp"

namespace qd::postmortems {

nlohmann::json to_json(const Template& value);
core::Result<Template> template_from_json(const nlohmann::json& value);
nlohmann::json to_json(const Draft& draft);
core::Result<Draft> draft_from_json(const nlohmann::json& value);
nlohmann::json to_json(const Factor& factor);
core::Result<Factor> factor_from_json(const nlohmann::json& value);
nlohmann::json to_json(const Finding& finding);
core::Result<Finding> finding_from_json(const nlohmann::json& value);
nlohmann::json to_json(const ActionItem& item);
core::Result<ActionItem> action_item_from_json(const nlohmann::json& value);
/// As `now` has it: whether it is overdue goes with it.
nlohmann::json to_json(const Action& action, core::WallTime now);
core::Result<Action> action_from_json(const nlohmann::json& value);
/// {"items":[…],"next":null,"counts":{…}}
nlohmann::json to_json(const ActionList& list, core::WallTime now);
core::Result<ActionList> action_list_from_json(const nlohmann::json& value);
nlohmann::json to_json(const View& view, core::WallTime now);
core::Result<View> view_from_json(const nlohmann::json& value);
nlohmann::json to_json(const Listing& listing);
core::Result<Listing> listing_from_json(const nlohmann::json& value);
nlohmann::json to_json(const HistoryEntry& entry);
core::Result<HistoryEntry> history_entry_from_json(const nlohmann::json& value);

std::string encode(const SaveRequest& request);
core::Result<SaveRequest> decode_save_request(std::string_view text);
std::string encode(const MoveRequest& request);
core::Result<MoveRequest> decode_move_request(std::string_view text);
std::string encode(const ReviewerRequest& request);
core::Result<ReviewerRequest> decode_reviewer_request(std::string_view text);
std::string encode(const CommentRequest& request);
core::Result<CommentRequest> decode_comment_request(std::string_view text);
std::string encode(const ResolveRequest& request);
core::Result<ResolveRequest> decode_resolve_request(std::string_view text);
std::string encode(const PreviewRequest& request);
core::Result<PreviewRequest> decode_preview_request(std::string_view text);
/// {"factors":[…]}
std::string encode_factors(const std::vector<Factor>& factors);
core::Result<std::vector<Factor>> decode_factors(std::string_view text);
std::string encode(const ActionRequest& request);
core::Result<ActionRequest> decode_action_request(std::string_view text);

}  // namespace qd::postmortems
