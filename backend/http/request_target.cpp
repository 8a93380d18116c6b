#include "http/request_target.hpp"

#include <algorithm>

namespace qd::http {
namespace {

bool has_parent_segment(std::string_view path) {
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (path.substr(0, end) == "..") return true;
        path.remove_prefix(std::min(path.size(), end + 1));
    }
    return false;
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
}

std::string_view strip_origin(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() < scheme.size() || !equals_ignoring_case(target.substr(0, scheme.size()), scheme))
            continue;
        const std::size_t path = target.find_first_of("/?", scheme.size());
        return path == std::string_view::npos ? "/" : target.substr(path);
    }
    return target;
}

}  // namespace

core::Result<> read_target(std::string_view target, Request& request) {
    request.target = strip_origin(target);
    const std::string_view whole = request.target;
    if (whole == "*") {
        request.path.assign(1, '*');
        return {};
    }
    if (!whole.starts_with('/'))
        return core::fail(core::Errc::invalid_argument, "the path must begin with a slash");
    const std::size_t mark = std::min(whole.find('?'), whole.size());
    auto path = percent_decode(whole.substr(0, mark));
    if (!path || has_control(*path))
        return core::fail(core::Errc::invalid_argument, "the path holds what no path may hold");
    if (has_parent_segment(*path))
        return core::fail(core::Errc::invalid_argument, "the path must not hold '..'");
    request.path = std::move(*path);
    if (mark < whole.size()) request.query = Query::parse(whole.substr(mark + 1));
    return {};
}

std::string_view host_without_port(std::string_view field) {
    if (field.starts_with('[')) {
        const std::size_t bracket = field.find(']');
        return bracket == std::string_view::npos ? field : field.substr(1, bracket - 1);
    }
    return field.substr(0, field.find(':'));
}

bool is_sane_request_id(std::string_view text) {
    const auto sane = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), sane);
}

}  // namespace qd::http
