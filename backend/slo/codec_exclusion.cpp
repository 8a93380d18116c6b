#include "slo/codec.hpp"
#include "slo/json_fields.hpp"

namespace qd::slo {

using nlohmann::json;

json to_json(const Exclusion& exclusion) {
    json slos = json::array();
    for (const SloId& id : exclusion.slos) slos.push_back(id.value);
    return {{"id", exclusion.id.value},
            {"from", core::format_rfc3339(exclusion.from)},
            {"to", core::format_rfc3339(exclusion.to)},
            {"objectives", std::move(slos)},
            {"reason", exclusion.reason},
            {"author", exclusion.author},
            {"created_at", core::format_rfc3339(exclusion.created_at)}};
}

core::Result<Exclusion> exclusion_from_json(const json& value) {
    Fields fields(value);
    Exclusion exclusion;
    if (fields.find("id")) exclusion.id = ExclusionId(fields.text("id"));
    exclusion.from = fields.required_time("from");
    exclusion.to = fields.required_time("to");
    for (const json& id : static_cast<core::JsonFields&>(fields).array("objectives", 1'000))
        if (id.is_string())
            exclusion.slos.emplace_back(id.get_ref<const std::string&>());
        else
            fields.refuse("objectives", "must be ids");
    exclusion.reason = fields.text("reason");
    if (fields.find("author")) exclusion.author = fields.text("author");
    exclusion.created_at = fields.time("created_at").value_or(core::WallTime{});
    return fields.finish(std::move(exclusion));
}

}  // namespace qd::slo
