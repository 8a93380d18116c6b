#include "opsclient/source.hpp"

#include "core/json_fields.hpp"

namespace qd::opsclient {
namespace {

std::vector<std::string> texts(core::JsonFields& fields, const char* key) {
    std::vector<std::string> list;
    for (const nlohmann::json& entry : fields.array(key)) {
        if (!entry.is_string()) {
            fields.refuse(key, "must be texts");
            break;
        }
        list.push_back(entry.get<std::string>());
    }
    return list;
}

}  // namespace

core::Result<Source> source_from_json(const nlohmann::json& value) {
    core::JsonFields fields(value);
    Source source;
    for (const char* key : {"name", "kind", "health"})
        if (!fields.find(key)) fields.refuse(key, "is missing");
    source.name = fields.text("name");
    source.kind = fields.text("kind");
    source.url = fields.text("url");
    source.health = fields.text("health");
    source.reasons = texts(fields, "reasons");
    source.since = fields.time("since");
    source.answered_at = fields.time("answered_at");
    source.took_s = fields.number("took_s");
    source.ahead_s = fields.number("ahead_s");
    source.objectives = texts(fields, "objectives");
    if (fields.find("backfill")) {
        core::JsonFields backfill(fields.object("backfill"));
        source.backfill = Backfill{backfill.count("left_s").value_or(0),
                                   backfill.count("filled_s").value_or(0), backfill.text("reason")};
        fields.merge("backfill", backfill.finish());
    }
    return fields.finish(std::move(source));
}

}  // namespace qd::opsclient
