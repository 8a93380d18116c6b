#include "slo/interchange/pyrra.hpp"

#include "slo/interchange/duration.hpp"
#include "slo/interchange/reader_help.hpp"
#include "slo/interchange/refusals.hpp"
#include "slo/interchange/row_sets.hpp"
#include "slo/interchange/shape.hpp"

namespace qd::slo::interchange {
namespace {

/// The metric under `key`; `look` says what is wrong with it while its line is at hand.
template <class Look>
void with_metric(core::ConfigReader& parent, const std::string& key, const Look& look) {
    if (!parent.has(key)) return parent.reject(key, "is missing");
    core::ConfigReader side = parent.child(key);
    const auto text = side.require<std::string>("metric");
    auto query = parse_query(text);
    if (!query)
        side.reject("metric", query.error().message);
    else if (query->rated)
        side.reject("metric", "must be a counter alone, without rate(...)");
    else if (const core::Result<> fits = look(std::move(*query)); !fits)
        side.reject("metric", fits.error().message);
    close_child(side, parent);
}

/// Errors or successes, then all of them.
template <class Make>
Indicator read_pair(core::ConfigReader& parent, const char* kind, const char* part_key, const Make& make,
                    std::vector<std::string>& group_by) {
    core::ConfigReader reader = parent.child(kind);
    Query part;
    Indicator indicator;
    with_metric(reader, part_key, [&](Query query) {
        part = std::move(query);
        return core::Result<>();
    });
    with_metric(reader, "total", [&](const Query& total) -> core::Result<> {
        if (part.selector.metric.empty()) return {};
        auto made = make(part, total);
        if (!made) return core::Failure(made.error());
        indicator = std::move(*made);
        return {};
    });
    group_by = reader.get<std::vector<std::string>>("grouping", {});
    close_child(reader, parent);
    return indicator;
}

Indicator read_bool_gauge(core::ConfigReader& parent, std::vector<std::string>& group_by) {
    core::ConfigReader reader = parent.child("bool_gauge");
    BoolGaugeIndicator indicator;
    const auto metric = reader.require<std::string>("metric");
    auto query = parse_query(metric);
    if (!query)
        reader.reject("metric", query.error().message);
    else if (query->rated || query->summed)
        reader.reject("metric", cannot_say::summed_gauge);
    else
        indicator.gauge = std::move(query->selector);
    group_by = reader.get<std::vector<std::string>>("grouping", {});
    close_child(reader, parent);
    return indicator;
}

core::Result<Indicator> latency_only(const Query& success, const Query& total) {
    if (!success.selector.metric.ends_with("_bucket"))
        return core::fail(
            core::Errc::invalid_argument,
            "goes with a success that is no histogram's bucket, such as x_bucket{{le=\"0.3\"}}");
    return indicator_of_good(success, total);
}

Indicator read_pyrra_indicator(core::ConfigReader& spec, std::vector<std::string>& group_by) {
    if (!spec.has("indicator")) {
        spec.reject("indicator", "is missing");
        return {};
    }
    core::ConfigReader reader = spec.child("indicator");
    Indicator indicator;
    if (reader.has("latencyNative")) reader.reject("latencyNative", cannot_say::native_histogram);
    if (int(reader.has("ratio")) + int(reader.has("latency")) + int(reader.has("bool_gauge")) != 1)
        reader.reject("ratio", "or 'latency' or 'bool_gauge' must be given, one of them");
    else if (reader.has("bool_gauge"))
        indicator = read_bool_gauge(reader, group_by);
    else if (reader.has("ratio"))
        indicator = read_pair(reader, "ratio", "errors", indicator_of_bad, group_by);
    else
        indicator = read_pair(reader, "latency", "success", latency_only, group_by);
    close_child(reader, spec);
    return indicator;
}

void read_alerting(core::ConfigReader& spec) {
    if (!spec.has("alerting")) return;
    core::ConfigReader alerting = spec.child("alerting");
    for (const char* key : {"disabled", "name", "absentName", "severities"})
        if (alerting.has(key)) alerting.reject(key, cannot_say::alert_choice);
    for (const char* key : {"burnrates", "absent"})
        if (!alerting.get<bool>(key, true)) alerting.reject(key, cannot_say::alert_choice);
    close_child(alerting, spec);
}

}  // namespace

core::Result<> read_pyrra(core::ConfigReader& document, Reading& into) {
    if (document.get<std::string>("apiVersion", "") != "pyrra.dev/v1alpha1")
        document.reject("apiVersion", "must be pyrra.dev/v1alpha1");
    if (document.get<std::string>("kind", "") != "ServiceLevelObjective")
        document.reject("kind", "must be ServiceLevelObjective");
    for (const char* key : {"metadata", "spec"})
        if (!document.has(key)) document.reject(key, "is missing");
    core::ConfigReader metadata = document.child("metadata"), spec = document.child("spec");
    Objective objective;
    objective.id = SloId(metadata.require<std::string>("name"));
    objective.title = objective.id.value;
    for (const char* key : {"namespace", "labels", "annotations"})
        leave_out(metadata, key, "is not kept", into.notes);
    leave_out(spec, "description", "is not kept", into.notes);
    objective.target = ratio_of_percent(spec.require<double>("target"));
    const auto window = spec.require<std::string>("window");
    if (const auto seconds = parse_prometheus_duration(window))
        objective.window_s = *seconds;
    else
        spec.reject("window", seconds.error().message);
    objective.indicator = read_pyrra_indicator(spec, objective.group_by);
    read_alerting(spec);
    close_child(metadata, document);
    close_child(spec, document);
    if (auto done = document.finish(); !done) return done;
    if (objective.window_s >= 60 && objective.target > 0 && objective.target < 1)
        objective.rows =
            scaled_rows(RowSet::pyrra, objective.window_s, objective.target, objective.indicator);
    keep(std::move(objective), metadata, "name", into);
    return metadata.finish();
}

}  // namespace qd::slo::interchange
