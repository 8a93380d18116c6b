#include "gateway/plan_matcher.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "gateway/arm.hpp"

namespace qd::gateway {
namespace {

constexpr std::int64_t regex_memory_bytes = 256 << 10;

}  // namespace

struct PlanMatcher::Text {
    traffic::TextMatch match;
    std::unique_ptr<re2::RE2> regex;

    bool fits(std::string_view text) const {
        if (match.kind == traffic::MatchKind::exact) return text == match.value;
        if (match.kind == traffic::MatchKind::prefix) return text.starts_with(match.value);
        return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *regex);
    }
};

struct PlanMatcher::Header {
    std::string name;
    Text value;

    bool fits(const http::Request& request) const {
        return request.headers.has(name) && value.fits(request.headers.get(name));
    }
};

struct PlanMatcher::Match {
    std::optional<Text> method, path;
    std::vector<Header> headers;

    bool fits(const http::Request& request) const {
        return (!method || method->fits(http::to_string(request.method))) &&
               (!path || path->fits(request.path)) &&
               std::ranges::all_of(headers, [&](const Header& one) { return one.fits(request); });
    }
};

struct PlanMatcher::Mirror {
    std::vector<Match> match;
    unsigned percentage = 100;

    bool fits(const http::Request& request) const {
        return match.empty() ||
               std::ranges::any_of(match, [&](const Match& one) { return one.fits(request); });
    }
};

PlanMatcher::PlanMatcher() = default;
PlanMatcher::PlanMatcher(PlanMatcher&&) noexcept = default;
PlanMatcher& PlanMatcher::operator=(PlanMatcher&&) noexcept = default;
PlanMatcher::~PlanMatcher() = default;

core::Result<PlanMatcher::Text> PlanMatcher::compile(const traffic::TextMatch& match) {
    Text text{match, nullptr};
    if (match.kind != traffic::MatchKind::regex) return text;
    re2::RE2::Options options;
    options.set_max_mem(regex_memory_bytes);
    options.set_log_errors(false);
    text.regex = std::make_unique<re2::RE2>(match.value, options);
    if (!text.regex->ok())
        return core::fail(core::Errc::invalid_argument, "the regular expression '{}': {}", match.value,
                          text.regex->error());
    return text;
}

core::Result<std::vector<PlanMatcher::Header>> PlanMatcher::compile(
    const std::vector<traffic::HeaderMatch>& headers) {
    std::vector<Header> compiled;
    for (const traffic::HeaderMatch& one : headers) {
        auto text = compile(one.value);
        if (!text) return core::Failure(text.error());
        compiled.push_back({one.header, std::move(*text)});
    }
    return compiled;
}

core::Result<PlanMatcher> PlanMatcher::compile(const traffic::TrafficPlan& plan) {
    PlanMatcher matcher;
    for (const traffic::HeaderRoute& route : plan.header_routes) {
        auto headers = compile(route.match);
        if (!headers) return core::fail_with_context("the header route " + route.name, headers.error());
        matcher.routes_.push_back(std::move(*headers));
    }
    const auto optional_text = [](const std::optional<traffic::TextMatch>& match,
                                  std::optional<Text>& out) -> core::Result<> {
        if (!match) return {};
        auto text = compile(*match);
        if (!text) return core::Failure(text.error());
        out.emplace(std::move(*text));
        return {};
    };
    for (const traffic::MirrorRoute& route : plan.mirrors) {
        Mirror mirror;
        mirror.percentage = route.percentage.value_or(100);
        for (const traffic::RequestMatch& one : route.match) {
            Match match;
            auto read = optional_text(one.method, match.method);
            if (read) read = optional_text(one.path, match.path);
            auto headers = compile(one.headers);
            if (read && !headers) read = core::Failure(headers.error());
            if (!read) return core::fail_with_context("the mirror " + route.name, read.error());
            match.headers = std::move(*headers);
            mirror.match.push_back(std::move(match));
        }
        matcher.mirrors_.push_back(std::move(mirror));
    }
    return matcher;
}

bool PlanMatcher::routes_to_canary(const http::Request& request) const {
    return std::ranges::any_of(routes_, [&](const std::vector<Header>& route) {
        return std::ranges::all_of(route, [&](const Header& one) { return one.fits(request); });
    });
}

bool PlanMatcher::mirrors(const http::Request& request, std::uint64_t turn) const {
    if (request.method != http::Method::get && request.method != http::Method::head) return false;
    const std::string_view bytes(reinterpret_cast<const char*>(&turn), sizeof turn);
    const unsigned place = unsigned(hash_of("mirror", bytes) % 100);
    return std::ranges::any_of(
        mirrors_, [&](const Mirror& mirror) { return place < mirror.percentage && mirror.fits(request); });
}

}  // namespace qd::gateway
