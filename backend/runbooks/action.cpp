#include "runbooks/action.hpp"

#include <algorithm>
#include <charconv>

namespace qd::runbooks {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t max_value = 2'000;

const std::vector<ActionKind>& kinds() {
    static const std::vector<ActionKind> all{
        {"chart", "Look at the objective", "responder", {"slo"}, {"slo"}, false},
        {"link", "Open", "responder", {"url", "title"}, {"url"}, false},
        {"check", "Check", "responder", {"slo", "path", "expect"}, {}, false},
        {"silence.create", "Silence alerts with", "responder", {"matchers", "for"}, {"matchers"}, true},
        {"rollout.pause", "Pause the rollout", "release-manager", {"rollout"}, {}, true},
        {"rollout.back", "Take the rollout one weight back", "release-manager", {"rollout"}, {}, true},
        {"rollout.ramp-down", "Ramp the rollout down to 0 %", "release-manager", {"rollout"}, {}, true},
        {"rollout.abort", "Abort the rollout", "release-manager", {"rollout"}, {}, true},
        {"rollout.undo", "Undo the rollout", "release-manager", {"rollout"}, {}, true},
        {"rollout.promote", "Promote the rollout fully", "release-manager", {"rollout"}, {}, true},
        {"rollout.rollback",
         "Roll back to version",
         "release-manager",
         {"rollout", "to_version"},
         {"to_version"},
         true},
        {"fault.end", "End the fault", "admin", {"fault"}, {}, true},
    };
    return all;
}

std::string known_names() {
    std::string text;
    for (const ActionKind& kind : kinds()) text += (text.empty() ? "" : ", ") + std::string(kind.name);
    return text;
}

core::Result<> check_value(const std::string& key, const std::string& value) {
    if (value.empty() || value.size() > max_value)
        return fail(Errc::invalid_argument, "{}: must be 1 to {} bytes", key, max_value);
    if (std::ranges::any_of(value, [](unsigned char c) { return c < ' '; }))
        return fail(Errc::invalid_argument, "{}: must be one line", key);
    // Links are clicked: nothing but the web's own schemes.
    if (key == "url" && !value.starts_with("https://") && !value.starts_with("http://"))
        return fail(Errc::invalid_argument, "url: begins with http:// or https://");
    if (key == "path" && (!value.starts_with('/') || value.starts_with("//") ||
                          value.find_first_of(" \\@#") != std::string::npos))
        return fail(Errc::invalid_argument, "path: a path on the site's gateway, such as /-/ready");
    if (key == "for" && !parse_length(value))
        return fail(Errc::invalid_argument, "for: a length such as 30m or 2h, a minute to a day");
    if (key == "expect") {
        unsigned status = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), status);
        if (read.ec != std::errc{} || read.ptr != value.data() + value.size() || status < 100 || status > 599)
            return fail(Errc::invalid_argument, "expect: an HTTP status, 100 to 599");
    }
    return {};
}

}  // namespace

std::span<const ActionKind> all_actions() {
    return kinds();
}

const ActionKind* find_action(std::string_view name) {
    const auto at = std::ranges::find(kinds(), name, &ActionKind::name);
    return at == kinds().end() ? nullptr : &*at;
}

core::Result<> check(const Action& action) {
    const ActionKind* kind = find_action(action.name);
    if (kind == nullptr)
        return fail(Errc::invalid_argument, "action: '{}' is none of {}", action.name.substr(0, 60),
                    known_names());
    for (const auto& [key, value] : action.parameters) {
        if (std::ranges::find(kind->parameters, key) == kind->parameters.end())
            return fail(Errc::invalid_argument, "{}: is no parameter of {}", key.substr(0, 60), kind->name);
        if (auto ok = check_value(key, value); !ok) return ok;
    }
    for (const std::string_view key : kind->needed)
        if (!action.parameters.contains(std::string(key)))
            return fail(Errc::invalid_argument, "{}: is needed for {}", key, kind->name);
    if (action.name == "check" && action.parameters.contains("slo") == action.parameters.contains("path"))
        return fail(Errc::invalid_argument, "check: needs one of slo and path");
    return {};
}

std::optional<std::chrono::minutes> parse_length(std::string_view text) {
    unsigned count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(read.ptr, std::size_t(text.data() + text.size() - read.ptr));
    if (read.ec != std::errc{} || count == 0 || count > 1'440 || (unit != "m" && unit != "h"))
        return std::nullopt;
    const std::chrono::minutes length(unit == "h" ? count * 60 : count);
    if (length > std::chrono::hours(24)) return std::nullopt;
    return length;
}

std::string describe(const Action& action) {
    const ActionKind* kind = find_action(action.name);
    if (kind == nullptr) return action.name;
    const auto value = [&](const char* key) {
        const auto at = action.parameters.find(key);
        return at == action.parameters.end() ? std::string() : at->second;
    };
    std::string text(kind->title);
    for (const char* key : {"slo", "path", "title", "to_version", "rollout", "fault", "matchers"})
        if (const std::string given = value(key); !given.empty()) return text + " " + given;
    if (action.name == "link") return text + " " + value("url");
    if (action.name == "fault.end") return "End every fault that acts";
    return text + " that is under way";
}

}  // namespace qd::runbooks
