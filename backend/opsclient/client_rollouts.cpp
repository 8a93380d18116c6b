#include "core/json_fields.hpp"
#include "opsclient/client_impl.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/codec.hpp"
#include "rollouts/policy_codec.hpp"

namespace qd::opsclient {
namespace {

using http::Method;

std::string rollout_path(const rollouts::RolloutId& id, std::string_view below = {}) {
    return fmt::format("/rollouts/{}{}", http::percent_encode(id.value), below);
}

std::string group_path(const std::string& group, std::string_view below) {
    return fmt::format("/rollouts/groups/{}/{}", http::percent_encode(group), below);
}

}  // namespace

void Client::rollouts(Callback<std::vector<rollouts::Rollout>> done) {
    impl_->call(impl_->request(Method::get, "/rollouts"), std::move(done),
                items(&rollouts::rollout_from_json));
}

void Client::rollout_history(std::string_view state, std::size_t limit,
                             Callback<std::vector<rollouts::Rollout>> done) {
    impl_->call(impl_->request(Method::get, fmt::format("/rollouts?state={}&limit={}",
                                                        http::percent_encode(state), limit)),
                std::move(done), items(&rollouts::rollout_from_json));
}

void Client::rollout(const rollouts::RolloutId& id, Callback<rollouts::Rollout> done) {
    impl_->call(impl_->request(Method::get, rollout_path(id)), std::move(done),
                from_json(&rollouts::rollout_from_json));
}

void Client::create_rollout(const std::string& specification, const std::string& reason, bool override_freeze,
                            Callback<rollouts::Rollout> done) {
    const std::string path = fmt::format("/rollouts?reason={}{}", http::percent_encode(reason),
                                         override_freeze ? "&override=true" : "");
    auto request = impl_->write(Method::post, path, specification);
    request.headers.set("Content-Type", "application/yaml");
    impl_->call(std::move(request), std::move(done), from_json(&rollouts::rollout_from_json));
}

void Client::preview_rollout_action(const rollouts::RolloutId& id, rollouts::Action action,
                                    Callback<rollouts::ActionPreview> done) {
    impl_->call(impl_->request(Method::get, rollout_path(id, fmt::format("/preview?action={}",
                                                                         rollouts::to_string(action)))),
                std::move(done), from_json(&rollouts::action_preview_from_json));
}

void Client::rollout_action(const rollouts::RolloutId& id, rollouts::Action action,
                            const rollouts::ActionRequest& request,
                            std::optional<std::uint64_t> expected_version, Callback<rollouts::Rollout> done) {
    impl_->call(impl_->write(Method::post, rollout_path(id, fmt::format("/{}", rollouts::to_string(action))),
                             rollouts::encode(request), expected_version),
                std::move(done), from_json(&rollouts::rollout_from_json));
}

void Client::approve_rollout(const rollouts::RolloutId& id, const std::string& reason,
                             std::optional<std::uint64_t> expected_version,
                             Callback<rollouts::Rollout> done) {
    impl_->call(impl_->write(Method::post, rollout_path(id, "/approve"),
                             rollouts::encode(rollouts::ActionRequest{reason, false, {}}), expected_version),
                std::move(done), from_json(&rollouts::rollout_from_json));
}

void Client::rollback(const rollouts::RolloutId& id, const rollouts::RollbackRequest& request,
                      Callback<rollouts::Rollout> done) {
    impl_->call(impl_->write(Method::post, rollout_path(id, "/rollback"), rollouts::encode(request)),
                std::move(done), from_json(&rollouts::rollout_from_json));
}

void Client::preview_group_action(const std::string& group, rollouts::Action action,
                                  Callback<rollouts::GroupPreview> done) {
    impl_->call(impl_->request(Method::get, group_path(group, fmt::format("preview?action={}",
                                                                          rollouts::to_string(action)))),
                std::move(done), from_json(&rollouts::group_preview_from_json));
}

void Client::group_action(const std::string& group, rollouts::Action action,
                          const rollouts::ActionRequest& request,
                          Callback<std::vector<rollouts::GroupOutcome>> done) {
    impl_->call(impl_->write(Method::post, group_path(group, rollouts::to_string(action)),
                             rollouts::encode(request)),
                std::move(done), items(&rollouts::group_outcome_from_json));
}

void Client::rollout_policy(Callback<rollouts::PolicyPicture> done) {
    impl_->call(impl_->request(Method::get, "/rollouts/policy"), std::move(done),
                from_json(&rollouts::policy_picture_from_json));
}

void Client::rollout_advice(const std::string& query, Callback<std::string> done) {
    impl_->call<std::string>(impl_->request(Method::get, "/rollouts/advice?" + query), std::move(done),
                             [](const std::string& text) -> core::Result<std::string> { return text; });
}

}  // namespace qd::opsclient
