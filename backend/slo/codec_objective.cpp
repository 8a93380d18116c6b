#include "slo/codec.hpp"
#include "slo/codec_parts.hpp"
#include "slo/json_fields.hpp"

namespace qd::slo {
namespace {

using nlohmann::json;

json encode(const std::vector<LabelMatcher>& matchers) {
    json labels = json::object();
    for (const LabelMatcher& matcher : matchers) labels[matcher.name] = matcher.text();
    return labels;
}

json encode(const Selector& selector) {
    return {{"metric", selector.metric}, {"labels", encode(selector.labels)}};
}

std::vector<LabelMatcher> decode_labels(Fields& fields) {
    std::vector<LabelMatcher> matchers;
    const json& labels = fields.object("labels");
    if (labels.size() > 16) fields.refuse("labels", "are too many");
    for (const auto& [name, pattern] : labels.items()) {
        if (!pattern.is_string()) {
            fields.refuse("labels", "must be strings");
            break;
        }
        matchers.push_back(LabelMatcher::parse(name, pattern.get_ref<const std::string&>()));
    }
    return matchers;
}

core::Result<Selector> decode_selector(const json& value) {
    Fields fields(value);
    Selector selector{fields.text("metric"), decode_labels(fields)};
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
    } else if (const auto* threshold = std::get_if<ThresholdIndicator>(&indicator)) {
        value["gauge"] = encode(threshold->gauge);
        value["op"] = to_string(threshold->op);
        value["value"] = threshold->bound;
    } else if (const auto* gauge = std::get_if<BoolGaugeIndicator>(&indicator)) {
        value["gauge"] = encode(gauge->gauge);
    } else if (const auto* promql = std::get_if<PromqlIndicator>(&indicator)) {
        value["good"] = promql->good;
        value["total"] = promql->total;
        value["labels"] = encode(promql->labels);
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
    } else if (kind == "threshold") {
        ThresholdIndicator threshold{
            fields.take("gauge", decode_selector(fields.object("gauge"))), {}, fields.number("value")};
        if (const auto op = parse_comparison(fields.text("op")))
            threshold.op = *op;
        else
            fields.refuse("op", "must be lt, lte, gt or gte");
        indicator = std::move(threshold);
    } else if (kind == "bool_gauge") {
        indicator = BoolGaugeIndicator{fields.take("gauge", decode_selector(fields.object("gauge")))};
    } else if (kind == "promql") {
        indicator = PromqlIndicator{fields.text("good"), fields.text("total"), decode_labels(fields)};
    } else {
        fields.refuse("kind", "must be ratio, latency, time, threshold, bool_gauge or promql");
    }
    return fields.finish(std::move(indicator));
}

json to_json(const BurnRow& row) {
    return {{"short_s", row.short_s},
            {"long_s", row.long_s},
            {"factor", row.factor},
            {"min_events", row.min_events},
            {"min_bad", row.min_bad},
            {"severity", int(row.severity)},
            {"clear_share", row.clear_share},
            {"clear_s", row.clears_after_s()},
            {"kind", row.outage ? "outage" : "burn"}};
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
    // Written since rows say when they end.
    row.clear_share = fields.number_or_nothing("clear_share").value_or(row.clear_share);
    if (fields.find("clear_s")) row.clear_s = fields.seconds("clear_s");
    if (row.clear_s == row.short_s) row.clear_s = 0;
    row.outage = fields.find("kind") && fields.text("kind") == "outage";
    return fields.finish(row);
}

json objective_extras(const Objective& objective) {
    json value{{"calendar", nullptr}, {"timeslices", nullptr}, {"absent", nullptr}, {"source", nullptr}};
    if (!objective.source.empty()) value["source"] = objective.source;
    value["group_by"] = objective.group_by;
    value["group"] = nullptr;
    if (objective.group) {
        json labels = json::object();
        for (const auto& [name, label] : objective.group->labels) labels[name] = label;
        value["group"] = {{"of", objective.group->of.value}, {"labels", std::move(labels)}};
    }
    if (objective.calendar)
        value["calendar"] = {{"period", to_string(objective.calendar->period)},
                             {"time_zone", objective.calendar->time_zone}};
    if (objective.timeslices)
        value["timeslices"] = {{"slice_s", objective.timeslices->slice_s},
                               {"objective", objective.timeslices->target}};
    if (objective.absent)
        value["absent"] = {{"after_s", objective.absent->after_s},
                           {"severity", int(objective.absent->severity)}};
    value["policy"] = {{"freeze_rollouts", objective.policy.freeze_rollouts}};
    return value;
}

void read_objective_extras(Fields& fields, Objective& objective) {
    if (fields.find("source")) objective.source = fields.text("source");
    if (fields.find("group_by"))
        for (const json& label : fields.array("group_by", 16)) {
            if (!label.is_string()) {
                fields.refuse("group_by", "must be texts");
                break;
            }
            objective.group_by.push_back(label.get<std::string>());
        }
    if (fields.find("group")) {
        Fields group(fields.object("group"));
        objective.group = Group{SloId(group.text("of")), {}};
        for (const auto& [name, label] : group.object("labels").items()) {
            if (!label.is_string()) {
                group.refuse("labels", "must be texts");
                break;
            }
            objective.group->labels.emplace_back(name, label.get<std::string>());
        }
        fields.merge("group", group.finish());
    }
    if (fields.find("calendar")) {
        Fields calendar(fields.object("calendar"));
        objective.calendar = CalendarWindow{Period::month, calendar.text("time_zone")};
        if (const auto period = parse_period(calendar.text("period")))
            objective.calendar->period = *period;
        else
            calendar.refuse("period", "must be day, week, month or quarter");
        fields.merge("calendar", calendar.finish());
    }
    if (fields.find("timeslices")) {
        Fields slices(fields.object("timeslices"));
        objective.timeslices = Timeslices{slices.seconds("slice_s"), slices.number("objective")};
        fields.merge("timeslices", slices.finish());
    }
    if (fields.find("absent")) {
        Fields absent(fields.object("absent"));
        const std::uint64_t severity = absent.count("severity");
        if (severity < 1 || severity > 4) absent.refuse("severity", "must be 1 to 4");
        objective.absent = AbsentRule{absent.seconds("after_s"), Severity(severity)};
        fields.merge("absent", absent.finish());
    }
    if (fields.find("policy")) {
        core::JsonFields policy(fields.object("policy"));
        objective.policy.freeze_rollouts = policy.flag("freeze_rollouts");
        fields.merge("policy", policy.finish());
    }
}

}  // namespace qd::slo
