#include "chaos/fault.hpp"
#include "core/json_fields.hpp"

namespace qd::chaos {
namespace {

using nlohmann::json;

constexpr std::size_t largest_document = 16 << 10;

json as_json(const Fault& fault) {
    const auto time = [](core::WallTime at) {
        return at == core::WallTime{} ? json(nullptr) : json(core::format_rfc3339(at));
    };
    return json{{"id", fault.id.value},
                {"target",
                 {{"role", fault.target.role},
                  {"version", fault.target.version},
                  {"instance", fault.target.instance},
                  {"route", fault.target.route}}},
                {"kind", to_string(fault.kind)},
                {"amount", fault.amount},
                {"ratio", fault.ratio},
                {"for_s", fault.duration.count()},
                {"started_at", time(fault.started_at)},
                {"ends_at", time(fault.ends_at)}};
}

}  // namespace

core::Result<Fault> parse_fault(std::string_view text) {
    const auto document = core::parse_json(text, largest_document);
    if (!document) return core::fail_with_context("a fault is a JSON object", document.error());
    core::JsonFields fields(*document);
    core::JsonFields target(fields.object("target"));
    Fault fault;
    fault.id = FaultId(fields.text("id"));
    fault.target = {target.text("role"), target.text("version"), target.text("instance"),
                    target.text("route")};
    if (fault.target.route.empty()) fault.target.route = fields.text("route");
    const auto kind = parse_fault_kind(fields.text("kind"));
    if (!kind) fields.refuse("kind", "must be kill, " + born_fault_kinds());
    fault.kind = kind.value_or(FaultKind::delay);
    fault.amount = fields.number("amount").value_or(0);
    fault.ratio = fields.number("ratio").value_or(1);
    if (!fields.find("for_s")) fields.refuse("for_s", "is missing: a fault always ends by itself");
    fault.duration = core::Seconds(fields.number("for_s").value_or(0));
    fault.started_at = fields.time("started_at").value_or(core::WallTime{});
    fault.ends_at = fields.time("ends_at").value_or(core::WallTime{});
    fields.merge("target", target.finish());
    if (auto fits = fields.finish(); !fits) return core::Failure(fits.error());
    if (auto valid = validate(fault); !valid) return tl::unexpected(valid.error());
    return fault;
}

std::string to_json(const Fault& fault) {
    return core::dump_json(as_json(fault));
}

std::string to_json(const std::vector<Fault>& faults) {
    json items = json::array();
    for (const Fault& fault : faults) items.push_back(as_json(fault));
    return core::dump_json(json{{"items", std::move(items)}, {"next", nullptr}});
}

}  // namespace qd::chaos
