#include "slo/codec.hpp"
#include "slo/json_fields.hpp"

namespace qd::slo {
namespace {

using nlohmann::json;

json encode(const Selector& selector) {
    json labels = json::object();
    for (const LabelMatcher& matcher : selector.labels) labels[matcher.name] = matcher.text();
    return {{"metric", selector.metric}, {"labels", std::move(labels)}};
}

core::Result<Selector> decode_selector(const json& value) {
    Fields fields(value);
    Selector selector{fields.text("metric"), {}};
    const json& labels = fields.object("labels");
    if (labels.size() > 16) fields.refuse("labels", "are too many");
    for (const auto& [name, pattern] : labels.items()) {
        if (!pattern.is_string()) {
            fields.refuse("labels", "must be strings");
            break;
        }
        selector.labels.push_back(LabelMatcher::parse(name, pattern.get_ref<const std::string&>()));
    }
    return fields.finish(std::move(selector));
}

}  // namespace

json to_json(const Indicator& indicator) {
    json value{{"kind", kind_of(indicator)}, {"unit", unit_of(indicator)}, {"text", describe(indicator)}};
    if (const auto* ratio = std::get_if<RatioIndicator>(&indicator)) {
        value["good"] = encode(ratio->good);
        value["total"] = encode(ratio->total);
    } else if (const auto* latency = std::get_if<LatencyIndicator>(&indicator)) {
        value["histogram"] = encode(latency->histogram);
        value["threshold_s"] = latency->threshold_s;
    } else if (const auto* time = std::get_if<TimeIndicator>(&indicator)) {
        value[time->bad_within ? "total" : "good"] = encode(time->good);
        value["bad"] = encode(time->bad);
    }
    return value;
}

core::Result<Indicator> indicator_from_json(const json& value) {
    Fields fields(value);
    const std::string kind = fields.text("kind");
    Indicator indicator;
    if (kind == "ratio") {
        indicator = RatioIndicator{fields.take("good", decode_selector(fields.object("good"))),
                                   fields.take("total", decode_selector(fields.object("total")))};
    } else if (kind == "latency") {
        indicator = LatencyIndicator{fields.take("histogram", decode_selector(fields.object("histogram"))),
                                     fields.number("threshold_s")};
    } else if (kind == "time") {
        const char* const all = fields.find("total") ? "total" : "good";
        indicator = TimeIndicator{fields.take(all, decode_selector(fields.object(all))),
                                  fields.take("bad", decode_selector(fields.object("bad"))), *all == 't'};
    } else {
        fields.refuse("kind", "must be ratio, latency or time");
    }
    return fields.finish(std::move(indicator));
}

json to_json(const BurnRow& row) {
    return {{"short_s", row.short_s},       {"long_s", row.long_s},   {"factor", row.factor},
            {"min_events", row.min_events}, {"min_bad", row.min_bad}, {"severity", int(row.severity)}};
}

core::Result<BurnRow> burn_row_from_json(const json& value) {
    Fields fields(value);
    BurnRow row;
    row.short_s = fields.seconds("short_s");
    row.long_s = fields.seconds("long_s");
    row.factor = fields.number("factor");
    row.min_events = fields.count("min_events");
    if (fields.find("min_bad")) row.min_bad = fields.count("min_bad");
    if (fields.find("severity")) {
        const std::uint64_t severity = fields.count("severity");
        if (severity < 1 || severity > 4)
            fields.refuse("severity", "must be 1 to 4");
        else
            row.severity = Severity(severity);
    }
    return fields.finish(row);
}

}  // namespace qd::slo
