#include "opsclient/log_line.hpp"

#include "core/json_fields.hpp"

namespace qd::opsclient {

core::Result<LogExcerpt> log_excerpt_from_json(const nlohmann::json& value) {
    core::JsonFields fields(value);
    LogExcerpt excerpt;
    for (const auto& each : fields.array("items", 10'000)) {
        core::JsonFields item(each);
        LogLine line;
        line.at = item.required_time("at");
        line.error = item.text("level", 20) == "error";
        line.service = item.text("service", 200);
        line.instance = item.text("instance", 200);
        line.message = item.text("message");
        fields.merge("items", item.finish());
        excerpt.lines.push_back(std::move(line));
    }
    excerpt.cut = fields.flag("cut");
    return fields.finish(std::move(excerpt));
}

}  // namespace qd::opsclient
