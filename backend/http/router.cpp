#include "http/router.hpp"

#include <algorithm>

namespace qd::http {
namespace {

bool is_capture(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}

std::string_view capture_name(std::string_view segment) {
    segment = segment.substr(1, segment.size() - 2);
    return segment.ends_with("...") ? segment.substr(0, segment.size() - 3) : segment;
}

/// Takes the next segment off `path`, which begins with its slash.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

}  // namespace

void Router::add(Route route) {
    if (route.options.name.empty()) route.options.name = route.pattern;
    routes_.push_back(std::move(route));
    Entry entry;
    entry.route = &routes_.back();
    std::string_view rest = routes_.back().pattern;
    while (rest.starts_with('/')) entry.segments.emplace_back(take_segment(rest));
    entry.has_rest = !entry.segments.empty() && entry.segments.back().ends_with("...}");
    const auto more_specific = [](const Entry& a, const Entry& b) {
        for (std::size_t i = 0; i < std::min(a.segments.size(), b.segments.size()); ++i) {
            const auto rank = [i](const Entry& e) {
                if (e.has_rest && i + 1 == e.segments.size()) return 2;
                return is_capture(e.segments[i]) ? 1 : 0;
            };
            if (rank(a) != rank(b)) return rank(a) < rank(b);
        }
        return a.segments.size() > b.segments.size();
    };
    entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry, more_specific),
                    std::move(entry));
}

bool Router::fits(const Entry& entry, std::string_view path, Captures* captures) {
    for (std::size_t i = 0; i < entry.segments.size(); ++i) {
        const std::string& wanted = entry.segments[i];
        if (path.empty()) return false;
        if (entry.has_rest && i + 1 == entry.segments.size()) {
            if (captures) captures->emplace(capture_name(wanted), path.substr(1));
            return true;
        }
        const std::string_view segment = take_segment(path);
        if (is_capture(wanted)) {
            if (segment.empty()) return false;
            if (captures) captures->emplace(capture_name(wanted), segment);
        } else if (segment != wanted) {
            return false;
        }
    }
    return path.empty();
}

Router::Match Router::match(Method method, std::string_view path) const {
    Match match;
    if (!path.starts_with('/')) return match;
    for (const Entry& entry : entries_) {
        const Method wanted = entry.route->method;
        const bool method_fits = wanted == method || (wanted == Method::get && method == Method::head);
        if (!fits(entry, path, nullptr)) continue;
        if (method_fits) {
            fits(entry, path, &match.captures);
            match.route = entry.route;
            match.allow.clear();
            return match;
        }
        if (!match.allow.empty()) match.allow += ", ";
        match.allow += to_string(wanted);
        if (wanted == Method::get) match.allow += ", HEAD";
    }
    return match;
}

}  // namespace qd::http
