#include "notify/message.hpp"

#include "core/json_fields.hpp"

namespace qd::notify {
namespace {

constexpr std::string_view alert_type = "alert";

/// What came from outside may be anything; peers are sent UTF-8 without control characters but newlines.
std::string clean(std::string_view text, bool one_line) {
    const std::string valid =
        nlohmann::json::parse(core::dump_json(nlohmann::json(std::string(text)))).get<std::string>();
    std::string cleaned;
    for (const char c : valid) {
        const bool control = (c >= 0 && c < 32) || c == 127;
        if (!control || (c == '\n' && !one_line))
            cleaned += c;
        else if (c != '\r' || one_line)
            cleaned += ' ';
    }
    return cleaned;
}

Letter letter(const Notice& notice) {
    const bool firing = notice.phase == Phase::firing;
    std::string foot = fmt::format("SEV{} · {} · since {}", notice.severity, notice.slo,
                                   core::format_rfc3339(notice.starts_at));
    if (notice.ends_at) foot += fmt::format(" · ended {}", core::format_rfc3339(*notice.ends_at));
    return {clean(fmt::format("{}: {}", firing ? "Alert" : "Ended", notice.summary), true),
            clean(notice.description, false), clean(foot, true)};
}

Letter letter(const Announcement& announcement) {
    std::string foot = announcement.incident;
    // An update's own words say how severe it is, to those who are to know.
    if (announcement.topic != Topic::status_update) foot += fmt::format(" · SEV{}", announcement.severity);
    foot += " · " + core::format_rfc3339(announcement.at);
    if (!announcement.actor.empty()) foot += " · " + announcement.actor;
    return {clean(announcement.title, true), clean(announcement.text, false), clean(foot, true)};
}

}  // namespace

std::string_view type_of(const Message& message) {
    if (const auto* announcement = std::get_if<Announcement>(&message)) return to_string(announcement->topic);
    return alert_type;
}

const std::string& id_of(const Message& message) {
    if (const auto* announcement = std::get_if<Announcement>(&message)) return announcement->id;
    return std::get<Notice>(message).alert_id;
}

std::string_view phase_of(const Message& message) {
    if (const auto* notice = std::get_if<Notice>(&message)) return to_string(notice->phase);
    return type_of(message);
}

std::string subject_of(const Message& message) {
    if (const auto* announcement = std::get_if<Announcement>(&message))
        return "incident\n" + announcement->incident;
    const Notice& notice = std::get<Notice>(message);
    return notice.slo + '\n' + notice.row;
}

std::string incident_of(const Message& message) {
    const auto* announcement = std::get_if<Announcement>(&message);
    return announcement ? announcement->incident : std::string();
}

core::Result<> check(const Message& message) {
    return std::visit([](const auto& one) { return check(one); }, message);
}

nlohmann::json to_json(const Message& message) {
    return std::visit([](const auto& one) { return to_json(one); }, message);
}

core::Result<Message> message_from_json(std::string_view type, const nlohmann::json& value) {
    if (type == alert_type) {
        auto notice = notice_from_json(value);
        if (!notice) return core::Failure(notice.error());
        return Message(std::move(*notice));
    }
    const auto topic = parse_topic(type);
    if (!topic) return core::fail(core::Errc::invalid_argument, "type: there is no '{}'", type);
    auto announcement = announcement_from_json(*topic, value);
    if (!announcement) return core::Failure(announcement.error());
    return Message(std::move(*announcement));
}

Letter letter_of(const Message& message) {
    return std::visit([](const auto& one) { return letter(one); }, message);
}

}  // namespace qd::notify
