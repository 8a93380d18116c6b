// Measures with their sources, and groups of them, as JSON.

#include "learning/codec_parts.hpp"

namespace qd::learning::wire {
namespace {

json bucket_json(const Bucket& bucket) {
    return {{"from", json_time(bucket.from)},
            {"to", json_time(bucket.to)},
            {"spread", spread_json(bucket.spread)}};
}

core::Result<Bucket> bucket_from(const json& value) {
    JsonFields fields(value);
    Bucket bucket;
    bucket.from = fields.required_time("from");
    bucket.to = fields.required_time("to");
    bucket.spread = read_spread(fields, "spread");
    return fields.finish(bucket);
}

json trend_json(const Trend& trend) {
    return {{"direction", to_string(trend.direction)},
            {"earlier", trend.earlier},
            {"later", trend.later},
            {"least_in_each_half", least_for_trend},
            {"p_value", trend.p_value ? json(*trend.p_value) : json(nullptr)}};
}

core::Result<Trend> trend_from(const json& value) {
    JsonFields fields(value);
    Trend trend;
    trend.direction = fields.need("direction", fields.word("direction", &parse_direction));
    trend.earlier = size(fields, "earlier");
    trend.later = size(fields, "later");
    trend.p_value = fields.number("p_value");
    return fields.finish(trend);
}

json group_measure_json(const GroupMeasure& measure) {
    return {
        {"name", measure.name}, {"mean_s", seconds(measure.mean)}, {"spread", spread_json(measure.spread)}};
}

core::Result<GroupMeasure> group_measure_from(const json& value) {
    JsonFields fields(value);
    GroupMeasure measure{fields.text("name", id_bytes), read_seconds(fields, "mean_s"),
                         read_spread(fields, "spread")};
    return fields.finish(std::move(measure));
}

}  // namespace

json source_json(const Source& source) {
    return {{"incident", source.incident},      {"title", source.title},     {"service", source.service},
            {"severity", int(source.severity)}, {"episode", source.episode}, {"at", json_time(source.at)},
            {"value_s", seconds(source.value)}, {"events", source.events}};
}

core::Result<Source> source_from(const json& value) {
    JsonFields fields(value);
    Source source;
    source.incident = fields.text("incident", id_bytes);
    source.title = fields.text("title", text_bytes);
    source.service = fields.text("service", id_bytes);
    source.severity = fields.need("severity", read_severity(fields));
    source.episode = size(fields, "episode");
    source.at = fields.required_time("at");
    source.value = fields.need("value_s", read_seconds(fields, "value_s"));
    source.events = read_list<std::uint64_t>(fields, "events", 10, seq_from);
    return fields.finish(std::move(source));
}

json measure_json(const Measure& measure) {
    return {{"name", measure.name},
            {"title", measure.title},
            {"formula", measure.formula},
            {"mean_s", seconds(measure.mean)},
            {"spread", spread_json(measure.spread)},
            {"note", measure.note},
            {"sources", list(measure.sources, &source_json)},
            {"sources_total", measure.sources_total},
            {"buckets", list(measure.buckets, &bucket_json)},
            {"trend", trend_json(measure.trend)}};
}

core::Result<Measure> measure_from(const json& value) {
    JsonFields fields(value);
    Measure measure;
    measure.name = fields.text("name", id_bytes);
    measure.title = fields.text("title", text_bytes);
    measure.formula = fields.text("formula", text_bytes);
    measure.mean = read_seconds(fields, "mean_s");
    measure.spread = read_spread(fields, "spread");
    measure.note = fields.text("note", text_bytes);
    measure.sources = read_list<Source>(fields, "sources", most_sources, source_from);
    measure.sources_total = size(fields, "sources_total");
    measure.buckets = read_list<Bucket>(fields, "buckets", 1'000, bucket_from);
    const auto trend = trend_from(fields.object("trend"));
    fields.merge("trend", trend);
    if (trend) measure.trend = *trend;
    return fields.finish(std::move(measure));
}

json group_json(const Group& group) {
    return {{"service", group.service},
            {"severity", severity_json(group.severity)},
            {"incidents", group.incidents},
            {"measures", list(group.measures, &group_measure_json)}};
}

core::Result<Group> group_from(const json& value) {
    JsonFields fields(value);
    Group group;
    group.service = fields.text("service", id_bytes);
    group.severity = read_severity(fields);
    group.incidents = size(fields, "incidents");
    group.measures = read_list<GroupMeasure>(fields, "measures", 20, group_measure_from);
    return fields.finish(std::move(group));
}

}  // namespace qd::learning::wire
