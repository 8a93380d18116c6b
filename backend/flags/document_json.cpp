#include "core/json_fields.hpp"
#include "flags/document.hpp"

namespace qd::flags {
namespace {

using nlohmann::json;

json to_json(const Value& value) {
    return std::visit([](const auto& held) { return json(held); }, value);
}

json to_json(const Condition& condition) {
    json compared;
    if (condition.op == Operator::in) {
        compared = json::array();
        for (const Value& value : condition.values) compared.push_back(to_json(value));
    } else if (!condition.values.empty()) {
        compared = to_json(condition.values.front());
    }
    json written{{"attribute", condition.attribute}};
    written[std::string(to_string(condition.op))] = std::move(compared);
    return written;
}

json to_json(const Rule& rule) {
    json written = json::object();
    for (const Condition& condition : rule.when) written["when"].push_back(to_json(condition));
    if (!rule.variant.empty()) written["variant"] = rule.variant;
    for (const Share& share : rule.split)
        written["split"].push_back({{"variant", share.variant}, {"weight", share.weight}});
    return written;
}

json to_json(const Flag& flag) {
    json written{{"state", flag.enabled ? "ENABLED" : "DISABLED"}, {"defaultVariant", flag.default_variant}};
    if (!flag.description.empty()) written["description"] = flag.description;
    if (!flag.kill_variant.empty()) written["killVariant"] = flag.kill_variant;
    for (const Variant& variant : flag.variants) written["variants"][variant.name] = to_json(variant.value);
    for (const Prerequisite& one : flag.prerequisites)
        written["prerequisites"].push_back({{"flag", one.flag}, {"variants", one.variants}});
    for (const Rule& rule : flag.targeting) written["targeting"].push_back(to_json(rule));
    return written;
}

}  // namespace

std::string write_document(const Document& document) {
    json flags = json::object();
    for (const Flag& flag : document.flags) flags[flag.key] = to_json(flag);
    return core::dump_json({{"revision", document.revision}, {"flags", std::move(flags)}}, 2);
}

std::string write_flag(const Flag& flag) {
    return core::dump_json(to_json(flag));
}

}  // namespace qd::flags
