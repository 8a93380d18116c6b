#include "alertmanager/codec.hpp"

#include <algorithm>

#include "alertmanager/text.hpp"
#include "core/json_fields.hpp"

namespace qd::alertmanager {
namespace {

using core::Errc;
using core::JsonFields;
using nlohmann::json;
using silences::Silence;

constexpr std::size_t max_name_bytes = 256, max_url_bytes = 8'192, max_silences = 10'000;

Labels read_labels(JsonFields& fields, const char* key, bool cuts) {
    Labels labels;
    for (const auto& [name, value] : fields.object(key, max_labels).items()) {
        if (!value.is_string() || name.empty() || name.size() > max_name_bytes) {
            fields.refuse(key, "is no map of names to text");
            break;
        }
        const auto& text = value.get_ref<const std::string&>();
        if (!cuts && text.size() > max_text_bytes) fields.refuse(key, "holds a value that is too long");
        labels[name] = cut(text, max_text_bytes);
    }
    return labels;
}

/// What a link may be: others are left out, so that nothing else is ever opened.
std::string web_address(std::string url) {
    return url.starts_with("http://") || url.starts_with("https://") ? url : std::string();
}

bool is_hexadecimal(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

Alert read_alert(JsonFields& fields) {
    Alert alert;
    alert.labels = read_labels(fields, "labels", false);
    alert.annotations = read_labels(fields, "annotations", true);
    alert.starts_at = fields.required_time("startsAt");
    alert.generator_url = web_address(fields.text("generatorURL", max_url_bytes));
    alert.fingerprint = fields.text("fingerprint", 64);
    if (alert.fingerprint.empty() || !std::ranges::all_of(alert.fingerprint, is_hexadecimal))
        fields.refuse("fingerprint", "is no hexadecimal number");
    if (alert.labels.empty()) fields.refuse("labels", "are missing");
    return alert;
}

std::optional<bool> parse_status(std::string_view text) {
    if (text == "firing") return true;
    if (text == "resolved") return false;
    return std::nullopt;
}

core::Result<json> parse_array(std::string_view body) {
    auto value = core::parse_json(body, max_body_bytes);
    if (value && !value->is_array()) return core::fail(Errc::invalid_argument, "this is no list");
    return value;
}

}  // namespace

core::Result<Webhook> decode_webhook(std::string_view body) {
    const auto value = core::parse_json(body, max_body_bytes);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    const std::string version = fields.text("version", 16);
    if (value->is_object() && version != "4")
        fields.refuse("version", "must be \"4\", which Alertmanager has sent since 0.13");
    Webhook webhook;
    webhook.group_key = fields.text("groupKey");
    webhook.receiver = fields.text("receiver", max_name_bytes);
    webhook.external_url = web_address(fields.text("externalURL", max_url_bytes));
    webhook.truncated = fields.count("truncatedAlerts").value_or(0);
    webhook.group_labels = read_labels(fields, "groupLabels", false);
    webhook.common_labels = read_labels(fields, "commonLabels", false);
    for (const json& entry : fields.array("alerts", max_alerts)) {
        JsonFields at(entry);
        Alert alert = read_alert(at);
        const bool firing = at.need("status", at.word("status", parse_status));
        const auto ends_at = at.time("endsAt");
        // Its clock or ours: an end before the start is none.
        if (!firing) alert.ended_at = std::max(ends_at.value_or(alert.starts_at), alert.starts_at);
        fields.merge("alerts", at.finish());
        webhook.alerts.push_back(std::move(alert));
    }
    return fields.finish(std::move(webhook));
}

core::Result<std::vector<Alert>> decode_alerts(std::string_view body) {
    const auto value = parse_array(body);
    if (!value) return core::Failure(value.error());
    if (value->size() > max_alerts)
        return core::fail(Errc::too_large, "these are {} alerts: at most {} are read", value->size(),
                          max_alerts);
    std::vector<Alert> alerts;
    for (const json& entry : *value) {
        JsonFields fields(entry);
        Alert alert = read_alert(fields);
        JsonFields status(fields.object("status"));
        for (const json& id : status.array("silencedBy", 1'000)) {
            if (!id.is_string() || id.get_ref<const std::string&>().size() > max_name_bytes) {
                fields.refuse("silencedBy", "holds something else than ids");
                break;
            }
            alert.silenced_by.push_back(id.get<std::string>());
        }
        fields.merge("status", status.finish());
        if (auto read = fields.finish(); !read) return core::Failure(read.error());
        alerts.push_back(std::move(alert));
    }
    return alerts;
}

core::Result<std::vector<Silence>> decode_silences(std::string_view body, const std::string& source) {
    const auto value = parse_array(body);
    if (!value) return core::Failure(value.error());
    if (value->size() > max_silences)
        return core::fail(Errc::too_large, "these are {} silences: at most {} are read", value->size(),
                          max_silences);
    std::vector<Silence> list;
    for (const json& entry : *value) {
        JsonFields fields(entry);
        Silence silence;
        silence.source = source;
        silence.id = silences::SilenceId(fields.text("id", 200));
        if (silence.id.value.empty()) fields.refuse("id", "is missing");
        for (const json& one : fields.array("matchers", silences::max_matchers)) {
            JsonFields at(one);
            silences::Matcher matcher;
            matcher.name = at.text("name", silences::max_label_bytes);
            matcher.value = at.text("value", max_text_bytes);
            matcher.is_regex = at.flag("isRegex");
            matcher.is_equal = at.flag("isEqual", true);
            fields.merge("matchers", at.finish());
            silence.matchers.push_back(std::move(matcher));
        }
        silence.starts_at = fields.required_time("startsAt");
        silence.ends_at = fields.required_time("endsAt");
        silence.updated_at = fields.time("updatedAt").value_or(silence.starts_at);
        silence.created_by = fields.text("createdBy", 1'000);
        silence.comment = cut(fields.text("comment", 64 << 10), max_text_bytes);
        if (auto read = fields.finish(); !read) return core::Failure(read.error());
        list.push_back(std::move(silence));
    }
    return list;
}

std::string encode_silence(const Silence& silence) {
    json matchers = json::array();
    for (const silences::Matcher& matcher : silence.matchers)
        matchers.push_back({{"name", matcher.name},
                            {"value", matcher.value},
                            {"isRegex", matcher.is_regex},
                            {"isEqual", matcher.is_equal}});
    json value{{"matchers", std::move(matchers)},
               {"startsAt", core::format_rfc3339(silence.starts_at)},
               {"endsAt", core::format_rfc3339(silence.ends_at)},
               {"createdBy", silence.created_by},
               {"comment", silence.comment}};
    if (!silence.id.value.empty()) value["id"] = silence.id.value;
    return core::dump_json(value);
}

core::Result<silences::SilenceId> decode_silence_id(std::string_view body) {
    const auto value = core::parse_json(body, 64 << 10);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    silences::SilenceId id(fields.text("silenceID", 200));
    if (id.value.empty()) fields.refuse("silenceID", "is missing");
    return fields.finish(std::move(id));
}

}  // namespace qd::alertmanager
