#include "opsclient/client_impl.hpp"

namespace qd::opsclient {
namespace {

using http::Method;

std::string flag_path(const std::string& key, std::string_view below = {}) {
    return fmt::format("/flags/{}{}", http::percent_encode(key), below);
}

}  // namespace

void Client::flags(Callback<FlagList> done) {
    impl_->call(impl_->request(Method::get, "/flags"), std::move(done), from_json(&flag_list_from_json));
}

void Client::flag(const std::string& key, Callback<FlagView> done) {
    impl_->call(impl_->request(Method::get, flag_path(key)), std::move(done),
                from_json(&flag_view_from_json));
}

void Client::flag_history(const std::string& key, Callback<std::vector<FlagChange>> done) {
    impl_->call(impl_->request(Method::get, flag_path(key, "/history")), std::move(done),
                items(&flag_change_from_json));
}

void Client::set_flag(const flags::Flag& flag, const std::string& reason,
                      std::optional<std::uint64_t> expected_revision, Callback<FlagView> done) {
    impl_->call(
        impl_->write(Method::put, flag_path(flag.key), encode_flag_request(reason, &flag), expected_revision),
        std::move(done), from_json(&flag_view_from_json));
}

void Client::kill_flag(const std::string& key, const std::string& reason,
                       std::optional<std::uint64_t> expected_revision, Callback<FlagView> done) {
    impl_->call(
        impl_->write(Method::post, flag_path(key, "/kill"), encode_flag_request(reason), expected_revision),
        std::move(done), from_json(&flag_view_from_json));
}

void Client::restore_flag(const std::string& key, const std::string& reason,
                          std::optional<std::uint64_t> expected_revision, Callback<FlagView> done) {
    impl_->call(impl_->write(Method::post, flag_path(key, "/restore"), encode_flag_request(reason),
                             expected_revision),
                std::move(done), from_json(&flag_view_from_json));
}

void Client::changes(Callback<std::vector<Change>> done) {
    impl_->call(impl_->request(Method::get, "/changes?limit=200"), std::move(done), items(&change_from_json));
}

}  // namespace qd::opsclient
