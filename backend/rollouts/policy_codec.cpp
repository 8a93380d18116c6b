#include "rollouts/policy_codec.hpp"

#include "core/json_fields.hpp"

namespace qd::rollouts {
namespace {

using core::JsonFields;
using nlohmann::json;

json freezes_json(const std::vector<Freeze>& freezes) {
    auto list = json::array();
    for (const Freeze& freeze : freezes)
        list.push_back({{"kind", freeze.kind},
                        {"name", freeze.name},
                        {"by", freeze.by},
                        {"reason", freeze.reason},
                        {"from", core::json_time(freeze.from)},
                        {"until", core::json_time(freeze.until)}});
    return list;
}

std::vector<Freeze> read_freezes(JsonFields& fields, const char* key) {
    std::vector<Freeze> freezes;
    for (const json& each : fields.array(key, 1'000)) {
        JsonFields inner(each);
        freezes.push_back({inner.text("kind", 50), inner.text("name", 1'000), inner.text("by", 1'000),
                           inner.text("reason"), inner.time("from"), inner.time("until")});
        fields.merge(key, inner.finish());
    }
    return freezes;
}

}  // namespace

json to_json(const PolicyPicture& picture) {
    return {{"at", core::json_time(picture.at)},
            {"read_only", picture.read_only},
            {"read_only_reason", picture.read_only_reason},
            {"now", freezes_json(picture.now)},
            {"next", freezes_json(picture.next)}};
}

core::Result<PolicyPicture> policy_picture_from_json(const json& value) {
    JsonFields fields(value);
    PolicyPicture picture;
    picture.at = fields.required_time("at");
    picture.read_only = fields.flag("read_only");
    picture.read_only_reason = fields.text("read_only_reason");
    picture.now = read_freezes(fields, "now");
    picture.next = read_freezes(fields, "next");
    return fields.finish(std::move(picture));
}

}  // namespace qd::rollouts
