#include "slo/codec_heatmap.hpp"

#include <cmath>
#include <limits>

#include "slo/json_fields.hpp"

namespace qd::slo {
namespace {

using nlohmann::json;

constexpr std::size_t max_heat_bounds = 1'000, max_heat_columns = 10'000;

void decode_bounds(Fields& fields, Heatmap& heatmap) {
    for (const json& bound : fields.array("bounds", max_heat_bounds)) {
        if (!bound.is_number() && !bound.is_null()) return fields.refuse("bounds", "must be numbers or null");
        const double value = bound.is_null() ? std::numeric_limits<double>::infinity() : bound.get<double>();
        if (!heatmap.bounds.empty() && !(heatmap.bounds.back() < value))
            return fields.refuse("bounds", "must ascend");
        heatmap.bounds.push_back(value);
    }
}

HeatColumn decode_column(Fields& fields, const json& entry, std::size_t bounds) {
    Fields column(entry);
    HeatColumn decoded{column.required_time("at"), {}};
    const json& counts = column.array("counts", max_heat_bounds);
    if (counts.size() != bounds) column.refuse("counts", "must be as many as there are bounds");
    for (const json& count : counts)
        if (count.is_number_unsigned() || (count.is_number_integer() && count.get<std::int64_t>() >= 0))
            decoded.counts.push_back(count.get<std::uint64_t>());
        else
            column.refuse("counts", "must be whole numbers of 0 or more");
    fields.merge("columns", column.finish());
    return decoded;
}

}  // namespace

json to_json(const Heatmap& heatmap) {
    json bounds = json::array(), columns = json::array();
    for (const double bound : heatmap.bounds)
        bounds.push_back(std::isfinite(bound) ? json(bound) : json(nullptr));
    for (const HeatColumn& column : heatmap.columns)
        columns.push_back({{"at", core::format_rfc3339(column.at)}, {"counts", column.counts}});
    return {{"slo_id", heatmap.slo_id.value},
            {"step_s", heatmap.step_s},
            {"bounds", std::move(bounds)},
            {"columns", std::move(columns)}};
}

core::Result<Heatmap> heatmap_from_json(const json& value) {
    Fields fields(value);
    Heatmap heatmap;
    heatmap.slo_id = SloId(fields.text("slo_id"));
    heatmap.step_s = fields.seconds("step_s");
    decode_bounds(fields, heatmap);
    for (const json& entry : fields.array("columns", max_heat_columns))
        heatmap.columns.push_back(decode_column(fields, entry, heatmap.bounds.size()));
    return fields.finish(std::move(heatmap));
}

}  // namespace qd::slo
