#include "gateway/session.hpp"

namespace qd::gateway {
namespace {

constexpr std::size_t longest_session = 128;

}  // namespace

std::string_view cookie_of(std::string_view field, std::string_view name) {
    while (!field.empty()) {
        std::string_view pair = field.substr(0, field.find(';'));
        field.remove_prefix(std::min(field.size(), pair.size() + 1));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name)
            return pair.substr(equals + 1);
    }
    return {};
}

std::string session_of(const http::Request& request) {
    std::string session = request.query.get_or("s", "");
    if (session.empty()) session = cookie_of(request.headers.get("Cookie"), "qd_session");
    if (session.empty()) session = request.remote_address;
    session.resize(std::min(session.size(), longest_session));
    return session;
}

std::optional<std::string> wanted_arm(const http::Request& request) {
    if (const auto field = request.headers.get("X-Quarterdeck-Arm"); !field.empty())
        return std::string(field);
    return request.query.get("arm");
}

std::string_view bearer_of(const http::Request& request) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view field = request.headers.get("Authorization");
    if (field.size() <= scheme.size() || !http::equals_ignoring_case(field.substr(0, scheme.size()), scheme))
        return {};
    return field.substr(scheme.size());
}

std::string cache_path(const http::Request& request) {
    std::string key = request.path;
    char separator = '?';
    for (const auto& [name, value] : request.query.all()) {
        if (name == "s" || name == "arm") continue;
        key += separator;
        key += http::percent_encode(name);
        key += '=';
        key += http::percent_encode(value);
        separator = '&';
    }
    return key;
}

}  // namespace qd::gateway
