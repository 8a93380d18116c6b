#include "oncall/picture.hpp"

#include <algorithm>

#include "core/json_fields.hpp"

namespace qd::oncall {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::size_t max_listed = 20'000;

json shifts_json(const std::vector<Shift>& shifts) {
    json list = json::array();
    for (const Shift& shift : shifts)
        list.push_back({{"person", shift.person},
                        {"layer", shift.layer},
                        {"from", core::format_rfc3339(shift.from)},
                        {"until", core::format_rfc3339(shift.to)}});
    return list;
}

json span_json(const Span& span) {
    return {{"from", core::format_rfc3339(span.from)}, {"until", core::format_rfc3339(span.to)}};
}

std::vector<Shift> read_shifts(JsonFields& fields, const char* key) {
    std::vector<Shift> shifts;
    for (const json& entry : fields.array(key, max_listed)) {
        JsonFields at(entry);
        shifts.push_back(
            {at.text("person"), at.text("layer"), at.required_time("from"), at.required_time("until")});
        fields.merge(key, at.finish());
    }
    return shifts;
}

std::vector<std::string> read_texts(JsonFields& fields, const char* key) {
    std::vector<std::string> texts;
    for (const json& entry : fields.array(key, 1'000))
        if (entry.is_string()) texts.push_back(entry.get<std::string>());
    return texts;
}

core::Result<RotaPicture> rota_from_json(const json& value) {
    JsonFields fields(value);
    RotaPicture rota;
    rota.name = fields.text("name");
    rota.source = fields.text("source");
    rota.problem = fields.text("problem");
    rota.time_zone = fields.text("time_zone");
    rota.services = read_texts(fields, "services");
    rota.auto_assign = fields.text("auto_assign");
    rota.now = read_shifts(fields, "now");
    rota.next = read_shifts(fields, "next");
    rota.next_handoff = fields.time("next_handoff");
    rota.shifts = read_shifts(fields, "shifts");
    for (const json& entry : fields.array("gaps", max_listed)) {
        JsonFields at(entry);
        rota.gaps.push_back({at.required_time("from"), at.required_time("until")});
        fields.merge("gaps", at.finish());
    }
    for (const json& entry : fields.array("overlaps", max_listed)) {
        JsonFields at(entry);
        rota.overlaps.push_back({{at.required_time("from"), at.required_time("until")}, at.text("text")});
        fields.merge("overlaps", at.finish());
    }
    return fields.finish(std::move(rota));
}

}  // namespace

RotaPicture picture_of(const Rota& rota, std::string source, std::string problem, core::WallTime at) {
    RotaPicture picture;
    picture.name = rota.name;
    picture.source = std::move(source);
    picture.problem = std::move(problem);
    picture.time_zone = rota.time_zone;
    picture.services = rota.services;
    picture.auto_assign = rota.auto_assign;
    const core::WallTime until = at + shown_ahead;
    picture.shifts = shifts(rota, at, until);
    std::ranges::copy_if(picture.shifts, std::back_inserter(picture.now),
                         [at](const Shift& shift) { return shift.from <= at && at < shift.to; });
    picture.next = next(rota, at);
    for (const Shift& shift : picture.now)
        picture.next_handoff = std::min(picture.next_handoff.value_or(shift.to), shift.to);
    for (const Shift& shift : picture.next)
        picture.next_handoff = std::min(picture.next_handoff.value_or(shift.from), shift.from);
    picture.gaps = gaps(picture.shifts, at, until);
    picture.overlaps = overlaps(picture.shifts, at, until);
    return picture;
}

json to_json(const Picture& picture) {
    json rotas = json::array();
    for (const RotaPicture& rota : picture.rotas) {
        json gaps = json::array(), overlaps = json::array();
        for (const Span& gap : rota.gaps) gaps.push_back(span_json(gap));
        for (const Overlap& overlap : rota.overlaps) {
            overlaps.push_back(span_json(overlap.span));
            overlaps.back()["text"] = overlap.text;
        }
        rotas.push_back({{"name", rota.name},
                         {"source", rota.source},
                         {"problem", rota.problem.empty() ? json(nullptr) : json(rota.problem)},
                         {"time_zone", rota.time_zone},
                         {"services", rota.services},
                         {"auto_assign", rota.auto_assign.empty() ? json(nullptr) : json(rota.auto_assign)},
                         {"now", shifts_json(rota.now)},
                         {"next", shifts_json(rota.next)},
                         {"next_handoff", core::json_time(rota.next_handoff)},
                         {"shifts", shifts_json(rota.shifts)},
                         {"gaps", std::move(gaps)},
                         {"overlaps", std::move(overlaps)}});
    }
    return {{"rotas", std::move(rotas)},
            {"left_out", picture.left_out},
            {"as_of", core::format_rfc3339(picture.as_of)}};
}

core::Result<Picture> picture_from_json(const json& value) {
    JsonFields fields(value);
    Picture picture;
    if (!fields.find("rotas")) fields.refuse("rotas", "is missing");
    for (const json& entry : fields.array("rotas", 1'000)) {
        auto rota = rota_from_json(entry);
        fields.merge("rotas", rota);
        if (rota) picture.rotas.push_back(std::move(*rota));
    }
    picture.left_out = read_texts(fields, "left_out");
    picture.as_of = fields.required_time("as_of");
    return fields.finish(std::move(picture));
}

}  // namespace qd::oncall
