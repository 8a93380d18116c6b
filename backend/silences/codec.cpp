#include "silences/codec.hpp"

#include "core/json_fields.hpp"

namespace qd::silences {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::size_t max_labels = 100;
constexpr double longest_s = 366.0 * 86'400;

json matchers_json(const std::vector<Matcher>& matchers) {
    json list = json::array();
    for (const Matcher& matcher : matchers)
        list.push_back({{"name", matcher.name},
                        {"value", matcher.value},
                        {"is_regex", matcher.is_regex},
                        {"is_equal", matcher.is_equal}});
    return list;
}

std::vector<Matcher> read_matchers(JsonFields& fields) {
    std::vector<Matcher> matchers;
    for (const json& entry : fields.array("matchers", max_matchers)) {
        JsonFields at(entry);
        Matcher matcher;
        matcher.name = at.text("name", max_label_bytes);
        matcher.value = at.text("value", max_label_bytes);
        matcher.is_regex = at.flag("is_regex");
        matcher.is_equal = at.flag("is_equal", true);
        fields.merge("matchers", at.finish());
        matchers.push_back(std::move(matcher));
    }
    return matchers;
}

Silence read_silence(JsonFields& fields) {
    Silence silence;
    silence.id = SilenceId(fields.text("id", 200));
    silence.source = fields.text("source", 200);
    silence.matchers = read_matchers(fields);
    silence.starts_at = fields.required_time("starts_at");
    silence.ends_at = fields.required_time("ends_at");
    silence.created_by = fields.text("created_by", 1'000);
    silence.comment = fields.text("comment");
    silence.updated_at = fields.time("updated_at").value_or(core::WallTime{});
    return silence;
}

}  // namespace

json to_json(const Silence& silence) {
    return {{"id", silence.id.value},
            {"source", silence.source},
            {"matchers", matchers_json(silence.matchers)},
            {"starts_at", core::format_rfc3339(silence.starts_at)},
            {"ends_at", core::format_rfc3339(silence.ends_at)},
            {"created_by", silence.created_by},
            {"comment", silence.comment},
            {"updated_at", core::format_rfc3339(silence.updated_at)}};
}

core::Result<Silence> silence_from_json(const json& value) {
    JsonFields fields(value);
    Silence silence = read_silence(fields);
    return fields.finish(std::move(silence));
}

json to_json(const ListedSilence& listed) {
    json value = to_json(listed.silence);
    value["state"] = to_string(listed.state);
    value["firing"] = listed.firing;
    value["lapses"] = listed.lapses;
    return value;
}

core::Result<ListedSilence> listed_silence_from_json(const json& value) {
    JsonFields fields(value);
    ListedSilence listed;
    listed.silence = read_silence(fields);
    listed.state = fields.need("state", fields.word("state", parse_silence_state));
    listed.firing = fields.count("firing").value_or(0);
    listed.lapses = fields.flag("lapses");
    return fields.finish(std::move(listed));
}

core::Result<Silence> new_silence_from_json(const json& value, core::WallTime now) {
    JsonFields fields(value);
    Silence silence;
    if (std::string source = fields.text("source", 200); !source.empty()) silence.source = std::move(source);
    silence.matchers = read_matchers(fields);
    silence.starts_at = fields.time("starts_at").value_or(now);
    silence.comment = fields.text("comment");
    const auto ends_at = fields.time("ends_at");
    const auto duration = fields.number("duration_s");
    if (ends_at.has_value() == duration.has_value())
        fields.refuse("ends_at", "give either it or duration_s");
    else if (ends_at)
        silence.ends_at = *ends_at;
    else if (!(*duration > 0 && *duration <= longest_s))
        fields.refuse("duration_s", "must be above 0 and at most a year");
    else
        silence.ends_at = silence.starts_at + std::chrono::milliseconds(std::llround(*duration * 1000));
    if (auto read = fields.finish(); !read) return core::Failure(read.error());
    if (auto fits = check(silence, now); !fits) return core::Failure(fits.error());
    return silence;
}

std::string encode(const NewSilence& silence, int indent) {
    return core::dump_json({{"source", silence.source},
                            {"matchers", matchers_json(silence.matchers)},
                            {"duration_s", silence.lasts.count()},
                            {"comment", silence.comment}},
                           indent);
}

json to_json(const Alert& alert) {
    json by = json::array();
    for (const SilencedBy& one : alert.silenced_by)
        by.push_back({{"source", one.source}, {"silence", one.silence.value}});
    return {{"id", alert.id},
            {"source", alert.source},
            {"title", alert.title},
            {"service", alert.service},
            {"severity", alert.severity},
            {"state", alert.firing() ? "firing" : "ended"},
            {"reason", alert.reason},
            {"url", alert.url},
            {"labels", alert.labels},
            {"started_at", core::format_rfc3339(alert.started_at)},
            {"ended_at", core::json_time(alert.ended_at)},
            {"incident", alert.incident.empty() ? json(nullptr) : json(alert.incident)},
            {"silenced_by", std::move(by)}};
}

core::Result<Alert> alert_from_json(const json& value) {
    JsonFields fields(value);
    Alert alert;
    alert.id = fields.text("id", 1'000);
    alert.source = fields.text("source", 200);
    alert.title = fields.text("title");
    alert.service = fields.text("service");
    const auto severity = fields.count("severity").value_or(0);
    if (severity < 1 || severity > 4)
        fields.refuse("severity", "must be 1 to 4");
    else
        alert.severity = int(severity);
    alert.reason = fields.text("reason");
    alert.url = fields.text("url");
    for (const auto& [name, label] : fields.object("labels", max_labels).items()) {
        if (!label.is_string()) {
            fields.refuse("labels", "hold something else than text");
            break;
        }
        alert.labels[name] = label.get<std::string>();
    }
    alert.started_at = fields.required_time("started_at");
    alert.ended_at = fields.time("ended_at");
    alert.incident = fields.text("incident", 200);
    for (const json& entry : fields.array("silenced_by", 1'000)) {
        JsonFields at(entry);
        alert.silenced_by.push_back({at.text("source", 200), SilenceId(at.text("silence", 200))});
        fields.merge("silenced_by", at.finish());
    }
    return fields.finish(std::move(alert));
}

}  // namespace qd::silences
