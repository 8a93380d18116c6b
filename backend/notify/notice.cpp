#include "notify/notice.hpp"

#include "core/json_fields.hpp"

namespace qd::notify {

std::string_view to_string(Phase phase) {
    return phase == Phase::firing ? "firing" : "resolved";
}

std::optional<Phase> parse_phase(std::string_view text) {
    if (text == "firing") return Phase::firing;
    if (text == "resolved") return Phase::resolved;
    return std::nullopt;
}

core::Result<> check(const Notice& notice) {
    const auto wrong = [](std::string_view field, std::string_view reason) {
        return core::fail(core::Errc::invalid_argument, "{} {}", field, reason);
    };
    if (notice.alert_id.empty() || notice.alert_id.size() > 256)
        return wrong("id", "must have 1 to 256 bytes");
    if (notice.slo.empty()) return wrong("slo", "is missing");
    if (notice.severity < 1 || notice.severity > 4) return wrong("severity", "must be 1 to 4");
    if (notice.ends_at.has_value() != (notice.phase == Phase::resolved))
        return wrong("ends_at", "belongs to a resolved alert, and to no other");
    if (notice.ends_at && *notice.ends_at < notice.starts_at) return wrong("ends_at", "is before starts_at");
    return {};
}

nlohmann::json to_json(const Notice& notice) {
    return {{"id", notice.alert_id},
            {"phase", to_string(notice.phase)},
            {"slo", notice.slo},
            {"service", notice.service},
            {"row", notice.row},
            {"severity", notice.severity},
            {"starts_at", core::format_rfc3339(notice.starts_at)},
            {"ends_at", core::json_time(notice.ends_at)},
            {"summary", notice.summary},
            {"description", notice.description}};
}

core::Result<Notice> notice_from_json(const nlohmann::json& value) {
    core::JsonFields fields(value);
    Notice notice;
    notice.alert_id = fields.text("id");
    notice.phase = fields.need("phase", fields.word("phase", parse_phase));
    notice.slo = fields.text("slo");
    notice.service = fields.text("service");
    notice.row = fields.text("row");
    notice.severity = int(std::min<std::uint64_t>(fields.need("severity", fields.count("severity")), 100));
    notice.starts_at = fields.required_time("starts_at");
    notice.ends_at = fields.time("ends_at");
    notice.summary = fields.text("summary");
    notice.description = fields.text("description");
    auto read = fields.finish(std::move(notice));
    if (!read) return read;
    if (auto fits = check(*read); !fits) return core::Failure(fits.error());
    return read;
}

}  // namespace qd::notify
