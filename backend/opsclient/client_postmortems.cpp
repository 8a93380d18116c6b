// The calls about post-mortems and action items.

#include "opsclient/client_impl.hpp"
#include "postmortems/codec.hpp"

namespace qd::opsclient {
namespace {

using http::Method;
using postmortems::View;

std::string postmortem_path(const incidents::IncidentId& id, std::string_view rest = {}) {
    return "/postmortems/" + http::percent_encode(id.value) + std::string(rest);
}

std::string query_of(const postmortems::ActionFilter& filter) {
    std::string query;
    const auto add = [&query](std::string_view key, std::string_view value) {
        if (value.empty()) return;
        query.append(query.empty() ? "?" : "&").append(key).append("=").append(http::percent_encode(value));
    };
    if (filter.state)
        add("state", to_string(*filter.state));
    else if (filter.closed)
        add("state", *filter.closed ? "closed" : "unfinished");
    add("owner", filter.owner);
    add("incident", filter.incident);
    add("tracker_url", filter.tracker_url);
    if (filter.overdue) add("overdue", "true");
    return query;
}

core::Result<std::string> as_it_is(const std::string& text) {
    return text;
}

}  // namespace

void Client::postmortems(Callback<std::vector<postmortems::Listing>> done) {
    impl_->call(impl_->request(Method::get, "/postmortems"), std::move(done),
                items(&postmortems::listing_from_json));
}

void Client::postmortem_view(const incidents::IncidentId& id, Callback<View> done) {
    impl_->call(impl_->request(Method::get, postmortem_path(id)), std::move(done),
                from_json(&postmortems::view_from_json));
}

void Client::save_postmortem(const incidents::IncidentId& id, const postmortems::SaveRequest& request,
                             std::optional<std::uint64_t> expected_version, Callback<View> done) {
    impl_->call(impl_->write(Method::put, postmortem_path(id), encode(request), expected_version),
                std::move(done), from_json(&postmortems::view_from_json));
}

void Client::move_postmortem(const incidents::IncidentId& id, const postmortems::MoveRequest& request,
                             std::optional<std::uint64_t> expected_version, Callback<View> done) {
    impl_->call(impl_->write(Method::post, postmortem_path(id, "/state"), encode(request), expected_version),
                std::move(done), from_json(&postmortems::view_from_json));
}

void Client::review_postmortem(const incidents::IncidentId& id, const postmortems::ReviewerRequest& request,
                               Callback<View> done) {
    impl_->call(impl_->write(Method::post, postmortem_path(id, "/reviewers"), encode(request)),
                std::move(done), from_json(&postmortems::view_from_json));
}

void Client::comment_postmortem(const incidents::IncidentId& id, const postmortems::CommentRequest& request,
                                Callback<View> done) {
    impl_->call(impl_->write(Method::post, postmortem_path(id, "/comments"), encode(request)),
                std::move(done), from_json(&postmortems::view_from_json));
}

void Client::resolve_comment(const incidents::IncidentId& id, std::uint64_t comment,
                             const postmortems::ResolveRequest& request, Callback<View> done) {
    impl_->call(impl_->write(Method::post, postmortem_path(id, fmt::format("/comments/{}/resolve", comment)),
                             encode(request)),
                std::move(done), from_json(&postmortems::view_from_json));
}

void Client::use_postmortem_template(const incidents::IncidentId& id, const std::string& name,
                                     Callback<View> done) {
    impl_->call(impl_->write(Method::post, postmortem_path(id, "/template"),
                             nlohmann::json{{"template", name}}.dump(
                                 -1, ' ', false, nlohmann::json::error_handler_t::replace)),
                std::move(done), from_json(&postmortems::view_from_json));
}

void Client::set_postmortem_factors(const incidents::IncidentId& id,
                                    const std::vector<postmortems::Factor>& factors, Callback<View> done) {
    impl_->call(
        impl_->write(Method::post, postmortem_path(id, "/factors"), postmortems::encode_factors(factors)),
        std::move(done), from_json(&postmortems::view_from_json));
}

void Client::postmortem_history(const incidents::IncidentId& id,
                                Callback<std::vector<postmortems::HistoryEntry>> done) {
    impl_->call(impl_->request(Method::get, postmortem_path(id, "/history")), std::move(done),
                items(&postmortems::history_entry_from_json));
}

void Client::postmortem_version(const incidents::IncidentId& id, std::uint64_t seq,
                                Callback<postmortems::HistoryEntry> done) {
    impl_->call(impl_->request(Method::get, postmortem_path(id, fmt::format("/history?seq={}", seq))),
                std::move(done), from_json(&postmortems::history_entry_from_json));
}

void Client::preview_postmortem(const incidents::IncidentId& id, const postmortems::PreviewRequest& request,
                                Callback<std::string> done) {
    impl_->call<std::string>(impl_->request(Method::post, postmortem_path(id, "/preview"), encode(request)),
                             std::move(done), &as_it_is);
}

void Client::postmortem_templates(Callback<std::vector<postmortems::Template>> done) {
    impl_->call(impl_->request(Method::get, "/postmortem-templates"), std::move(done),
                items(&postmortems::template_from_json));
}

void Client::action_items(const postmortems::ActionFilter& filter, Callback<postmortems::ActionList> done) {
    impl_->call(impl_->request(Method::get, "/action-items" + query_of(filter)), std::move(done),
                from_json(&postmortems::action_list_from_json));
}

void Client::add_action_item(const postmortems::ActionRequest& request, Callback<postmortems::Action> done) {
    impl_->call(impl_->write(Method::post, "/action-items", encode(request)), std::move(done),
                from_json(&postmortems::action_from_json));
}

void Client::change_action_item(const std::string& id, const postmortems::ActionRequest& request,
                                std::optional<std::uint64_t> expected_version,
                                Callback<postmortems::Action> done) {
    impl_->call(impl_->write(Method::post, "/action-items/" + http::percent_encode(id), encode(request),
                             expected_version),
                std::move(done), from_json(&postmortems::action_from_json));
}

void Client::action_items_csv(const postmortems::ActionFilter& filter, Callback<std::string> done) {
    const std::string query = query_of(filter);
    impl_->call<std::string>(
        impl_->request(Method::get, "/action-items" + query + (query.empty() ? "?" : "&") + "format=csv"),
        std::move(done), &as_it_is);
}

}  // namespace qd::opsclient
