#include "opsclient/change.hpp"

#include "core/json_fields.hpp"

namespace qd::opsclient {

core::Result<Change> change_from_json(const nlohmann::json& value) {
    core::JsonFields fields(value);
    Change change;
    change.seq = fields.need("seq", fields.count("seq"));
    change.kind = fields.text("kind", 64);
    change.subject = fields.text("subject");
    change.service = fields.text("service");
    change.text = fields.text("text");
    change.actor = fields.text("actor");
    change.at = fields.required_time("at");
    return fields.finish(std::move(change));
}

}  // namespace qd::opsclient
