#include "slo/interchange/openslo_indicator.hpp"

#include <map>

#include "slo/interchange/openslo.hpp"
#include "slo/interchange/reader_help.hpp"
#include "slo/interchange/refusals.hpp"
#include "slo/interchange/shape.hpp"

namespace qd::slo::interchange {
namespace {

bool is_prometheus(std::string type) {
    for (char& c : type)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return type == "prometheus";
}

/// The text of `key`'s query; `parse` looks at it while its line is at hand and answers what is wrong.
template <class Parse>
std::string with_query(core::ConfigReader& ratio, const std::string& key, std::vector<std::string>& notes,
                       const Parse& parse) {
    core::ConfigReader side = ratio.child(key);
    if (!side.has("metricSource")) side.reject("metricSource", "is missing");
    core::ConfigReader source = side.child("metricSource");
    std::string text;
    if (side.has("metricSource")) {
        const auto type = source.get<std::string>("type", "Prometheus");
        if (!is_prometheus(type)) source.reject("type", "must be Prometheus: no other queries can be read");
        leave_out(source, "metricSourceRef", "is not kept: sources belong to the site", notes);
        if (!source.has("spec")) source.reject("spec", "is missing");
        core::ConfigReader spec = source.child("spec");
        if (source.has("spec")) {
            text = spec.require<std::string>("query");
            if (!text.empty())
                if (const core::Result<> parsed = parse(text); !parsed)
                    spec.reject("query", parsed.error().message);
            close_child(spec, source);
        }
        close_child(source, side);
    }
    close_child(side, ratio);
    return text;
}

core::Result<> parse_into(Query& query, std::string_view text, bool counter) {
    auto read = parse_query(text);
    if (!read) return core::Failure(read.error());
    if (!counter && !read->rated)
        return core::fail(core::Errc::invalid_argument,
                          "is a gauge (counter: false); a counter is needed, or rate(...) of one");
    query = std::move(*read);
    return {};
}

/// Which two queries there are is decided by the caller: `key` is good or bad.
Indicator read_ratio(core::ConfigReader& ratio, const std::string& key, bool counter,
                     std::vector<std::string>& notes) {
    Query part, total;
    with_query(ratio, key, notes, [&](const std::string& text) { return parse_into(part, text, counter); });
    Indicator indicator;
    with_query(ratio, "total", notes, [&](const std::string& text) -> core::Result<> {
        if (auto read = parse_into(total, text, counter); !read) return read;
        if (part.selector.metric.empty()) return {};
        auto made = key == "good" ? indicator_of_good(part, total) : indicator_of_bad(part, total);
        if (!made) return core::Failure(made.error());
        indicator = std::move(*made);
        return {};
    });
    return indicator;
}

Indicator read_time(core::ConfigReader& ratio, bool counter, std::vector<std::string>& notes) {
    Query bad, good;
    bool within = true;
    const std::string bad_text = with_query(
        ratio, "bad", notes, [&](const std::string& text) { return parse_into(bad, text, counter); });
    with_query(ratio, "total", notes, [&](std::string_view text) {
        const std::string and_good = bad_text + " + ";
        if (text.starts_with(and_good)) {
            within = false;
            text.remove_prefix(and_good.size());
        }
        return parse_into(good, text, counter);
    });
    return TimeIndicator{std::move(good.selector), std::move(bad.selector), within};
}

Indicator read_ratio_metric(core::ConfigReader& spec, bool time, std::vector<std::string>& notes) {
    core::ConfigReader ratio = spec.child("ratioMetric");
    for (const char* key : {"raw", "rawType"})
        if (ratio.has(key)) ratio.reject(key, cannot_say::raw_ratio);
    const bool counter = ratio.get<bool>("counter", true);
    const bool good = ratio.has("good"), bad = ratio.has("bad");
    Indicator indicator;
    if (good == bad)
        ratio.reject("good", "or 'bad' must be given, one of the two");
    else if (!ratio.has("total"))
        ratio.reject("total", "is missing");
    else if (time && !bad)
        ratio.reject("good", "is not enough for an indicator of time: give 'bad'");
    else
        indicator = time ? read_time(ratio, counter, notes)
                         : read_ratio(ratio, good ? "good" : "bad", counter, notes);
    close_child(ratio, spec);
    return indicator;
}

Indicator read_threshold_metric(core::ConfigReader& spec, const std::string& kind,
                                std::vector<std::string>& notes) {
    Query gauge;
    with_query(spec, "thresholdMetric", notes, [&](const std::string& text) -> core::Result<> {
        auto read = parse_query(text);
        if (!read) return core::Failure(read.error());
        if (read->summed || read->rated)
            return core::fail(core::Errc::invalid_argument, "{}", cannot_say::summed_gauge);
        gauge = std::move(*read);
        return {};
    });
    if (kind == "bool_gauge") return BoolGaugeIndicator{std::move(gauge.selector)};
    return ThresholdIndicator{std::move(gauge.selector), {}, 0};
}

/// What the metadata's annotation says of the indicator: "time" (counters of seconds), "bool_gauge" or
/// nothing.
std::string annotated_kind(core::ConfigReader& owner, std::vector<std::string>& notes) {
    core::ConfigReader metadata = owner.child("metadata");
    if (!owner.has("metadata")) return {};
    for (const char* key : {"name", "displayName"}) (void)metadata.get<std::string>(key, "");
    leave_out(metadata, "labels", "are not kept", notes);
    const auto annotations = metadata.get<std::map<std::string, std::string>>("annotations", {});
    const auto kind = annotations.find(annotation::indicator);
    if (kind != annotations.end() && kind->second != "time" && kind->second != "bool_gauge")
        metadata.reject("annotations", fmt::format("{} must be time or bool_gauge", annotation::indicator));
    close_child(metadata, owner);
    return kind == annotations.end() ? std::string() : kind->second;
}

}  // namespace

Indicator read_openslo_indicator(core::ConfigReader& owner, std::vector<std::string>& notes) {
    const std::string kind = annotated_kind(owner, notes);
    if (!owner.has("spec")) {
        owner.reject("spec", "is missing");
        return {};
    }
    core::ConfigReader spec = owner.child("spec");
    leave_out(spec, "description", "is not kept", notes);
    Indicator indicator;
    if (spec.has("ratioMetric") == spec.has("thresholdMetric"))
        spec.reject("ratioMetric", "or 'thresholdMetric' must be given, one of the two");
    else if ((kind == "time" && spec.has("thresholdMetric")) ||
             (kind == "bool_gauge" && spec.has("ratioMetric")))
        owner.reject("metadata", fmt::format("says {}, which goes with the other kind of metric", kind));
    else if (spec.has("thresholdMetric"))
        indicator = read_threshold_metric(spec, kind, notes);
    else
        indicator = read_ratio_metric(spec, kind == "time", notes);
    close_child(spec, owner);
    return indicator;
}

}  // namespace qd::slo::interchange
