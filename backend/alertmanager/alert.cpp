#include "alertmanager/alert.hpp"

#include <algorithm>
#include <array>

#include "alertmanager/text.hpp"

namespace qd::alertmanager {
namespace {

constexpr std::string_view id_prefix = "am.";
constexpr std::string_view own_annotation = "alert_id";
constexpr int unknown_severity = 3;
constexpr std::size_t max_line_bytes = 200;

constexpr std::array<std::pair<std::string_view, int>, 19> severity_words{{
    {"sev1", 1},  {"sev2", 2},   {"sev3", 3},    {"sev4", 4},          {"p1", 1},
    {"p2", 2},    {"p3", 3},     {"p4", 4},      {"critical", 2},      {"page", 2},
    {"error", 2}, {"high", 2},   {"warning", 3}, {"warn", 3},          {"medium", 3},
    {"info", 4},  {"notice", 4}, {"low", 4},     {"informational", 4},
}};

const std::string* find(const Labels& labels, const std::string& name) {
    const auto found = labels.find(name);
    return found == labels.end() || found->second.empty() ? nullptr : &found->second;
}

std::string first_of(const Labels& labels, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const std::string* value = find(labels, name)) return *value;
    return {};
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return text;
}

}  // namespace

std::string id_of(const Alert& alert) {
    return fmt::format("{}{}.{}", id_prefix, alert.fingerprint, alert.starts_at.time_since_epoch().count());
}

bool is_foreign_id(std::string_view id) {
    return id.starts_with(id_prefix);
}

std::optional<std::string> own_alert_id(const Alert& alert) {
    const std::string* id = find(alert.annotations, std::string(own_annotation));
    return id ? std::optional(*id) : std::nullopt;
}

std::optional<int> severity_of(const Labels& labels) {
    const std::string word = lower(first_of(labels, {"severity", "priority"}));
    if (word == "none") return std::nullopt;
    for (const auto& [known, severity] : severity_words)
        if (word == known) return severity;
    return unknown_severity;
}

std::string service_of(const Alert& alert, const Webhook* group) {
    if (const std::string* service = find(alert.labels, "service")) return cut(*service, max_line_bytes);
    if (group) {
        if (const std::string* service = find(group->common_labels, "service"))
            return cut(*service, max_line_bytes);
        std::string by;
        for (const auto& [name, value] : group->group_labels)
            by += fmt::format("{}{}={}", by.empty() ? "" : ", ", name, value);
        if (!by.empty()) return cut(by, max_line_bytes);
    }
    const std::string name = cut(first_of(alert.labels, {"job", "alertname"}), max_line_bytes);
    return name.empty() ? "unknown" : name;
}

silences::Alert to_alert(const Alert& alert, const std::string& source, const Webhook* group) {
    silences::Alert seen;
    seen.id = id_of(alert);
    seen.source = source;
    seen.service = service_of(alert, group);
    seen.severity = severity_of(alert.labels).value_or(4);
    const std::string name = first_of(alert.labels, {"alertname"});
    seen.title = first_of(alert.annotations, {"summary", "title"});
    if (seen.title.empty()) seen.title = name.empty() ? "An alert without a name" : name;
    seen.title = cut(seen.title, max_line_bytes);
    seen.reason = first_of(alert.annotations, {"description", "message", "summary"});
    if (seen.reason.empty()) seen.reason = seen.title;
    seen.url = alert.generator_url;
    seen.labels = alert.labels;
    seen.started_at = alert.starts_at;
    seen.ended_at = alert.ended_at;
    for (const std::string& id : alert.silenced_by)
        seen.silenced_by.push_back({source, silences::SilenceId(id)});
    return seen;
}

}  // namespace qd::alertmanager
