#include "notify/announcement.hpp"

#include <array>

#include "core/json_fields.hpp"

namespace qd::notify {
namespace {
constexpr std::array<std::string_view, 3> topic_names{"incident", "status_update", "reminder"};
}

std::string_view to_string(Topic topic) {
    return topic_names[std::size_t(topic)];
}

std::optional<Topic> parse_topic(std::string_view text) {
    for (std::size_t i = 0; i < topic_names.size(); ++i)
        if (topic_names[i] == text) return Topic(i);
    return std::nullopt;
}

core::Result<> check(const Announcement& announcement) {
    const auto wrong = [](std::string_view field, std::string_view reason) {
        return core::fail(core::Errc::invalid_argument, "{} {}", field, reason);
    };
    if (announcement.id.empty() || announcement.id.size() > 256)
        return wrong("id", "must have 1 to 256 bytes");
    if (announcement.incident.empty()) return wrong("incident", "is missing");
    if (announcement.severity < 1 || announcement.severity > 4) return wrong("severity", "must be 1 to 4");
    if (announcement.title.empty() || announcement.title.size() > 500)
        return wrong("title", "must have 1 to 500 bytes");
    if (announcement.text.size() > (16u << 10)) return wrong("text", "is longer than 16 KiB");
    if (announcement.audience.empty() != (announcement.topic == Topic::incident))
        return wrong("audience", "belongs to status updates and reminders");
    return {};
}

nlohmann::json to_json(const Announcement& announcement) {
    return {{"id", announcement.id},
            {"incident", announcement.incident},
            {"event", announcement.event},
            {"audience", announcement.audience},
            {"severity", announcement.severity},
            {"title", announcement.title},
            {"text", announcement.text},
            {"actor", announcement.actor},
            {"at", core::format_rfc3339(announcement.at)}};
}

core::Result<Announcement> announcement_from_json(Topic topic, const nlohmann::json& value) {
    core::JsonFields fields(value);
    Announcement announcement;
    announcement.topic = topic;
    announcement.id = fields.text("id");
    announcement.incident = fields.text("incident");
    announcement.event = fields.text("event");
    announcement.audience = fields.text("audience");
    announcement.severity =
        int(std::min<std::uint64_t>(fields.need("severity", fields.count("severity")), 100));
    announcement.title = fields.text("title");
    announcement.text = fields.text("text", 64 << 10);
    announcement.actor = fields.text("actor");
    announcement.at = fields.required_time("at");
    auto read = fields.finish(std::move(announcement));
    if (!read) return read;
    if (auto fits = check(*read); !fits) return core::Failure(fits.error());
    return read;
}

}  // namespace qd::notify
